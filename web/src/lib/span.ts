// SPDX-License-Identifier: Apache-2.0
// Spans of time as people and addresses write them.

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const units: Readonly<Record<string, number>> = {
  s: 1000, sec: 1000, m: minute, min: minute, h: hour, d: day, t: day, w: 7 * day, mo: 30 * day, y: 365 * day, a: 365 * day, j: 365 * day,
};
const longer: readonly (readonly [RegExp, string])[] = [
  [/^(seconds?|sekunden?)$/, "s"], [/^(minutes?|minuten?)$/, "m"], [/^(hours?|stunden?|std)$/, "h"], [/^(days?|tage?n?)$/, "d"],
  [/^(weeks?|wochen?)$/, "w"], [/^(months?|monate?n?)$/, "mo"], [/^(years?|jahre?n?)$/, "y"],
];
function unitMs(word: string): number | null {
  const name = longer.find(([pattern]) => pattern.test(word))?.[1] ?? word;
  return units[name] ?? null;
}

/** "90m", "1.5 h" in ms. */
export function parseSpan(text: string): number | null {
  const match = /^(\d+(?:[.,]\d+)?)?\s*([a-zä]+)$/.exec(text.trim().toLowerCase());
  const unit = match?.[2] === undefined ? null : unitMs(match[2]);
  const n = Number((match?.[1] ?? "1").replace(",", "."));
  return unit === null || !(n > 0) ? null : n * unit;
}

/** A span of a preset as it stands in an address: "6h". */
export function spanName(ms: number): string {
  for (const [name, unit] of [["d", day], ["h", hour], ["m", minute], ["s", 1000]] as const) {
    if (ms % unit === 0) return `${ms / unit}${name}`;
  }
  return `${Math.round(ms / 1000)}s`;
}
