// SPDX-License-Identifier: Apache-2.0
// Ranges as people type them: "6h", "last 90 min", "yesterday", "now-90m to now-30m", "3 May 14:00",
// "2026-05-03 to 2026-05-07". Words of a clock are in the zone that the page shows.

import { zoneOffset } from "./format";
import { parseSpan } from "./span";

export interface Stretch {
  readonly from: number;
  /** Null for a range that follows now. */
  readonly to: number | null;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const german: Readonly<Record<string, string>> = { mär: "mar", mrz: "mar", mai: "may", okt: "oct", dez: "dec" };

function dayStart(ms: number): number {
  const offset = zoneOffset(ms);
  return Math.floor((ms + offset) / day) * day - offset;
}

/** A time of a wall clock in the page's zone. */
export function wallTime(year: number, month: number, date: number, h = 0, min = 0, s = 0): number {
  const wall = Date.UTC(year, month, date, h, min, s);
  return wall - zoneOffset(wall - zoneOffset(wall));
}

interface Moment {
  readonly at: number;
  /** How long what was named lasts: a day for a date, nothing for a time. */
  readonly lasts: number;
}

function named(word: string, now: number): Moment | null {
  const today = dayStart(now);
  if (word === "now" || word === "jetzt") return { at: now, lasts: 0 };
  if (word === "today" || word === "heute") return { at: today, lasts: day };
  if (word === "yesterday" || word === "gestern") return { at: dayStart(today - day / 2), lasts: day };
  const back = /^(?:now|jetzt)\s*([+-])\s*(.+)$/.exec(word);
  const span = back?.[2] === undefined ? null : parseSpan(back[2]);
  return span === null ? null : { at: now + (back?.[1] === "-" ? -span : span), lasts: 0 };
}

function dated(text: string, now: number): Moment | null {
  const clock = /(?:^|[\sT])(\d{1,2}):(\d{2})(?::(\d{2}))?$/i.exec(text);
  const rest = clock ? text.slice(0, clock.index).trim().replace(/,$/, "") : text;
  const [h, min, s] = [1, 2, 3].map((i) => Number(clock?.[i] ?? 0)) as [number, number, number];
  if (h > 23 || min > 59 || s > 59) return null;
  const shown = new Date(now + zoneOffset(now));
  let [year, month, date] = [shown.getUTCFullYear(), shown.getUTCMonth(), shown.getUTCDate()];
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(rest);
  const words = /^(\d{1,2})\.?\s*([a-zä]{3,})\.?\s*(\d{4})?$/.exec(rest);
  const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})?$/.exec(rest);
  if (iso) [year, month, date] = [Number(iso[1]), Number(iso[2]) - 1, Number(iso[3])];
  else if (dotted) [year, month, date] = [Number(dotted[3] ?? year), Number(dotted[2]) - 1, Number(dotted[1])];
  else if (words) {
    const short = (words[2] ?? "").slice(0, 3);
    month = months.indexOf(german[short] ?? short);
    date = Number(words[1]);
    if (words[3]) year = Number(words[3]);
  } else if (rest !== "" || !clock) {
    const base = named(rest, now);
    if (!base || base.lasts !== day || !clock) return null;
    return { at: base.at + h * hour + min * minute + s * 1000, lasts: 0 };
  }
  if (month < 0 || month > 11 || date < 1 || date > 31) return null;
  return { at: wallTime(year, month, date, h, min, s), lasts: clock ? 0 : day };
}

function moment(text: string, now: number): Moment | null {
  return named(text, now) ?? dated(text, now);
}

/** Null for what is no range. */
export function parseStretch(given: string, now: number): Stretch | null {
  const text = given.trim().toLowerCase().replace(/\u2212/g, "-");
  const ends = text.split(/\s+(?:to|until|bis)\s+|\s*(?:\.\.|\u2013|\u2026)\s*/);
  if (ends.length === 2) {
    const from = moment(ends[0] ?? "", now);
    const to = moment(ends[1] ?? "", now);
    if (!from || !to) return null;
    const end = to.at + to.lasts;
    return from.at < end ? { from: from.at, to: end >= now ? null : end } : null;
  }
  const span = parseSpan(text.replace(/^(?:the\s+)?(?:last|past|letzten?|letztes)\s+/, ""));
  if (span !== null) return { from: now - span, to: null };
  const one = moment(text, now);
  if (!one || one.at >= now) return null;
  // A time alone: what was around it.
  if (one.lasts === 0 && text.startsWith("now")) return { from: one.at, to: null };
  if (one.lasts === 0) return { from: one.at - 30 * minute, to: Math.min(now, one.at + 30 * minute) };
  return { from: one.at, to: one.at + one.lasts >= now ? null : one.at + one.lasts };
}
