// SPDX-License-Identifier: Apache-2.0
// The stretch of time that all charts of a page show. It follows now, or it stands: each zoom is a
// step that can be taken back. What arrives while it stands is counted.

import { signal } from "@preact/signals";
import { serverNow } from "./clock";
import { makeJob, markChange } from "./commit";

export interface View {
  readonly span: number;
  /** Null while it follows now. */
  readonly end: number | null;
}

export const shortestSpan = 1000;
export const longestSpan = 10 * 366 * 86_400_000;
const mostSteps = 50;
/** A window that is being moved is not asked for at each of its steps. */
const restMs = 120;

/** What to ask for: the window itself at first, later as much again on both sides. */
export function extentOf(view: View, now: number, first: boolean): { span: number; end: number | null; parts: number } {
  const to = view.end ?? now;
  const from = to - view.span;
  if (first) return { span: view.span, end: view.end, parts: 1 };
  const end = view.end === null || to + view.span >= now ? null : to + view.span;
  return { span: (end ?? now) - (from - view.span), end, parts: ((end ?? now) - (from - view.span)) / view.span };
}

export class TimeRange {
  readonly view;
  /** Readings that came since the window stands. */
  readonly missed = signal(0);
  /** How many steps can be taken back. */
  readonly depth = signal(0);
  private readonly steps: View[] = [];
  private heardCount = 0;
  private readonly rested = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly commit = makeJob(() => {
    this.missed.value = this.heardCount;
  }, 500);

  constructor(first: View) {
    this.view = signal<View>(first);
  }

  window(now = serverNow()): { readonly from: number; readonly to: number } {
    const { span, end } = this.view.peek();
    const to = end ?? now;
    return { from: to - span, to };
  }

  private put(next: View): void {
    const span = Math.min(longestSpan, Math.max(shortestSpan, next.span));
    const end = next.end !== null && next.end >= serverNow() ? null : next.end;
    if (end === null || this.view.peek().end === null) this.forgetMissed();
    this.view.value = { span, end };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      for (const listener of this.rested) listener();
    }, restMs);
  }

  /** Calls back when the window rests after a move; all who listen in one task, so that they can share a request. */
  onRest(listener: () => void): () => void {
    this.rested.add(listener);
    return () => this.rested.delete(listener);
  }

  private remember(): void {
    this.steps.push(this.view.peek());
    if (this.steps.length > mostSteps) this.steps.shift();
    this.depth.value = this.steps.length;
  }

  private forgetMissed(): void {
    this.heardCount = 0;
    this.missed.value = 0;
  }

  /** A choice of a person: a step of its own. */
  show(next: View): void {
    const { span, end } = this.view.peek();
    if (span === next.span && end === next.end) return;
    this.remember();
    this.put(next);
  }

  zoomTo(from: number, to: number): void {
    if (to - from >= shortestSpan) this.show({ span: to - from, end: to });
  }

  /** Above 1 shows more. The share of the window that keeps its place is `at`, 0 for the left edge. */
  zoomBy(factor: number, at = 1): void {
    this.remember();
    this.scale(factor, at);
  }

  /** A zoom of many small parts, as of a wheel: its first part is the step. */
  scale(factor: number, at: number): void {
    const { span, end } = this.view.peek();
    const { from } = this.window();
    const next = Math.min(longestSpan, Math.max(shortestSpan, span * factor));
    const fixed = from + at * span;
    this.put({ span: next, end: end === null && at >= 0.999 ? null : fixed + (1 - at) * next });
  }

  begin(): void {
    this.remember();
  }

  panBy(ms: number): void {
    const { to } = this.window();
    const { span, end } = this.view.peek();
    if (end === null && ms >= 0) return;
    this.put({ span, end: to + ms });
  }

  back(): boolean {
    const before = this.steps.pop();
    this.depth.value = this.steps.length;
    if (before) this.put(before);
    return before !== undefined;
  }

  live(): void {
    if (this.view.peek().end !== null) this.show({ span: this.view.peek().span, end: null });
  }

  /** Tells of a reading that arrived. */
  heard(): void {
    if (this.view.peek().end === null) return;
    this.heardCount++;
    markChange(this.commit);
  }
}
