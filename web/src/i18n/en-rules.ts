// SPDX-License-Identifier: Apache-2.0
// Words of the rules.

import { formatCount } from "../lib/format";

const many = (n: number, one: string, other: string): string => `${formatCount(n)} ${n === 1 ? one : other}`;

export const rules = {
  title: "Rules", one: "Rule", new: "New rule", none: "No rule yet. A rule raises an alert when a value, or its absence, is not as it should be.",
  failed: "The rules could not be loaded.", gone: "This rule was deleted, or never was.", toList: "All rules", create: "Create this rule", delete: "Delete",
  name: "Name", untitled: "What the alert is called", on: "on", open: (n: number) => many(n, "open alert", "open alerts"),
  about: "Of", which: "Which", when: "When", is: "is", of: "Looking at", newest: "each reading", functions: { mean: "the mean", min: "the lowest", max: "the highest" },
  over: "over", per: "a", pers: { second: "second", minute: "minute", hour: "hour" }, for: "for", clearFor: "Resolve after", atOnce: "at once",
  silentFor: "for", hysteresis: "and back by", raise: "Raise", escalates: "critical further on", criticalAt: "critical at", limit: "Limit", low: "Lower limit", high: "Upper limit",
  status: "status",
  scopes: { device: "one device", devices: "several devices", tag: "all with a tag", model: "all of a model", all: "all devices" },
  conditions: {
    greater_than: "above", less_than: "below", greater_or_equal: "at or above", less_or_equal: "at or below", equals: "equal to", not_equals: "other than",
    between: "between", outside: "outside", rate_of_change: "changing faster than", no_data: "silent", status: "offline",
  },
  scopeOf: (scope: string, names: string, more: number) => `${scope}: ${names}${more > 0 ? ` and ${formatCount(more)} more` : ""}`,
  range: (low: string, high: string) => `${low} and ${high}`,
  sentence: (what: string, scope: string, condition: string, limit: string, hold: string) => `${what}, ${scope}, ${condition}${limit === "" ? "" : ` ${limit}`}${hold === "" ? "" : ` for ${hold}`}`,
  combined: "several conditions together",
  past: "The past", days: (n: number) => n === 1 ? "1 day" : `${n} days`, fillIn: "Fill in the rule to see what it would have done.",
  never: (days: number) => `Would not have fired in ${days === 1 ? "the last day" : `${days} days`}.`,
  wouldHave: (n: number, devices: number, days: number) => `Would have fired ${many(n, "time", "times")} on ${many(devices, "device", "devices")} in ${days === 1 ? "the last day" : `${days} days`}.`,
  inAll: (total: string, longest: string) => `${total} in all, longest ${longest}.`, against: (more: number) => `${more > 0 ? "+" : "−"}${formatCount(Math.abs(more))} against the saved rule.`,
  tooMany: (n: number) => `${formatCount(n)} a day and device: people stop reading these.`, times: (n: number) => many(n, "time", "times"),
  chart: (from: string, to: string, n: number) => `History from ${from} to ${to}, ${many(n, "stretch", "stretches")} in which the rule would have fired`,
  asText: "The rule as text (JSON)", toText: "Edit as text", toSentence: "Edit as a sentence", noObject: "This is no JSON object yet.", notASentence: "This rule says more than a sentence can: it stays text.",
  save: "Save rule", discard: "Discard", deleteNow: "Delete it for good", unsaved: "not saved yet", needsRole: "Changing rules needs the role operator or admin.", notSaved: (why: string) => `Not saved: ${why}`, notTried: (why: string) => `It could not be tried: ${why}`,
  inWords: "In words", keeps: (names: string) => `Stays as it is: ${names}. Edit as text to change it.`, spanHow: "A number and ms, s, m, h or d, such as 5m", and: "and", perWords: (p: string) => `a ${p}`, deviceCount: (n: string) => `${n} devices`,
  resolve: "Resolve", resolveLimit: "Resolve limit", backNone: "when it no longer holds", backBelow: "at or below", backAbove: "at or above", clearHow: "so long, without a break",
  tell: "Tell", tellRoutes: "whom the routes say", tellPush: "every browser", tellMail: "every mail channel", tellMore: "as its text says, which is kept",
  againstSaved: "Against the saved rule", moreWord: "new", fewerWord: "fewer", showThese: (n: number) => `Show ${n === 1 ? "this one" : `these ${formatCount(n)}`}`, showAll: "Show all",
  howOften: "How often", lessThanOne: "less than one", perDay: (all: string, one: string) => `About ${all} a day in all, at most ${one} on one device.`, tooManyRule: (n: number) => `Above ${n} a day and device people stop reading them.`,
  worst: (n: number) => n === 1 ? "The device" : `${n} worst devices`, timesHead: "Times", inAllHead: "In all", longestHead: "Longest", worstOf: (n: number) => `the worst of ${formatCount(n)}`, oneOf: (n: number) => `one of ${formatCount(n)}`,
  keyWould: "would have fired", keyRaise: "raise", keyResolve: "resolve", dragHow: "Drag the line, or use the arrow keys on it",
  sentences: (p: Readonly<Record<"what" | "scope" | "condition" | "limit" | "hold" | "severity" | "clear" | "tell" | "back", string>>) =>
    `When ${p.what} of ${p.scope} is ${[p.condition, p.limit].filter((s) => s !== "").join(" ")}${p.hold === "" ? "" : ` for ${p.hold}`}, raise a ${p.severity} alert${p.tell === "" ? "" : ` and tell ${p.tell}`}. It resolves ${p.back === "" ? "when that no longer holds" : p.back}${p.clear === "" ? "" : ` for ${p.clear}`}.`,
  missing: { scope: "Choose which devices it is about.", sensor: "Choose a sensor.", window: "Say over which time, such as 5m.", status: "Choose at least one status." },
} as const;
