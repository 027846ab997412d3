// SPDX-License-Identifier: Apache-2.0
// History joined to what arrives live, without a hole and without a double. Equal time means the same
// reading. Raw history is simply merged by time. Bucketed history is taken up to the start of its
// last bucket; from there on raw readings are held, so that the open bucket can be counted exactly
// and closed when a reading passes its end: a chart left open for a week keeps its few points.

import type { Samples } from "../net/wire";
import { indexAtOrAfter } from "../lib/search";
import { Drawn } from "./drawn";
import { Table } from "./table";
import { decimalsOf } from "./reading";

const gapFactor = 2.5;
/** How many distances on either side tell what is usual at a point: a rhythm may change within a chart. */
const neighbours = 8;
/** Silence shorter than this is no gap at the end of the line, however fast the sensor. */
const shortestSilence = 5000;

/** The middle one of the distances between the points `from` to `to`, 0 when there is none. */
function usualGap(t: ArrayLike<number>, from: number, to: number): number {
  const gaps: number[] = [];
  for (let i = Math.max(1, from + 1); i <= Math.min(to, t.length - 1); i++) gaps.push((t[i] ?? 0) - (t[i - 1] ?? 0));
  return gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? 0;
}

/** Whether the distance from point i - 1 to point i is wider than the rhythm before and after it allows. */
function breaksBefore(t: ArrayLike<number>, i: number, step: number): boolean {
  const distance = (t[i] ?? 0) - (t[i - 1] ?? 0);
  if (i === 0 || distance <= gapFactor * step) return false;
  // Most points lie as their nearest neighbours do, and cost no sorting.
  let nearest = Infinity;
  for (let k = i - 2; k <= i + 2; k++) {
    if (k !== i && k > 0 && k < t.length) nearest = Math.min(nearest, (t[k] ?? 0) - (t[k - 1] ?? 0));
  }
  if (distance <= gapFactor * nearest && nearest < Infinity) return false;
  const before = usualGap(t, i - 1 - neighbours, i - 1);
  const after = usualGap(t, i, i + neighbours);
  const usual = Math.max(step, before, after);
  return usual > 0 && distance > gapFactor * usual;
}

/** How many of the last readings tell how a series is rounded. */
const readingsRounded = 100;

export class Joined {
  readonly step: number;
  /** Time and value when raw, else time, min, max, mean and count. */
  private readonly closed: Table;
  private readonly openT: number[] = [];
  private readonly openV: number[] = [];
  private openStart: number;

  /** `openStart` is where the raw tail of a bucketed history begins; it has no meaning for raw. */
  constructor(history: Samples, openStart: number) {
    const { step, t, min, max, mean, n } = history;
    this.step = step;
    this.closed = n === null ? new Table(t, mean) : new Table(t, min, max, mean, n);
    this.openStart = openStart;
  }

  /** Decimals of the last readings that are held: a bucket's minimum is a reading too. */
  decimals(): number {
    return this.closed.column(1).slice(-readingsRounded).reduce((most, v) => Math.max(most, Number.isNaN(v) ? 0 : decimalsOf(v)), 0);
  }

  get points(): number {
    return this.closed.length + this.openT.length;
  }

  add(t: number, v: number): void {
    if (this.step === 0) this.addRaw(t, v);
    else if (t >= this.openStart) this.addOpen(t, v);
    else this.addLate(t, v);
  }

  trimBefore(time: number): void {
    const drop = indexAtOrAfter(this.closed.column(0), time) - 1;
    if (drop >= 64) this.closed.dropFirst(drop);
  }

  private addRaw(t: number, v: number): void {
    const times = this.closed.column(0);
    const i = indexAtOrAfter(times, t);
    if (times[i] === t) this.closed.set(i, [t, v]);
    else this.closed.insert(i, [t, v]);
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
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    this.closed.insert(this.closed.length, [t, Math.min(...values), Math.max(...values), mean, values.length]);
  }

  /** A closed bucket may hold the reading already: only its band can grow, its mean waits for a new answer. */
  private addLate(t: number, v: number): void {
    const { t: times, min, max } = this.samples();
    const i = indexAtOrAfter(times, t + 1) - 1;
    const start = times[i];
    if (start === undefined || t >= start + this.step) return;
    min[i] = Math.min(min[i] ?? v, v);
    max[i] = Math.max(max[i] ?? v, v);
  }

  /** What is closed, as views. */
  private samples(): Samples {
    const { closed, step } = this;
    const t = closed.column(0);
    const v = closed.column(1);
    if (step === 0) return { step, t, min: v, max: v, mean: v, n: null };
    return { step, t, min: v, max: closed.column(2), mean: closed.column(3), n: closed.column(4) };
  }

  /** Fills `out`, whose columns are used again from drawing to drawing, with what lies in the window and one point before and behind it. */
  draw(from: number, to: number, out: Drawn = new Drawn()): Drawn {
    const c = this.samples();
    out.begin(from, to, this.points);
    const end = Math.min(c.t.length, indexAtOrAfter(c.t, to) + 1);
    for (let i = Math.max(0, indexAtOrAfter(c.t, from) - 1); i < end; i++) {
      if (breaksBefore(c.t, i, this.step)) out.gap(c.t[i] ?? 0);
      out.point(c.t[i] ?? 0, c.min[i] ?? 0, c.max[i] ?? 0, c.mean[i] ?? 0, c.n?.[i] ?? 1);
    }
    const usual = gapFactor * Math.max(this.step, usualGap(c.t, end - 1 - neighbours, end - 1));
    if (end === c.t.length) this.drawOpen(out, usual, to);
    out.finish(to, end === c.t.length && usual > 0 ? Math.max(usual, shortestSilence) : Infinity);
    return out;
  }

  /** The bucket that is still filling, as one point at its newest reading. */
  private drawOpen(out: Drawn, usual: number, to: number): void {
    const count = indexAtOrAfter(this.openT, to + 1);
    const first = this.openT[0];
    if (count === 0 || first === undefined) return;
    const times = this.closed.column(0);
    if (this.openStart - (times[times.length - 1] ?? Infinity) > usual) out.gap(first);
    let least = Infinity;
    let greatest = -Infinity;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const v = this.openV[i] ?? 0;
      least = Math.min(least, v);
      greatest = Math.max(greatest, v);
      sum += v;
    }
    out.point(this.openT[count - 1] ?? first, least, greatest, sum / count, count);
  }
}
