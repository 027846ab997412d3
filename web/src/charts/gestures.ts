// SPDX-License-Identifier: Apache-2.0
// Pointer, wheel, fingers and keys on a plot, as changes of the page's range and cursor. Dragging
// selects what to zoom to; with Shift, with two fingers or sideways on a wheel it pans.

import type { Signal } from "@preact/signals";
import { shortestSpan, type TimeRange } from "../state/range";

export interface GestureHost {
  readonly range: TimeRange;
  readonly cursor: Signal<number | null>;
  /** The plot within the element, CSS pixels. */
  box(): { readonly left: number; readonly width: number };
  /** The next point in a direction from a time, or null. */
  next(time: number, direction: 1 | -1): number | null;
  /** Shows what is being selected, in CSS pixels of the element; null hides it. */
  select(from: number | null, to: number): void;
  /** A press that was no drag; true when something was hit. */
  press(x: number, y: number): boolean;
}

const leastDrag = 5;
const holdMs = 300;
const wheelRestMs = 400;

type Mode = "none" | "select" | "pan" | "read" | "fingers";

class Gestures {
  private mode: Mode = "none";
  private startX = 0;
  private startY = 0;
  private lastX = 0;
  private wheelAt = 0;
  private hold: ReturnType<typeof setTimeout> | undefined;
  private readonly fingers = new Map<number, number>();

  constructor(private readonly element: HTMLElement, private readonly host: GestureHost) {}

  private place(event: { readonly clientX: number; readonly clientY: number }): { x: number; y: number } {
    const { left, top } = this.element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  private share(x: number): number {
    const { left, width } = this.host.box();
    return Math.min(1, Math.max(0, (x - left) / Math.max(1, width)));
  }

  private timeAt(x: number): number {
    const { from, to } = this.host.range.window();
    return from + this.share(x) * (to - from);
  }

  private panBy(pixels: number): void {
    const { from, to } = this.host.range.window();
    this.host.range.panBy((pixels / Math.max(1, this.host.box().width)) * (to - from));
  }

  down = (event: PointerEvent): void => {
    const { x, y } = this.place(event);
    this.startX = this.lastX = x;
    this.startY = y;
    if (event.pointerType === "mouse") {
      if (event.button !== 0) return;
      this.mode = event.shiftKey ? "pan" : "select";
      if (this.mode === "pan") this.host.range.begin();
      this.element.setPointerCapture(event.pointerId);
      return;
    }
    this.fingers.set(event.pointerId, x);
    clearTimeout(this.hold);
    if (this.fingers.size === 2) {
      this.mode = "fingers";
      this.host.range.begin();
    } else if (this.fingers.size === 1) {
      this.hold = setTimeout(() => {
        this.mode = "read";
        this.host.cursor.value = this.timeAt(x);
      }, holdMs);
    }
  };

  move = (event: PointerEvent): void => {
    const { x } = this.place(event);
    if (this.mode === "fingers" && this.fingers.has(event.pointerId)) return this.twoFingers(event.pointerId, x);
    if (event.pointerType !== "mouse" && this.mode === "none") {
      if (this.fingers.size === 1 && Math.abs(x - this.startX) > leastDrag) this.mode = "read";
      else return;
    }
    if (this.mode === "pan") {
      this.panBy(this.lastX - x);
      this.lastX = x;
      return;
    }
    this.host.cursor.value = this.timeAt(x);
    if (this.mode === "select") this.host.select(Math.abs(x - this.startX) > leastDrag ? this.startX : null, x);
  };

  /** The middle of the fingers pans, their distance zooms. */
  private twoFingers(id: number, x: number): void {
    const before = [...this.fingers.values()];
    this.fingers.set(id, x);
    const after = [...this.fingers.values()];
    const distance = ([a, b]: number[]): number => Math.max(20, Math.abs((a ?? 0) - (b ?? 0)));
    const middle = ([a, b]: number[]): number => ((a ?? 0) + (b ?? 0)) / 2;
    this.host.range.scale(distance(before) / distance(after), this.share(middle(after)));
    this.panBy(middle(before) - middle(after));
  }

  up = (event: PointerEvent): void => {
    const { x, y } = this.place(event);
    clearTimeout(this.hold);
    this.fingers.delete(event.pointerId);
    const { mode } = this;
    if (mode === "fingers" && this.fingers.size > 0) return;
    this.mode = "none";
    this.host.select(null, 0);
    const still = Math.abs(x - this.startX) <= leastDrag && Math.abs(y - this.startY) <= leastDrag;
    if (event.type === "pointercancel") return;
    if (still && mode !== "read" && this.host.press(x, y)) return;
    if (mode === "select" && !still) {
      const [a, b] = [this.timeAt(this.startX), this.timeAt(x)].sort((p, q) => p - q) as [number, number];
      if (b - a >= shortestSpan) this.host.range.zoomTo(a, b);
    }
  };

  leave = (event: PointerEvent): void => {
    if (event.pointerType === "mouse" && this.mode === "none" && document.activeElement !== this.element) this.host.cursor.value = null;
  };

  wheel = (event: WheelEvent): void => {
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    if (!sideways && document.activeElement !== this.element) return;
    event.preventDefault();
    if (event.timeStamp - this.wheelAt > wheelRestMs) this.host.range.begin();
    this.wheelAt = event.timeStamp;
    const scale = event.deltaMode === 1 ? 16 : 1;
    if (sideways) this.panBy((event.deltaX || event.deltaY) * scale);
    else this.host.range.scale(Math.exp(Math.max(-1, Math.min(1, event.deltaY * scale * 0.003))), this.share(this.place(event).x));
  };

  twice = (): void => {
    this.host.range.back();
  };

  key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.act(event.key, event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  private act(key: string, shift: boolean): boolean {
    const { range, cursor } = this.host;
    switch (key) {
      case "ArrowLeft": return shift ? this.panByKey(-1) : this.point(-1);
      case "ArrowRight": return shift ? this.panByKey(1) : this.point(1);
      case "Home": cursor.value = range.window().from; return this.point(1);
      case "End": cursor.value = range.window().to; return this.point(-1);
      case "+": case "=": range.zoomBy(0.5, this.cursorShare()); return true;
      case "-": range.zoomBy(2, this.cursorShare()); return true;
      case "Backspace": return range.back();
      case "Escape":
        if (cursor.value === null) return false;
        cursor.value = null;
        return true;
      default: return false;
    }
  }

  private panByKey(direction: 1 | -1): boolean {
    const { from, to } = this.host.range.window();
    this.host.range.panBy((direction * (to - from)) / 4);
    return true;
  }

  /** Around the cursor; at the newest end while there is none. */
  private cursorShare(): number {
    const { from, to } = this.host.range.window();
    const at = this.host.cursor.peek();
    return at === null || at < from || at > to ? 1 : (at - from) / (to - from);
  }

  private point(direction: 1 | -1): boolean {
    const { from, to } = this.host.range.window();
    const at = this.host.cursor.peek() ?? (direction > 0 ? from : to);
    const next = this.host.next(at, direction);
    if (next === null) return true;
    // A point beyond the edge moves the window along.
    if (next < from) this.host.range.panBy(next - from);
    if (next > to) this.host.range.panBy(next - to);
    this.host.cursor.value = next;
    return true;
  }
}

/** Listens until the answer is called. */
export function listenTo(element: HTMLElement, host: GestureHost): () => void {
  const g = new Gestures(element, host);
  const abort = new AbortController();
  const { signal } = abort;
  element.addEventListener("pointerdown", g.down, { signal });
  element.addEventListener("pointermove", g.move, { signal });
  element.addEventListener("pointerup", g.up, { signal });
  element.addEventListener("pointercancel", g.up, { signal });
  element.addEventListener("pointerleave", g.leave, { signal });
  element.addEventListener("wheel", g.wheel, { signal, passive: false });
  element.addEventListener("dblclick", g.twice, { signal });
  element.addEventListener("keydown", g.key, { signal });
  return () => abort.abort();
}
