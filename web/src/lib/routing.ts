// SPDX-License-Identifier: Apache-2.0
// Who is told of what, as a person fills it in and as the server takes it: docs/protocol/notify.md says what each member means.

import type { Severity } from "../net/wire";

export const severities: readonly Severity[] = ["critical", "warning", "info"];
export const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof days)[number];
export const groups = ["rule", "device", "tag", "none"] as const;
export type GroupBy = (typeof groups)[number];
/** Later tellings of one route, as the server counts them. */
export const mostSteps = 7;

export interface Step {
  /** As people write it: "15m". */
  readonly after: string;
  /** "channel:ID", "person:ID", "push" or "email". */
  readonly to: readonly string[];
}

export interface RouteForm {
  readonly name: string;
  readonly enabled: boolean;
  /** Each of these matches everything when it is empty. */
  readonly severity: readonly Severity[];
  readonly rules: readonly string[];
  readonly devices: readonly string[];
  readonly tags: readonly string[];
  /** Times of a day, "18:00"; both empty: all day. */
  readonly from: string;
  readonly until: string;
  /** None: every day. */
  readonly days: readonly Day[];
  /** Empty: UTC. */
  readonly zone: string;
  readonly to: readonly string[];
  readonly group: GroupBy;
  /** Durations as people write them; empty: the server's, and told once. */
  readonly interval: string;
  readonly repeat: string;
  readonly steps: readonly Step[];
}

type Fields = Readonly<Record<string, unknown>>;
const fields = (x: unknown): Fields => (typeof x === "object" && x !== null && !Array.isArray(x) ? (x as Fields) : {});
const text = (x: unknown): string => (typeof x === "string" ? x : "");
const texts = (x: unknown): string[] => (Array.isArray(x) ? x.filter((t): t is string => typeof t === "string") : []);

export function emptyRoute(zone: string): RouteForm {
  return { name: "", enabled: true, severity: [], rules: [], devices: [], tags: [], from: "", until: "", days: [], zone, to: [], group: "rule", interval: "", repeat: "", steps: [] };
}

export function routeForm(body: Fields): RouteForm {
  const [match, hours] = [fields(body["match"]), fields(body["hours"])];
  return {
    name: text(body["name"]), enabled: body["enabled"] !== false,
    severity: severities.filter((s) => texts(match["severity"]).includes(s)), rules: texts(match["rules"]), devices: texts(match["devices"]), tags: texts(match["tags"]),
    from: text(hours["from"]), until: text(hours["to"]), days: days.filter((d) => texts(hours["days"]).includes(d)), zone: text(hours["zone"]),
    to: texts(body["to"]), group: groups.find((g) => g === body["group"]) ?? "rule", interval: text(body["interval"]), repeat: text(body["repeat"]),
    steps: (Array.isArray(body["steps"]) ? body["steps"] : []).map(fields).map((s) => ({ after: text(s["after"]), to: texts(s["to"]) })),
  };
}

const given = (name: string, value: string): Fields => (value.trim() === "" ? {} : { [name]: value.trim() });
const some = (name: string, list: readonly string[]): Fields => (list.length === 0 ? {} : { [name]: list });

export function routeBody(form: RouteForm): Fields {
  const hours = { ...given("from", form.from), ...given("to", form.until), ...some("days", form.days) };
  const match = { ...some("severity", form.severity), ...some("rules", form.rules), ...some("devices", form.devices), ...some("tags", form.tags) };
  return {
    ...given("name", form.name), enabled: form.enabled, ...(Object.keys(match).length === 0 ? {} : { match }),
    ...(Object.keys(hours).length === 0 ? {} : { hours: { ...hours, ...given("zone", form.zone) } }),
    to: form.to, group: form.group, ...given("interval", form.interval), ...given("repeat", form.repeat),
    ...(form.steps.length === 0 ? {} : { steps: form.steps.map((s) => ({ after: s.after.trim(), to: s.to })) }),
  };
}

/** Everybody whom a route tells, at once or later, each once. */
export function toldBy(form: RouteForm): readonly string[] {
  return [...new Set([...form.to, ...form.steps.flatMap((s) => s.to)])];
}

export interface PersonForm {
  readonly name: string;
  readonly email: string;
  readonly channels: readonly string[];
}

export function personForm(body: Fields): PersonForm {
  return { name: text(body["name"]), email: text(body["email"]), channels: texts(body["channels"]) };
}

export function personBody(form: PersonForm): Fields {
  return { ...given("name", form.name), ...given("email", form.email), channels: form.channels };
}

/** The ways that a test of these tells: those named, and those of the people. Browsers and mail by the settings are tried where they are listed. */
export function waysOf(to: readonly string[], people: ReadonlyMap<string, PersonForm>): readonly string[] {
  const ways = to.flatMap((t) => (t.startsWith("channel:") ? [t.slice(8)] : t.startsWith("person:") ? people.get(t.slice(7))?.channels ?? [] : []));
  return [...new Set(ways)];
}

/** What a text of lines "Name: value" says, or the first line that is none. */
export function readHeaders(lines: string): Readonly<Record<string, string>> | string {
  const out: Record<string, string> = {};
  for (const line of lines.split("\n").filter((l) => l.trim() !== "")) {
    const at = line.indexOf(":");
    if (at <= 0) return line;
    out[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  return out;
}
