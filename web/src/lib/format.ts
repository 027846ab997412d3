// SPDX-License-Identifier: Apache-2.0
// Numbers and times as text. Formatters are made once: making one costs more than a hundred uses.

const thinSpace = "\u202f";
const minus = "\u2212";
export const nothing = "\u2013";

const fixed = new Map<number, Intl.NumberFormat>();

function fixedFormat(decimals: number): Intl.NumberFormat {
  let found = fixed.get(decimals);
  if (!found) {
    found = new Intl.NumberFormat(undefined, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    fixed.set(decimals, found);
  }
  return found;
}

export function formatNumber(v: number | null | undefined, decimals: number): string {
  if (v === null || v === undefined || !Number.isFinite(v)) return nothing;
  const magnitude = Math.abs(v);
  if (magnitude >= 1e9 || (magnitude > 0 && magnitude < 1e-4)) {
    return v.toPrecision(4).replace(/-/g, minus);
  }
  const places = Math.min(Math.max(Math.trunc(decimals), 0), 9);
  const shown = fixedFormat(places).format(Number(v.toFixed(places)) === 0 ? 0 : v);
  return shown.replace(/-/g, minus);
}

/** "22.5 °C" with the thin space that never breaks, or only the number where there is no unit. */
export function formatValue(v: number | null | undefined, decimals: number, unit: string): string {
  const shown = formatNumber(v, decimals);
  return unit === "" || shown === nothing ? shown : `${shown}${thinSpace}${unit}`;
}

export function formatCount(n: number): string {
  return formatNumber(n, 0);
}

const clockFormat = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});
const minuteFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayFormat = new Intl.DateTimeFormat(undefined, {
  day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});
const exactFormat = new Intl.DateTimeFormat(undefined, {
  year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit",
  fractionalSecondDigits: 3, hourCycle: "h23", timeZoneName: "short",
});
const zoneFormat = new Intl.DateTimeFormat(undefined, { timeZoneName: "short" });

export function formatClock(ms: number): string {
  return clockFormat.format(ms);
}

export function formatMinute(ms: number): string {
  return minuteFormat.format(ms);
}

/** "14:02" when it is within 20 hours of now, else with its day. */
export function formatMoment(ms: number, now: number): string {
  return Math.abs(now - ms) < 72_000_000 ? minuteFormat.format(ms) : dayFormat.format(ms);
}

export function formatExact(ms: number): string {
  return ms > 0 ? exactFormat.format(ms) : nothing;
}

export function zoneName(ms: number): string {
  return zoneFormat.formatToParts(ms).find((p) => p.type === "timeZoneName")?.value ?? "";
}

const names = new Intl.Collator(undefined, { numeric: true });

/** Order of names as people expect it: "Pump 2" before "Pump 10". */
export function compareNames(a: string, b: string): number {
  return names.compare(a, b);
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A span in its largest whole unit: "6 min". Below a minute each second counts. */
export function formatSpan(ms: number): string {
  const span = Math.max(0, ms);
  const [n, unit] = span < minute ? [span / second, "s"] : span < hour ? [span / minute, "min"]
    : span < 2 * day ? [span / hour, "h"] : [span / day, "d"];
  return `${Math.floor(n)}${thinSpace}${unit}`;
}
