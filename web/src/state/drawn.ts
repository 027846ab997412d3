// SPDX-License-Identifier: Apache-2.0
// What a chart draws of a series, in columns that are filled anew for each drawing and grow only when
// a drawing has more points than any before: a chart that stands open makes no garbage.

import { indexAtOrAfter } from "../lib/search";

const room = 256;

export class Drawn {
  /** Points that count; the columns may be longer. */
  length = 0;
  t = new Float64Array(0);
  /** NaN where the line breaks. */
  mean = new Float64Array(0);
  /** NaN where a bucket holds one reading, and so has no band. */
  min = new Float64Array(0);
  max = new Float64Array(0);
  /** Begin and end of each stretch without data, in turn. */
  readonly gaps: number[] = [];
  /** Of the readings within the window; null when it holds none. */
  low: number | null = null;
  high: number | null = null;
  average: number | null = null;
  last: number | null = null;
  lastTime: number | null = null;
  private from = 0;
  private to = 0;
  private sum = 0;
  private count = 0;

  begin(from: number, to: number, points: number): void {
    // A gap is a point of its own.
    if (this.t.length < 2 * points) this.grow(2 * points + room);
    this.from = from;
    this.to = to;
    this.length = this.sum = this.count = 0;
    this.gaps.length = 0;
    this.low = this.high = this.average = this.last = this.lastTime = null;
  }

  private grow(points: number): void {
    this.t = new Float64Array(points);
    this.mean = new Float64Array(points);
    this.min = new Float64Array(points);
    this.max = new Float64Array(points);
  }

  private push(t: number, min: number, max: number, mean: number): void {
    const i = this.length++;
    this.t[i] = t;
    this.min[i] = min;
    this.max[i] = max;
    this.mean[i] = mean;
  }

  /** The point that follows begins a new piece of the line. */
  gap(until: number): void {
    const before = this.t[this.length - 1];
    if (this.length === 0 || before === undefined) return;
    this.gaps.push(before, until);
    this.push(before + 1, NaN, NaN, NaN);
  }

  point(t: number, min: number, max: number, mean: number, n: number): void {
    this.push(t, n > 1 ? min : NaN, n > 1 ? max : NaN, mean);
    if (t > this.to) return;
    this.last = mean;
    this.lastTime = t;
    if (t < this.from) return;
    this.low = this.low === null ? min : Math.min(this.low, min);
    this.high = this.high === null ? max : Math.max(this.high, max);
    this.sum += mean * n;
    this.count += n;
  }

  finish(to: number, silence: number): void {
    if (this.lastTime !== null && to - this.lastTime > silence) this.gaps.push(this.lastTime, to);
    this.average = this.count > 0 ? this.sum / this.count : null;
  }

  /** The point nearest to a time that is none of a gap, or -1. */
  nearest(time: number): number {
    const after = indexAtOrAfter(this.t, time, this.length);
    let best = -1;
    for (let i = Math.max(0, after - 2); i < Math.min(this.length, after + 2); i++) {
      if (Number.isNaN(this.mean[i])) continue;
      if (best < 0 || Math.abs((this.t[i] ?? 0) - time) < Math.abs((this.t[best] ?? 0) - time)) best = i;
    }
    return best;
  }

  /** The time of the next point in a direction, for a cursor that goes from point to point. */
  neighbour(time: number, direction: 1 | -1): number | null {
    let i = this.nearest(time);
    if (i < 0) return null;
    if (direction * ((this.t[i] ?? 0) - time) > 0) return this.t[i] ?? null;
    do i += direction; while (i >= 0 && i < this.length && Number.isNaN(this.mean[i]));
    return i >= 0 && i < this.length ? this.t[i] ?? null : null;
  }
}
