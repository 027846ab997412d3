// SPDX-License-Identifier: Apache-2.0
// Words of the pages about alerts.

const mutes: Readonly<Record<string, string>> = {
  silence: "a silence", maintenance: "maintenance", inhibited: "what it follows from", flapping: "coming and going too often", late: "its readings, which came late",
};

export const alerting = {
  parts: "Parts of the alerts", tabs: { open: "Open", history: "History", rules: "Rules", silences: "Silences", channels: "Channels" },
  nothing: "Nothing is wrong.", pending: "Pending", pendingWords: "their condition holds, but not for long enough yet", noHistory: "No alert has been resolved yet.",
  gone: "This alert is not among the latest, or never was.", toList: "All alerts", facts: "Facts",
  began: "Began", acknowledgedAt: "Acknowledged", resolvedAt: "Resolved", lasts: "Lasts", lasted: "Lasted", late: "Late", lateWords: "Its readings came long after they were taken.",
  muted: "Muted", mutedBy: (why: string, until: string | null) => `by ${mutes[why] ?? why}${until === null ? "" : `, until ${until}`}`,
  note: "Note", sayIt: "Save the note", acknowledgeWith: "Acknowledge with this note",
  snooze: "Snooze", tomorrow: "Until tomorrow, 8:00", silence: "Silence by", silenceIt: "Silence", howLong: "For", reason: "Reason",
  matchers: { device: "Device", tag: "Tag", model: "Model", rule: "Rule", severity: "Severity", place: "Place", alert: "Alert" },
  matches: (what: string, value: string) => `${what}: ${value}`, everything: "Everything", because: (reason: string, who: string) => `${reason} (${who})`,
  span: (from: string, to: string) => `${from} to ${to}`, over: (at: string) => `over since ${at}`, recurring: "comes again", endNow: "End now",
  wrongSpan: "Say how long, such as 30m, 4h or 2d.", whatIsMissing: "Say what is to be silent.", silencesFailed: "The silences could not be loaded.", noSilence: "Nothing is silenced.",
} as const;
