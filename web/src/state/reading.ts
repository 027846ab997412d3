// SPDX-License-Identifier: Apache-2.0
// The newest reading of a series, what is learned from the ones before, and what state it is in.

export interface Reading {
  readonly v: number | null;
  readonly t: number;
  /** Usual gap between readings in ms, 0 while not learned. */
  readonly interval: number;
  /** Decimals seen in values, at most 3, so that digits do not dance. */
  readonly decimals: number;
}

export type ValueState = "waiting" | "live" | "late" | "stale" | "bad";

const shortestInterval = 5000;
/** For a series whose rhythm is not known yet: late after two minutes, stale after five. */
const assumedInterval = 60_000;
const aheadAllowed = 30_000;
const longestGapLearned = 6 * 3_600_000;

export function decimalsOf(v: number): number {
  for (let d = 0; d < 3; d++) {
    const scaled = v * 10 ** d;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-9 * Math.max(1, Math.abs(scaled))) return d;
  }
  return 3;
}

/** The reading after `before`, or null when it is older: what is latest never goes back. */
export function nextReading(before: Reading | undefined, v: number | null, t: number): Reading | null {
  const decimals = Math.max(before?.decimals ?? 0, v === null ? 0 : decimalsOf(v));
  if (!before) return { v, t, interval: 0, decimals };
  if (t < before.t) return null;
  const gap = t - before.t;
  let interval = before.interval;
  if (gap > 0 && gap < longestGapLearned) {
    interval = interval === 0 ? gap : gap > interval * 5 ? interval : interval * 0.8 + gap * 0.2;
  }
  return { v, t, interval, decimals };
}

export function valueState(reading: Reading | undefined, now: number, current: boolean): ValueState {
  if (!reading) return "waiting";
  if (reading.v === null || reading.t - now > aheadAllowed) return "bad";
  if (!current) return "stale";
  const interval = reading.interval === 0 ? assumedInterval : Math.max(reading.interval, shortestInterval);
  const age = now - reading.t;
  if (age <= 2 * interval) return "live";
  return age <= 5 * interval ? "late" : "stale";
}
