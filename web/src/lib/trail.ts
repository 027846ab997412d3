// SPDX-License-Identifier: Apache-2.0
// The way of a device: its positions in time, and where nothing is known between two of them.

import { indexAtOrAfter } from "./search";

export interface Trail {
  readonly t: number[];
  readonly lat: number[];
  readonly lng: number[];
  /** Longest time between two positions that are one way, ms; above it nobody knows how it went on. */
  readonly rhythm: number;
}

interface Column {
  readonly step: number;
  readonly t: ArrayLike<number>;
  readonly mean: ArrayLike<number>;
}

const gapFactor = 2.5;
const shortestGap = 60_000;

function middle(distances: number[]): number {
  return distances.sort((a, b) => a - b)[distances.length >> 1] ?? 0;
}

/** Positions are where both have a value of the same time; what is no place on earth is left out. */
export function joinPositions(lat: Column, lng: Column): Trail {
  const out = { t: [] as number[], lat: [] as number[], lng: [] as number[] };
  for (let i = 0, j = 0; i < lat.t.length && j < lng.t.length;) {
    const [a, b] = [lat.t[i] ?? 0, lng.t[j] ?? 0];
    const [y, x] = [lat.mean[i] ?? NaN, lng.mean[j] ?? NaN];
    if (a === b && Math.abs(y) <= 90 && Math.abs(x) <= 180) {
      out.t.push(a);
      out.lat.push(y);
      out.lng.push(x);
    }
    if (a <= b) i++;
    if (b <= a) j++;
  }
  const usual = middle(out.t.slice(1).map((t, i) => t - (out.t[i] ?? 0)));
  return { ...out, rhythm: Math.max(shortestGap, gapFactor * Math.max(usual, lat.step, lng.step)) };
}

/** Adds a position that came since; one that is not newer changes nothing. */
export function extend(trail: Trail, t: number, lat: number, lng: number): boolean {
  if (t <= (trail.t[trail.t.length - 1] ?? -Infinity)) return false;
  trail.t.push(t);
  trail.lat.push(lat);
  trail.lng.push(lng);
  return true;
}

/** Whether nobody knows how the device came to its position `i`. */
export function breaksBefore(trail: Trail, i: number): boolean {
  return i > 0 && (trail.t[i] ?? 0) - (trail.t[i - 1] ?? 0) > trail.rhythm;
}

/** Where it was; null when that is not known: before the first position, in a gap, long after the last. */
export function placeAt(trail: Trail, at: number): readonly [lat: number, lng: number] | null {
  const i = indexAtOrAfter(trail.t, at);
  const last = trail.t.length - 1;
  const point = (k: number): readonly [number, number] => [trail.lat[k] ?? 0, trail.lng[k] ?? 0];
  if (trail.t[i] === at) return point(i);
  if (i === 0) return null;
  if (i > last) return at - (trail.t[last] ?? 0) <= trail.rhythm ? point(last) : null;
  if (breaksBefore(trail, i)) return null;
  const [before, after] = [trail.t[i - 1] ?? 0, trail.t[i] ?? 0];
  const share = (at - before) / (after - before);
  const [[y0, x0], [y1, x1]] = [point(i - 1), point(i)];
  return [y0 + share * (y1 - y0), x0 + share * (x1 - x0)];
}

export interface Arrow {
  readonly x: number;
  readonly y: number;
  /** Where to, in radians. */
  readonly angle: number;
  /** The index of the point that the way leads to there. */
  readonly to: number;
}

/** Arrow heads along a way of pixels, one each `every`, none across what is not known. */
export function arrowsAlong(x: ArrayLike<number>, y: ArrayLike<number>, every: number, broken: (i: number) => boolean): Arrow[] {
  const out: Arrow[] = [];
  let left = every / 2;
  for (let i = 1; i < x.length; i++) {
    const [x0, y0, x1, y1] = [x[i - 1] ?? 0, y[i - 1] ?? 0, x[i] ?? 0, y[i] ?? 0];
    const length = Math.hypot(x1 - x0, y1 - y0);
    if (broken(i)) {
      left = every / 2;
      continue;
    }
    for (; left <= length && length > 0; left += every) {
      const share = left / length;
      out.push({ x: x0 + share * (x1 - x0), y: y0 + share * (y1 - y0), angle: Math.atan2(y1 - y0, x1 - x0), to: i });
    }
    left -= length;
  }
  return out;
}
