// SPDX-License-Identifier: Apache-2.0
// Wörter der Seiten über Alarme.

const mutes: Readonly<Record<string, string>> = {
  silence: "eine Ruhezeit", maintenance: "Wartung", inhibited: "das, woraus er folgt", flapping: "zu häufiges Kommen und Gehen", late: "seine Messwerte, die verspätet kamen",
};

export const alerting = {
  parts: "Teile der Alarme", tabs: { open: "Offen", history: "Verlauf", rules: "Regeln", silences: "Ruhezeiten", channels: "Wege" },
  nothing: "Nichts ist gestört.", pending: "Im Anzug", pendingWords: "ihre Bedingung gilt, aber noch nicht lange genug", noHistory: "Noch kein Alarm ist vorbei.",
  gone: "Dieser Alarm ist nicht unter den letzten, oder es gab ihn nie.", toList: "Alle Alarme", facts: "Angaben",
  began: "Begonnen", acknowledgedAt: "Quittiert", resolvedAt: "Vorbei", lasts: "Dauert", lasted: "Dauerte", late: "Verspätet", lateWords: "Seine Messwerte kamen lange nach der Messung.",
  muted: "Stumm", mutedBy: (why: string, until: string | null) => `durch ${mutes[why] ?? why}${until === null ? "" : `, bis ${until}`}`,
  note: "Notiz", sayIt: "Notiz speichern", acknowledgeWith: "Mit dieser Notiz quittieren",
  snooze: "Später", tomorrow: "Bis morgen, 8:00", silence: "Ruhe nach", silenceIt: "Ruhe geben", howLong: "Für", reason: "Grund",
  matchers: { device: "Gerät", tag: "Schlagwort", model: "Modell", rule: "Regel", severity: "Schwere", place: "Ort", alert: "Alarm" },
  matches: (what: string, value: string) => `${what}: ${value}`, everything: "Alles", because: (reason: string, who: string) => `${reason} (${who})`,
  span: (from: string, to: string) => `${from} bis ${to}`, over: (at: string) => `vorbei seit ${at}`, recurring: "kommt wieder", endNow: "Jetzt beenden",
  wrongSpan: "Sage wie lange, etwa 30m, 4h oder 2d.", whatIsMissing: "Sage, was schweigen soll.", silencesFailed: "Die Ruhezeiten konnten nicht geladen werden.", noSilence: "Nichts schweigt.",
} as const;
