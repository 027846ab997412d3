// SPDX-License-Identifier: Apache-2.0
// Ranges: of a gauge, of an axis, and the round numbers on them.

export interface Range {
  readonly min: number;
  readonly max: number;
  readonly learned: boolean;
}

/** The distance of ticks so that about `count` of them fall into `span`: 1, 2 or 5 times a power of ten. */
export function tickStep(span: number, count: number): number {
  if (!(span > 0)) return 1;
  const raw = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const lead = raw / power;
  return (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10) * power;
}

function outward(min: number, max: number): Range {
  const span = max > min ? max - min : Math.max(Math.abs(max), 1) * 0.2;
  const step = tickStep(span * 1.2, 4);
  const low = Math.floor((min - span * 0.1) / step) * step;
  const high = Math.ceil((max + span * 0.1) / step) * step;
  return { min: min >= 0 && low < 0 ? 0 : low, max: high, learned: true };
}

/**
 * The range of a gauge, the first that exists: what was set, what the unit has by nature, what the
 * limits of rules suggest, what was seen.
 */
export function gaugeRange(set: { min: number | null; max: number | null }, unit: string,
  limits: readonly number[], seen: { low: number | null; high: number | null }): Range | null {
  if (set.min !== null && set.max !== null && set.max > set.min) {
    return { min: set.min, max: set.max, learned: false };
  }
  if (unit === "%") return { min: 0, max: 100, learned: false };
  const known = [...limits, seen.low, seen.high].filter((v): v is number => v !== null);
  if (known.length === 0) return null;
  const range = outward(Math.min(...known), Math.max(...known));
  return { min: set.min ?? range.min, max: Math.max(set.max ?? range.max, (set.min ?? range.min) + 1e-9), learned: true };
}

/** Where a value lies on a range, 0 to 1, cut at both ends. */
export function share(v: number, range: Range): number {
  return Math.min(1, Math.max(0, (v - range.min) / (range.max - range.min)));
}
