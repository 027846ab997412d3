// SPDX-License-Identifier: Apache-2.0
// Words of the pages about alerts.

import { formatCount } from "../lib/format";
import type { Severity } from "../net/wire";

const many = (n: number, one: string, other: string): string => `${formatCount(n)} ${n === 1 ? one : other}`;
const muteWords: Readonly<Record<string, string>> = { silence: "silenced", maintenance: "maintenance", inhibited: "follows from another", flapping: "flapping", late: "late" };

const mutes: Readonly<Record<string, string>> = {
  silence: "a silence", maintenance: "maintenance", inhibited: "what it follows from", flapping: "coming and going too often", late: "its readings, which came late",
};

export const alerting = {
  parts: "Parts of the alerts", tabs: { open: "Open", history: "History", rules: "Rules", silences: "Silences", channels: "Channels" },
  nothing: "Nothing is wrong.", pending: "Pending", pendingWords: "their condition holds, but not for long enough yet", noHistory: "No alert has been resolved yet.",
  gone: "This alert is not among the latest, or never was.", toList: "All alerts", facts: "Facts",
  began: "Began", acknowledgedAt: "Acknowledged", resolvedAt: "Resolved", lasts: "Lasts", lasted: "Lasted", late: "Late", lateWords: "Its readings came long after they were taken.",
  muted: "Muted", mutedBy: (why: string, until: string | null) => `by ${mutes[why] ?? why}${until === null ? "" : `, until ${until}`}`,
  note: "Note", sayIt: "Save the note", acknowledgeWith: "Acknowledge with comment",
  noteHint: "What is being done about it", cancel: "Cancel", holds: "Holds until the alert resolves.", addNote: "Add note", noteNotSaved: (why: string) => `The note was not saved: ${why}`,
  isOver: "over", headline: (waiting: number, open: number) => waiting > 0 ? `${many(waiting, "alert waits", "alerts wait")} for someone` : open > 0 ? `${many(open, "alert is", "alerts are")} open, and somebody has each` : "No alert is open",
  waited: (oldest: string, critical: string | null) => critical === null ? `The oldest has waited ${oldest}.` : `The oldest has waited ${oldest}, the critical one ${critical}.`, nobodyWaits: "Nobody has to do anything right now.",
  counts: "Open alerts by severity", countWords: (s: Severity, n: number) => s === "critical" ? "critical" : s === "info" ? "info" : n === 1 ? "warning" : "warnings", snoozed: "snoozed",
  any: "any", who: "Who", anyone: "anyone", somebody: "somebody", order: (zone: string) => `worst first, then newest; times in ${zone}`, noneFits: "No open alert fits these filters.",
  deviceSensor: "Device, sensor", what: "What", hour: "1\u202fh", age: "Age", whoHasIt: "Who has it",
  newOnes: (n: number) => `${formatCount(n)} new`, plusMuted: (n: number) => `+${formatCount(n)} muted`, firstOf: (n: string, all: string) => `The first ${n} of ${all}.`,
  mutes: (why: string) => muteWords[why] ?? why, mutedWhy: (by: string) => by === "gateway lost" ? "what carried them was lost" : by, until: (at: string) => `until ${at}`,
  clearFilters: "Clear filters", clearChoice: "Choose none", untilQueued: (at: string) => `until ${at}, will be sent`, tooManyWait: "too many wait to be sent already", choose: (device: string) => `Choose ${device}`, bulk: "The chosen alerts", chosen: (n: number) => `${formatCount(n)} chosen`, chooseAll: (n: number) => `All ${formatCount(n)}`,
  bulkDone: (act: "acknowledged" | "snoozed" | "taken back", n: number) => `${many(n, "alert", "alerts")} ${act}`, bulkRefused: (n: number, which: string) => `${formatCount(n)} not: ${which}`,
  wake: "Wake now", widerSilence: "More than this alert is silent: see", notSnoozed: (why: string) => `Not snoozed: ${why}`, customSpan: "Snooze for, such as 90m", needsConnection: "This needs the connection to the server",
  noisiest: "Noisiest in 7 days", noisiestHow: "firing, lighter once acknowledged", ruleDevice: "Rule, device", count: "Count", total: "Total", toAck: "To ack, med.", toAckLong: "Middle of the times until somebody acknowledged", firing: "Firing",
  barWords: (from: string, span: string) => `${from}, ${span}`, historyFailed: (why: string) => `The history could not be loaded: ${why}`, heldFrom: (at: string) => `This page holds the alerts since ${at}; older ones are not counted here.`,
  from: "From", moreMatchers: "Several at once", allMustFit: "All that are filled in must fit.", wrongStart: "Say from when on, or leave it empty for now.", notSilenced: (why: string) => `Not silenced: ${why}`, notEnded: (why: string) => `Not ended: ${why}`,
  untilIn: (at: string, span: string) => `until ${at}, ${span} more`, ending: (what: string, span: string) => `The silence of ${what} ends in ${span}.`, oneHourMore: "1\u202fh more", alertOf: (device: string, what: string) => `${device}, ${what}`,
  silencesNeedRole: "Silencing needs the role operator or admin.",
  timeline: "What happened", timesIn: (zone: string) => `times in ${zone}`, acknowledgedBy: (who: string | null) => `Acknowledged${who === null ? "" : ` by ${who}`}`, quietUntil: "Rings again, unless it is over",
  told: (event: string, whom: string, step: number) => `${event === "resolved" ? "the end" : event === "acknowledged" ? "that somebody has it" : step > 0 ? `step ${step}` : "the beginning"}, to ${whom}`,
  toldState: (state: string, words: string) => state === "sent" ? `Told: ${words}` : state === "failed" ? `Not told: ${words}` : `Will be told, unless somebody acknowledges: ${words}`,
  notToldHere: (why: string) => `Whom it was told can't be shown: ${why}`, statePending: (span: string) => `Its condition holds for ${span}; nobody was told yet.`, stateOpen: (span: string) => `Not over: it lasts ${span}.`, stateOver: (at: string, span: string) => `Over since ${at}, it lasted ${span}.`,
  snooze: "Snooze", tomorrow: "Until tomorrow, 8:00", silence: "Silence by", silenceIt: "Silence", howLong: "For", reason: "Reason",
  matchers: { device: "Device", tag: "Tag", model: "Model", rule: "Rule", severity: "Severity", place: "Place", alert: "Alert" },
  matches: (what: string, value: string) => `${what}: ${value}`, everything: "Everything", because: (reason: string, who: string) => `${reason} (${who})`,
  span: (from: string, to: string) => `${from} to ${to}`, over: (at: string) => `over since ${at}`, recurring: "comes again", endNow: "End now",
  wrongSpan: "Say how long, such as 30m, 4h or 2d.", whatIsMissing: "Say what is to be silent.", silencesFailed: "The silences could not be loaded.", noSilence: "Nothing is silenced.",
} as const;
