// SPDX-License-Identifier: Apache-2.0
// One series over a moving span of time: its history, joined to the readings that arrive. It asks
// for the history anew when the stream is back after a break, so the gap closes without a reload.

import { signal } from "@preact/signals";
import type { Samples } from "../net/wire";
import { serverNow } from "./clock";
import { makeJob, markChange, forget } from "./commit";
import { filling, isCurrent, onCurrent } from "./connection";
import { onReading } from "./fleet";
import { lastHistory, tailOf } from "./history";
import { Joined, type Drawn } from "./join";

const reloadAtMost = 30_000;
/** After a break devices send what they kept for a while: late readings that the stream leaves out. */
const againAfter = [5000, 20_000];
/** A view's own share of redraws: more often than a pixel moves is of no use. */
const fastest = 250;

export type Loading = "loading" | "ready" | "failed";

export class Series {
  /** Moves when there is something new to draw. */
  readonly version = signal(0);
  readonly loading = signal<Loading>("loading");
  /** Counts the histories that came: each is to be drawn at once. */
  readonly loads = signal(0);
  private joined: Joined | null = null;
  private held: [number, number][] | null = null;
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

  constructor(readonly device: string, readonly sensor: string, readonly span: number, readonly points: number) {
    this.commit = makeJob(() => {
      this.version.value++;
    }, Math.max(fastest, Math.min(span / points, 5000)));
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

  /** What is to be drawn of the last `span`, up to now. */
  draw(to: number): Drawn | null {
    return this.joined?.draw(to - this.span, to) ?? null;
  }

  private add(t: number, v: number): void {
    this.held?.push([t, v]);
    if (this.joined) {
      this.joined.add(t, v);
      this.joined.trimBefore(serverNow() - this.span);
      if (this.joined.points > 3 * this.points && serverNow() - this.loadedAt > reloadAtMost) void this.load();
    }
    markChange(this.commit);
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
    this.held = [];
    this.loadedAt = serverNow();
    const done = filling();
    try {
      const joined = await this.fetch(request.signal);
      for (const [t, v] of this.held ?? []) joined.add(t, v);
      this.joined = joined;
      this.state = "ready";
    } catch {
      if (!request.signal.aborted && !this.joined) this.state = "failed";
    } finally {
      if (this.request === request) this.held = null;
      done();
      if (!request.signal.aborted) markChange(this.commitLoaded);
    }
  }

  private async fetch(abort: AbortSignal): Promise<Joined> {
    const history = await lastHistory(this, this.span, this.points, abort);
    const start = history.t[history.t.length - 1];
    if (history.step === 0 || start === undefined) return new Joined(history, 0);
    const joined = new Joined(withoutLast(history), start);
    const tail = await tailOf(this, start, abort);
    tail.t.forEach((t, i) => joined.add(t, tail.mean[i] ?? 0));
    return joined;
  }
}

/** The last bucket is still filling: it is made of its readings. */
function withoutLast({ step, t, min, max, mean, n }: Samples): Samples {
  const cut = (column: Float64Array): Float64Array => column.subarray(0, -1);
  return { step, t: cut(t), min: cut(min), max: cut(max), mean: cut(mean), n: n && cut(n) };
}
