// SPDX-License-Identifier: Apache-2.0
// What a rule would have done, device by device, and against another rule.

import type { Firing } from "../net/wire";

export interface DeviceFirings {
  readonly device: string;
  readonly firings: readonly Firing[];
  readonly totalMs: number;
  readonly longestMs: number;
}

export const lengthOf = (f: Firing, to: number): number => Math.max(0, (f.to ?? to) - f.from);

/** Devices in the order of how often it would have fired, then how long; each of `all` is there, the quiet ones last. */
export function byDevice(firings: readonly Firing[], to: number, all: readonly string[]): DeviceFirings[] {
  const groups = new Map<string, Firing[]>(all.map((device) => [device, []]));
  for (const f of firings) {
    const group = groups.get(f.device);
    if (group) group.push(f);
    else groups.set(f.device, [f]);
  }
  return [...groups].map(([device, own]) => {
    const lengths = own.map((f) => lengthOf(f, to));
    return { device, firings: own, totalMs: lengths.reduce((sum, ms) => sum + ms, 0), longestMs: lengths.reduce((most, ms) => Math.max(most, ms), 0) };
  }).sort((a, b) => b.firings.length - a.firings.length || b.totalMs - a.totalMs || a.device.localeCompare(b.device));
}

/** Those of `list` at a time at which `other` did not fire on the device. */
export function missing(list: readonly Firing[], other: readonly Firing[], to: number): Firing[] {
  const known = new Map<string, Firing[]>();
  for (const f of other) known.set(f.device, [...known.get(f.device) ?? [], f]);
  return list.filter((f) => !(known.get(f.device) ?? []).some((o) => o.from <= (f.to ?? to) && (o.to ?? to) >= f.from));
}

/** The limit below which `share` of the values lie; null of none. */
export function percentile(values: ArrayLike<number>, share: number): number | null {
  const sorted = Array.from(values).filter((v) => Number.isFinite(v)).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
}
