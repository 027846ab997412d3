// SPDX-License-Identifier: Apache-2.0
// What the tiers of the store take, how that grows, and when it is full, from the server's counters.

export const tierNames = ["raw", "minutes", "hours", "days"] as const;
export type TierName = (typeof tierNames)[number];

export interface Tier {
  readonly name: TierName;
  readonly bytes: number;
  /** Of the last 24 hours. */
  readonly dayBytes: number;
  /** Null: the tier is empty. */
  readonly oldest: number | null;
  /** How long it is kept, ms; null: for ever. */
  readonly keptMs: number | null;
}

const day = 86_400_000;
/** From less than this nobody can tell what a day brings. */
const leastSeen = 600_000;

/** Null: it was not measured yet. */
export function tiersOf(counters: ReadonlyMap<string, number>): readonly Tier[] | null {
  if ((counters.get("telltale_store_measured_total") ?? 0) === 0) return null;
  return tierNames.map((name) => {
    const of = (figure: string): number => counters.get(`telltale_store_tier_${figure} ${name}`) ?? 0;
    return { name, bytes: of("bytes"), dayBytes: of("day_bytes"), oldest: of("oldest_seconds") > 0 ? of("oldest_seconds") * 1000 : null, keptMs: of("kept_seconds") > 0 ? of("kept_seconds") * 1000 : null };
  });
}

/** Bytes a day, of the last day, or of what there is when it is less; null: too little to say. */
export function growthOf(tiers: readonly Tier[], now: number): number | null {
  const oldest = Math.min(...tiers.map((t) => t.oldest ?? Infinity));
  const seen = Math.min(day, now - oldest);
  return seen < leastSeen ? null : (tiers.reduce((sum, t) => sum + t.dayBytes, 0) / seen) * day;
}

/** In how many ms the room is used up; null: never, as it looks now. What expires by its age meanwhile is not counted. */
export function fullIn(room: number, growth: number | null): number | null {
  return growth === null || growth <= 0 ? null : (room / growth) * day;
}
