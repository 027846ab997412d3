// SPDX-License-Identifier: Apache-2.0
// The grammar of the device search: words, and terms such as `status:offline tag:roof seen:>10m
// temperature:>30 model:"TH 100"`. Every term is a control too, so a query can be taken apart and put
// together again.

import { parseSpan } from "../lib/span";
import type { Device, Severity } from "../net/wire";

export interface Term {
  readonly key: string;
  readonly op: "" | ">" | "<" | ">=" | "<=";
  readonly value: string;
}

export interface Query {
  readonly words: readonly string[];
  readonly terms: readonly Term[];
}

const longestQuery = 500;
const termPattern = /^([\p{L}\p{N}_.-]+):(>=|<=|>|<)?(.+)$/u;

function tokens(text: string): readonly string[] {
  const out: string[] = [];
  for (const match of text.slice(0, longestQuery).matchAll(/(?:[^\s"]+|"[^"]*"?)+/g)) out.push(match[0]);
  return out;
}

function unquoted(text: string): string {
  return text.replaceAll('"', "");
}

export function parseQuery(text: string): Query {
  const words: string[] = [];
  const terms: Term[] = [];
  for (const token of tokens(text)) {
    const match = termPattern.exec(token);
    if (match?.[1] === undefined || match[3] === undefined) words.push(unquoted(token).toLowerCase());
    else terms.push({ key: match[1].toLowerCase(), op: (match[2] ?? "") as Term["op"], value: unquoted(match[3]) });
  }
  return { words: words.filter((w) => w !== ""), terms };
}

export function termText({ key, op, value }: Term): string {
  return `${key}:${op}${/\s/.test(value) ? `"${value}"` : value}`;
}

/** The query without a term, or with it where it was not; of some keys one term is enough. */
export function withTerm(query: Query, term: Term, alone: boolean): string {
  const same = (t: Term): boolean => t.key === term.key && t.op === term.op && t.value.toLowerCase() === term.value.toLowerCase();
  const had = query.terms.some(same);
  const rest = query.terms.filter((t) => (alone ? t.key !== term.key : !same(t)));
  return [...(had ? rest : [...rest, term]).map(termText), ...query.words].join(" ");
}

export interface Facts {
  readonly worst: (id: string) => { readonly severity: Severity; readonly acknowledged: boolean } | undefined;
  /** In the unit that is shown. */
  readonly value: (device: string, sensor: string) => number | null;
  readonly now: number;
}

function compare(a: number, op: Term["op"], b: number): boolean {
  switch (op) {
    case ">": return a > b;
    case "<": return a < b;
    case ">=": return a >= b;
    case "<=": return a <= b;
    default: return a === b;
  }
}

function alertMatches(value: string, worst: ReturnType<Facts["worst"]>): boolean {
  if (value === "none") return worst === undefined;
  if (value === "any") return worst !== undefined;
  if (value === "open") return worst !== undefined && !worst.acknowledged;
  return worst?.severity === value;
}

/** A sensor by its id or its name. */
function sensorMatches(d: Device, { key, op, value }: Term, facts: Facts): boolean {
  const wanted = Number(value.replace(",", "."));
  if (value === "" || Number.isNaN(wanted)) return false;
  return d.sensors.some((s) => {
    if (s.id.toLowerCase() !== key && s.name.toLowerCase() !== key) return false;
    const v = facts.value(d.id, s.id);
    return v !== null && compare(v, op, wanted);
  });
}

function termMatches(d: Device, term: Term, facts: Facts): boolean {
  const value = term.value.toLowerCase();
  switch (term.key) {
    case "status": return d.status === value;
    case "tag": return d.tags.some((t) => t.toLowerCase() === value);
    case "model": return d.model.toLowerCase() === value;
    case "place": case "location": return (d.place ?? "").toLowerCase() === value;
    case "id": return d.id.toLowerCase().includes(value);
    case "name": return d.name.toLowerCase().includes(value);
    case "alert": return alertMatches(value, facts.worst(d.id));
    case "seen": {
      const span = parseSpan(value);
      return span !== null && d.lastSeen > 0 && compare(facts.now - d.lastSeen, term.op === "" ? "<=" : term.op, span);
    }
    default: return sensorMatches(d, term, facts);
  }
}

const texts = new WeakMap<Device, string>();

function textOf(d: Device): string {
  let text = texts.get(d);
  if (text === undefined) {
    text = `${d.name} ${d.id} ${d.model} ${d.place ?? ""} ${d.tags.join(" ")} ${d.status}`.toLowerCase();
    texts.set(d, text);
  }
  return text;
}

/** Terms of one key are alternatives, those of different keys all hold. */
export function matches(d: Device, query: Query, facts: Facts): boolean {
  if (query.words.length > 0) {
    const text = textOf(d);
    if (!query.words.every((w) => text.includes(w))) return false;
  }
  return query.terms.every((term) => {
    if (term.op !== "") return termMatches(d, term, facts);
    return query.terms.some((t) => t.key === term.key && t.op === "" && termMatches(d, t, facts));
  });
}

/** How often each value of a key occurs among devices that the rest of the query lets through. */
export function countsOf(devices: Iterable<Device>, query: Query, key: string, facts: Facts): ReadonlyMap<string, number> {
  const rest: Query = { words: query.words, terms: query.terms.filter((t) => t.key !== key) };
  const counts = new Map<string, number>();
  const add = (value: string): void => void counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const d of devices) {
    if (!matches(d, rest, facts)) continue;
    if (key === "status") add(d.status);
    else if (key === "model" && d.model !== "") add(d.model);
    else if (key === "place" && d.place !== null) add(d.place);
    else if (key === "tag") d.tags.forEach(add);
    else if (key === "alert") add(facts.worst(d.id)?.severity ?? "none");
  }
  return counts;
}
