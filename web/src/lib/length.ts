// SPDX-License-Identifier: Apache-2.0

const thinSpace = "\u202f";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** A length in two units where one says too little: "3 h 12 min", "41 min", "2 d 4 h". */
export function formatLength(ms: number): string {
  const part = (n: number, unit: string): string => `${n}${thinSpace}${unit}`;
  if (ms < minute) return part(Math.round(ms / 1000), "s");
  if (ms < hour) return part(Math.round(ms / minute), "min");
  const [big, small] = ms < 2 * day ? [hour, minute] : [day, hour];
  const n = Math.floor(ms / big);
  const rest = Math.floor((ms % big) / small);
  return rest === 0 ? part(n, ms < 2 * day ? "h" : "d") : `${part(n, ms < 2 * day ? "h" : "d")} ${String(rest).padStart(ms < 2 * day ? 2 : 1, "0")}${thinSpace}${ms < 2 * day ? "min" : "h"}`;
}
