// SPDX-License-Identifier: Apache-2.0
// Numbers and times as text. Formatters are made once: making one costs more than a hundred uses.

import { shownDecimals, shownUnit, toShown } from "./units";

const thinSpace = "\u202f";
const minus = "\u2212";
export const nothing = "\u2013";

const fixed = new Map<number, Intl.NumberFormat>();

function fixedFormat(decimals: number): Intl.NumberFormat {
  let found = fixed.get(decimals);
  if (!found) {
    found = new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
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

/** The number of a value that is stored in `unit`, in the unit that is shown. */
export function formatShown(v: number | null | undefined, decimals: number, unit: string): string {
  return formatNumber(toShown(v, unit), shownDecimals(decimals, unit));
}

/**
 * "22.5 °C" with the thin space that never breaks, or only the number where there is no unit. The value is in `unit`, be it the stored
 * one or the one that is shown.
 */
export function formatValue(v: number | null | undefined, decimals: number, unit: string): string {
  const shown = formatShown(v, decimals, unit);
  return unit === "" || shown === nothing ? shown : `${shown}${thinSpace}${shownUnit(unit)}`;
}

export function formatCount(n: number): string {
  return formatNumber(n, 0);
}

let plurals = new Intl.PluralRules();

/** "1 device", "2 devices": for languages of two forms. */
export function formatPlural(n: number, one: string, other: string): string {
  return `${formatCount(n)} ${plurals.select(n) === "one" ? one : other}`;
}

/** The parts that say something, one after the other. */
export function formatParts(...parts: readonly string[]): string {
  return parts.filter((s) => s !== "").join(", ");
}

type Style = "clock" | "minute" | "day" | "date" | "month" | "exact" | "zone" | "wall";

const styles: Readonly<Record<Style, Intl.DateTimeFormatOptions>> = {
  clock: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  minute: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  day: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  date: { day: "numeric", month: "short" },
  month: { month: "short", year: "numeric" },
  exact: {
    year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit",
    fractionalSecondDigits: 3, hourCycle: "h23", timeZoneName: "short",
  },
  zone: { timeZoneName: "short" },
  wall: { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric", hourCycle: "h23" },
};

let locale: string | undefined;
let zone: string | undefined;
let dates = new Map<Style, Intl.DateTimeFormat>();

/** The zone of all times that are shown from now on, by its name; undefined is the browser's own. */
export function setZone(name: string | undefined): void {
  zone = name;
  dates = new Map();
}

const byteUnits = ["B", "kB", "MB", "GB", "TB"] as const;

export function formatBytes(n: number): string {
  let [v, i] = [Math.max(0, n), 0];
  while (v >= 1000 && i < byteUnits.length - 1) {
    v /= 1000;
    i++;
  }
  return `${formatNumber(v, i === 0 || v >= 100 ? 0 : 1)}${thinSpace}${byteUnits[i] ?? "B"}`;
}

/** The language of numbers and dates; undefined is the browser's own. */
export function setLocale(tag: string | undefined): void {
  locale = tag;
  dates = new Map();
  fixed.clear();
  plurals = new Intl.PluralRules(tag);
}

function dateFormat(style: Style): Intl.DateTimeFormat {
  let found = dates.get(style);
  if (!found) {
    found = new Intl.DateTimeFormat(style === "wall" ? "en-u-ca-iso8601" : locale, { ...styles[style], ...(zone === undefined ? {} : { timeZone: zone }) });
    dates.set(style, found);
  }
  return found;
}

export function formatClock(ms: number): string {
  return dateFormat("clock").format(ms);
}

export function formatMinute(ms: number): string {
  return dateFormat("minute").format(ms);
}

export function formatDate(ms: number): string {
  return dateFormat("date").format(ms);
}

export function formatMonth(ms: number): string {
  return dateFormat("month").format(ms);
}

/** With its day, for a range that does not end today. */
export function formatDayTime(ms: number): string {
  return dateFormat("day").format(ms);
}

/** "14:02" when it is within 20 hours of now, else with its day. */
export function formatMoment(ms: number, now: number): string {
  return dateFormat(Math.abs(now - ms) < 72_000_000 ? "minute" : "day").format(ms);
}

export function formatExact(ms: number): string {
  return ms > 0 ? dateFormat("exact").format(ms) : nothing;
}

export function zoneName(ms: number): string {
  return dateFormat("zone").formatToParts(ms).find((p) => p.type === "timeZoneName")?.value ?? "";
}

/** What the zone's clocks show beyond UTC at that time, in ms. */
export function zoneOffset(ms: number): number {
  if (zone === "UTC") return 0;
  if (zone === undefined) return -new Date(ms).getTimezoneOffset() * 60_000;
  const at = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(dateFormat("wall").formatToParts(ms).find((p) => p.type === type)?.value ?? 0);
  const wall = Date.UTC(at("year"), at("month") - 1, at("day"), at("hour"), at("minute"), at("second"));
  return wall - Math.floor(ms / 1000) * 1000;
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
