// SPDX-License-Identifier: Apache-2.0
// One series over a window of time that follows now or stands: its history, joined to the readings
// that arrive. More is loaded before the window's edge is reached, a finer tier when it is narrow; it
// asks anew when the stream is back after a break, so the gap closes without a reload.

import { signal } from "@preact/signals";
import { converter } from "../lib/units";
import type { Samples } from "../net/wire";
import { serverNow } from "./clock";
import { forget, makeDataJob, makeJob, markChange } from "./commit";
import { filling, isCurrent, onCurrent } from "./connection";
import { Drawn } from "./drawn";
import { learnDecimals, onReading, unitOf } from "./fleet";
import { historyOf, tailOf } from "./history";
import { Joined } from "./join";
import { extentOf, TimeRange } from "./range";

const reloadAtMost = 30_000;
/** After a break devices send what they kept for a while: late readings that the stream leaves out. */
const againAfter = [5000, 20_000];
/** A view's own share of redraws: more often than a pixel moves is of no use. */
const fastest = 250;
/** What the points of a standing chart may grow to, as a multiple of what was asked for. */
const mostGrowth = 6;

export type Loading = "loading" | "ready" | "failed";

/** What is held: from, to (Infinity when readings are joined to it), and the ms a point that were asked for. */
interface Held {
  readonly from: number;
  readonly to: number;
  readonly fineness: number;
}

const nothing: Held = { from: Infinity, to: -Infinity, fineness: Infinity };

export class Series {
  /** Moves when there is something new to draw. */
  readonly version = signal(0);
  readonly loading = signal<Loading>("loading");
  /** Counts the histories that came: each is to be drawn at once. */
  readonly loads = signal(0);
  readonly range: TimeRange;
  private joined: Joined | null = null;
  private readonly drawn = new Drawn();
  private drawnOf = { from: 0, to: 0, change: -1 };
  private change = 0;
  private held: Held = nothing;
  private waiting: [number, number][] | null = null;
  private loadedAt = 0;
  private request: AbortController | null = null;
  private readonly stops: (() => void)[] = [];
  private readonly commit;
  private state: Loading = "loading";
  private readonly commitLoaded = makeJob(() => {
    this.version.value++;
    this.loading.value = this.state;
    this.loads.value++;
  });

  constructor(readonly device: string, readonly sensor: string, range: TimeRange | number, readonly points: number) {
    this.range = typeof range === "number" ? new TimeRange({ span: range, end: null }) : range;
    this.commit = makeDataJob(() => {
      this.version.value++;
    }, Math.max(fastest, Math.min(this.range.view.peek().span / points, 5000)));
  }

  /** Listens first and loads then, so that no reading falls between the two. */
  start(): void {
    this.stops.push(onReading((device, sensor, v, t) => {
      if (device === this.device && sensor === this.sensor && v !== null) this.add(t, v);
    }));
    this.stops.push(onCurrent((broken) => {
      void this.load();
      if (broken) this.loadAgain();
    }));
    this.stops.push(this.range.onRest(() => {
      if (this.lacks()) void this.load();
    }));
    if (isCurrent()) void this.load();
  }

  stop(): void {
    for (const stop of this.stops.splice(0)) stop();
    this.request?.abort();
    forget(this.commit);
    forget(this.commitLoaded);
  }

  retry(): void {
    this.state = "loading";
    markChange(this.commitLoaded);
    void this.load();
  }

  get step(): number {
    return this.joined?.step ?? 0;
  }

  /** What is to be drawn of a window, in the unit that is shown; the same columns each time, so they hold until the next call. */
  draw(from: number, to: number): Drawn | null {
    if (!this.joined) return null;
    const last = this.drawnOf;
    if (last.from !== from || last.to !== to || last.change !== this.change) {
      this.joined.draw(from, to, this.drawn);
      converter?.drawn(this.drawn, unitOf(this.device, this.sensor));
      this.drawnOf = { from, to, change: this.change };
    }
    return this.drawn;
  }

  /** What is to be drawn of the page's window, to the second. */
  shown(): Drawn | null {
    const { from, to } = this.range.window(Math.floor(serverNow() / 1000) * 1000);
    return this.draw(from, to);
  }

  /** Whether the window is not held, or held too coarsely. */
  private lacks(): boolean {
    const { from, to } = this.range.window();
    const { held } = this;
    if (from < held.from || to > held.to) return true;
    const wanted = this.range.view.peek().span / this.points;
    return this.step > 0 && held.fineness > 1.5 * wanted;
  }

  private add(t: number, v: number): void {
    this.range.heard();
    this.waiting?.push([t, v]);
    if (!this.joined || t > this.held.to || t < this.held.from) return;
    this.joined.add(t, v);
    this.change++;
    if (this.range.view.peek().end === null) this.follow();
    else if (this.joined.points > mostGrowth * this.points) this.held = { ...this.held, to: serverNow() };
    markChange(this.commit);
  }

  /** Lets go of what left a window that follows now. */
  private follow(): void {
    const from = serverNow() - this.range.view.peek().span;
    this.joined?.trimBefore(from);
    this.held = { ...this.held, from: Math.max(this.held.from, from - 1000) };
    const many = (this.joined?.points ?? 0) > 3 * this.points;
    if (many && serverNow() - this.loadedAt > reloadAtMost) void this.load();
  }

  private loadAgain(): void {
    for (const wait of againAfter) {
      const timer = setTimeout(() => void this.load(), wait);
      this.stops.push(() => clearTimeout(timer));
    }
  }

  private async load(): Promise<void> {
    this.request?.abort();
    const request = new AbortController();
    this.request = request;
    this.waiting = [];
    this.loadedAt = serverNow();
    const done = filling();
    try {
      const { joined, held } = await this.fetch(request.signal);
      for (const [t, v] of this.waiting ?? []) if (t <= held.to) joined.add(t, v);
      this.joined = joined;
      this.held = held;
      learnDecimals(this.device, this.sensor, joined.decimals());
      this.change++;
      this.state = "ready";
    } catch {
      if (!request.signal.aborted && !this.joined) this.state = "failed";
    } finally {
      if (this.request === request) this.waiting = null;
      done();
      if (!request.signal.aborted) markChange(this.commitLoaded);
    }
  }

  private async fetch(abort: AbortSignal): Promise<{ joined: Joined; held: Held }> {
    const now = Math.floor(serverNow() / 1000) * 1000;
    const { span, end, parts } = extentOf(this.range.view.peek(), now, this.joined === null);
    const points = Math.ceil(this.points * parts);
    const history = await historyOf(this, { span, end, points }, abort);
    const held: Held = { from: (end ?? now) - span, to: end ?? Infinity, fineness: span / points };
    const start = history.t[history.t.length - 1];
    if (history.step === 0 || start === undefined) return { joined: new Joined(history, 0), held };
    if (end !== null) return { joined: new Joined(history, Infinity), held };
    const joined = new Joined(withoutLast(history), start);
    const tail = await tailOf(this, start, abort);
    tail.t.forEach((t, i) => joined.add(t, tail.mean[i] ?? 0));
    return { joined, held };
  }
}

/** The last bucket is still filling: it is made of its readings. */
function withoutLast({ step, t, min, max, mean, n }: Samples): Samples {
  const cut = (column: Float64Array): Float64Array => column.subarray(0, -1);
  return { step, t: cut(t), min: cut(min), max: cut(max), mean: cut(mean), n: n && cut(n) };
}
