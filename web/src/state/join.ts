// SPDX-License-Identifier: Apache-2.0
// History joined to what arrives live, without a hole and without a double. Equal time means the same
// reading. Raw history is simply merged by time. Bucketed history is taken up to the start of its
// last bucket; from there on raw readings are held, so that the open bucket can be counted exactly
// and closed when a reading passes its end: a chart left open for a week keeps its few points.

import type { Samples } from "../net/wire";

/** Columns for drawing; null in mean, min and max is a gap, null in min and max alone one reading. */
export interface Drawn {
  readonly t: number[];
  readonly mean: (number | null)[];
  readonly min: (number | null)[];
  readonly max: (number | null)[];
  readonly gaps: ReadonlyArray<readonly [from: number, to: number]>;
  readonly low: number | null;
  readonly high: number | null;
  readonly average: number | null;
  readonly last: number | null;
  readonly lastTime: number | null;
}

const gapFactor = 2.5;
const learnEvery = 200;

function indexAtOrAfter(t: readonly number[], time: number): number {
  let low = 0;
  let high = t.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((t[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function median(sorted: readonly number[]): number {
  return sorted[sorted.length >> 1] ?? 0;
}

export function usualGap(t: readonly number[]): number {
  const from = Math.max(1, t.length - 500);
  const gaps: number[] = [];
  for (let i = from; i < t.length; i++) gaps.push((t[i] ?? 0) - (t[i - 1] ?? 0));
  return median(gaps.sort((a, b) => a - b));
}

export class Joined {
  readonly tier: string;
  readonly step: number;
  private readonly closed: Samples;
  private readonly openT: number[] = [];
  private readonly openV: number[] = [];
  private openStart: number;
  private usual = 0;
  private addedSinceLearned = learnEvery;

  /** `openStart` is where the raw tail of a bucketed history begins; it has no meaning for raw. */
  constructor(history: Samples, openStart: number) {
    this.tier = history.tier;
    this.step = history.step;
    this.closed = history;
    this.openStart = openStart;
  }

  get points(): number {
    return this.closed.t.length + this.openT.length;
  }

  add(t: number, v: number): void {
    this.addedSinceLearned++;
    if (this.step === 0) this.addRaw(t, v);
    else if (t >= this.openStart) this.addOpen(t, v);
    else this.addLate(t, v);
  }

  trimBefore(time: number): void {
    const { t, min, max, mean, n } = this.closed;
    const drop = indexAtOrAfter(t, time) - 1;
    if (drop < 64) return;
    for (const column of [t, min, max, mean, n]) column.splice(0, drop);
  }

  private addRaw(t: number, v: number): void {
    const c = this.closed;
    const i = indexAtOrAfter(c.t, t);
    const same = c.t[i] === t ? 1 : 0;
    c.t.splice(i, same, t);
    c.min.splice(i, same, v);
    c.max.splice(i, same, v);
    c.mean.splice(i, same, v);
    c.n.splice(i, same, 1);
  }

  private addOpen(t: number, v: number): void {
    const i = indexAtOrAfter(this.openT, t);
    const same = this.openT[i] === t ? 1 : 0;
    this.openT.splice(i, same, t);
    this.openV.splice(i, same, v);
    const newest = this.openT[this.openT.length - 1] ?? t;
    while (newest >= this.openStart + this.step) this.closeBucket(newest);
  }

  private closeBucket(newest: number): void {
    const count = indexAtOrAfter(this.openT, this.openStart + this.step);
    if (count > 0) {
      this.openT.splice(0, count);
      this.push(this.openStart, this.openV.splice(0, count));
      this.openStart += this.step;
      return;
    }
    this.openStart += this.step * Math.floor((newest - this.openStart) / this.step);
  }

  private push(t: number, values: readonly number[]): void {
    this.closed.t.push(t);
    this.closed.min.push(Math.min(...values));
    this.closed.max.push(Math.max(...values));
    this.closed.mean.push(values.reduce((sum, v) => sum + v, 0) / values.length);
    this.closed.n.push(values.length);
  }

  /** A closed bucket may hold the reading already: only its band can grow, its mean waits for a new answer. */
  private addLate(t: number, v: number): void {
    const c = this.closed;
    const i = indexAtOrAfter(c.t, t + 1) - 1;
    const start = c.t[i];
    if (start === undefined || t >= start + this.step) return;
    c.min[i] = Math.min(c.min[i] ?? v, v);
    c.max[i] = Math.max(c.max[i] ?? v, v);
  }

  /** The usual distance of two points, which tells a gap from a slow sensor. */
  spacing(): number {
    if (this.addedSinceLearned >= learnEvery) {
      this.addedSinceLearned = 0;
      this.usual = Math.max(this.step, usualGap(this.closed.t.length > 1 ? this.closed.t : this.openT));
    }
    return this.usual;
  }

  draw(from: number, to: number): Drawn {
    const out = new Drawing(this.spacing() * gapFactor);
    const c = this.closed;
    for (let i = Math.max(0, indexAtOrAfter(c.t, from) - 1); i < c.t.length; i++) {
      out.point(c.t[i] ?? 0, c.min[i] ?? 0, c.max[i] ?? 0, c.mean[i] ?? 0, c.n[i] ?? 1, from);
    }
    const count = this.openV.length;
    if (count > 0) {
      const mean = this.openV.reduce((sum, v) => sum + v, 0) / count;
      out.point(this.openT[count - 1] ?? 0, Math.min(...this.openV), Math.max(...this.openV), mean, count, from);
    }
    const last = this.openV[count - 1] ?? c.mean[c.mean.length - 1] ?? null;
    return out.finish(to, last);
  }
}

class Drawing {
  private readonly t: number[] = [];
  private readonly mean: (number | null)[] = [];
  private readonly min: (number | null)[] = [];
  private readonly max: (number | null)[] = [];
  private readonly gaps: [number, number][] = [];
  private low: number | null = null;
  private high: number | null = null;
  private sum = 0;
  private count = 0;

  constructor(private readonly longest: number) {}

  point(t: number, min: number, max: number, mean: number, n: number, from: number): void {
    const before = this.t[this.t.length - 1];
    if (before !== undefined && this.longest > 0 && t - before > this.longest) {
      this.gaps.push([before, t]);
      this.pushNull(before + 1);
    }
    this.t.push(t);
    this.mean.push(mean);
    this.min.push(n > 1 ? min : null);
    this.max.push(n > 1 ? max : null);
    if (t < from) return;
    this.low = this.low === null ? min : Math.min(this.low, min);
    this.high = this.high === null ? max : Math.max(this.high, max);
    this.sum += mean * n;
    this.count += n;
  }

  private pushNull(t: number): void {
    this.t.push(t);
    this.mean.push(null);
    this.min.push(null);
    this.max.push(null);
  }

  finish(to: number, last: number | null): Drawn {
    const lastTime = this.t[this.t.length - 1] ?? null;
    if (lastTime !== null && this.longest > 0 && to - lastTime > this.longest) this.gaps.push([lastTime, to]);
    return {
      t: this.t, mean: this.mean, min: this.min, max: this.max, gaps: this.gaps,
      low: this.low, high: this.high, average: this.count > 0 ? this.sum / this.count : null,
      last, lastTime,
    };
  }
}
