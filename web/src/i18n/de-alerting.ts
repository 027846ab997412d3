// SPDX-License-Identifier: Apache-2.0
// Wörter der Seiten über Alarme.

import { formatCount } from "../lib/format";
import type { Severity } from "../net/wire";

const many = (n: number, one: string, other: string): string => `${formatCount(n)} ${n === 1 ? one : other}`;
const muteWords: Readonly<Record<string, string>> = { silence: "in Ruhe", maintenance: "Wartung", inhibited: "folgt aus anderem", flapping: "flattert", late: "verspätet" };

const mutes: Readonly<Record<string, string>> = {
  silence: "eine Ruhezeit", maintenance: "Wartung", inhibited: "das, woraus er folgt", flapping: "zu häufiges Kommen und Gehen", late: "seine Messwerte, die verspätet kamen",
};

export const alerting = {
  parts: "Teile der Alarme", tabs: { open: "Offen", history: "Verlauf", rules: "Regeln", silences: "Ruhezeiten", channels: "Wege" },
  nothing: "Nichts ist gestört.", pending: "Im Anzug", pendingWords: "ihre Bedingung gilt, aber noch nicht lange genug", noHistory: "Noch kein Alarm ist vorbei.",
  gone: "Dieser Alarm ist nicht unter den letzten, oder es gab ihn nie.", toList: "Alle Alarme", facts: "Angaben",
  began: "Begonnen", acknowledgedAt: "Quittiert", resolvedAt: "Vorbei", lasts: "Dauert", lasted: "Dauerte", late: "Verspätet", lateWords: "Seine Messwerte kamen lange nach der Messung.",
  muted: "Stumm", mutedBy: (why: string, until: string | null) => `durch ${mutes[why] ?? why}${until === null ? "" : `, bis ${until}`}`,
  note: "Notiz", sayIt: "Notiz speichern", acknowledgeWith: "Mit Notiz quittieren",
  noteHint: "Was dagegen geschieht", cancel: "Abbrechen", holds: "Gilt, bis der Alarm vorbei ist.", addNote: "Notiz", noteNotSaved: (why: string) => `Die Notiz wurde nicht gespeichert: ${why}`,
  isOver: "vorbei", headline: (waiting: number, open: number) => waiting > 0 ? `${many(waiting, "Alarm wartet", "Alarme warten")} auf jemanden` : open > 0 ? `${many(open, "Alarm ist", "Alarme sind")} offen, und jemand hat jeden` : "Kein Alarm ist offen",
  waited: (oldest: string, critical: string | null) => critical === null ? `Der älteste wartet seit ${oldest}.` : `Der älteste wartet seit ${oldest}, der kritische seit ${critical}.`, nobodyWaits: "Gerade muss niemand etwas tun.",
  counts: "Offene Alarme nach Schwere", countWords: (s: Severity, n: number) => s === "critical" ? "kritisch" : s === "info" ? "Info" : n === 1 ? "Warnung" : "Warnungen", snoozed: "aufgeschoben",
  any: "jede", who: "Wer", anyone: "alle", somebody: "jemand", order: (zone: string) => `schlimmste zuerst, dann neueste; Zeiten in ${zone}`, noneFits: "Kein offener Alarm passt zu diesen Filtern.",
  deviceSensor: "Gerät, Sensor", what: "Was", hour: "1\u202fh", age: "Alter", whoHasIt: "Wer hat ihn",
  newOnes: (n: number) => many(n, "neuer", "neue"), plusMuted: (n: number) => `+${formatCount(n)} stumm`, firstOf: (n: string, all: string) => `Die ersten ${n} von ${all}.`,
  mutes: (why: string) => muteWords[why] ?? why, mutedWhy: (by: string) => by === "gateway lost" ? "was sie überbrachte, ist ausgefallen" : by, until: (at: string) => `bis ${at}`,
  clearFilters: "Filter löschen", clearChoice: "Nichts auswählen", untilQueued: (at: string) => `bis ${at}, wird gesendet`, tooManyWait: "zu viele warten schon aufs Senden", choose: (device: string) => `${device} auswählen`, bulk: "Die ausgewählten Alarme", chosen: (n: number) => `${formatCount(n)} ausgewählt`, chooseAll: (n: number) => `Alle ${formatCount(n)}`,
  bulkDone: (act: "acknowledged" | "snoozed" | "taken back", n: number) => `${many(n, "Alarm", "Alarme")} ${act === "acknowledged" ? "quittiert" : act === "snoozed" ? "aufgeschoben" : "zurückgenommen"}`, bulkRefused: (n: number, which: string) => `${formatCount(n)} nicht: ${which}`,
  wake: "Jetzt wecken", widerSilence: "Mehr als dieser Alarm schweigt: siehe", notSnoozed: (why: string) => `Nicht aufgeschoben: ${why}`, customSpan: "Aufschieben für, etwa 90m", needsConnection: "Dafür braucht es die Verbindung zum Server",
  noisiest: "Die lautesten in 7 Tagen", noisiestHow: "gefeuert, heller ab der Quittung", ruleDevice: "Regel, Gerät", count: "Anzahl", total: "Zusammen", toAck: "Bis Quittung", toAckLong: "Mittlere Zeit, bis jemand quittierte", firing: "Gefeuert",
  barWords: (from: string, span: string) => `${from}, ${span}`, historyFailed: (why: string) => `Der Verlauf konnte nicht geladen werden: ${why}`, heldFrom: (at: string) => `Diese Seite hat die Alarme seit ${at}; ältere zählen hier nicht.`,
  from: "Ab", moreMatchers: "Mehrere zugleich", allMustFit: "Alles Ausgefüllte muss passen.", wrongStart: "Geben Sie an, ab wann, oder lassen Sie es leer für jetzt.", notSilenced: (why: string) => `Keine Ruhe: ${why}`, notEnded: (why: string) => `Nicht beendet: ${why}`,
  untilIn: (at: string, span: string) => `bis ${at}, noch ${span}`, ending: (what: string, span: string) => `Die Ruhe für ${what} endet in ${span}.`, oneHourMore: "1\u202fh länger", alertOf: (device: string, what: string) => `${device}, ${what}`,
  silencesNeedRole: "Ruhe geben dürfen operator und admin.",
  timeline: "Was geschah", timesIn: (zone: string) => `Zeiten in ${zone}`, acknowledgedBy: (who: string | null) => `Quittiert${who === null ? "" : ` von ${who}`}`, quietUntil: "Meldet sich wieder, wenn er nicht vorbei ist",
  told: (event: string, whom: string, step: number) => `${event === "resolved" ? "das Ende" : event === "acknowledged" ? "dass jemand ihn hat" : step > 0 ? `Stufe ${step}` : "der Beginn"}, an ${whom}`,
  toldState: (state: string, words: string) => state === "sent" ? `Gemeldet: ${words}` : state === "failed" ? `Nicht gemeldet: ${words}` : `Wird gemeldet, wenn niemand quittiert: ${words}`,
  notToldHere: (why: string) => `Wem er gemeldet wurde, ist nicht zu zeigen: ${why}`, statePending: (span: string) => `Seine Bedingung gilt seit ${span}; gemeldet wurde noch nichts.`, stateOpen: (span: string) => `Nicht vorbei: er dauert ${span}.`, stateOver: (at: string, span: string) => `Vorbei seit ${at}, er dauerte ${span}.`,
  snooze: "Später", tomorrow: "Bis morgen, 8:00", silence: "Ruhe nach", silenceIt: "Ruhe geben", howLong: "Für", reason: "Grund",
  matchers: { device: "Gerät", tag: "Schlagwort", model: "Modell", rule: "Regel", severity: "Schwere", place: "Ort", alert: "Alarm" },
  matches: (what: string, value: string) => `${what}: ${value}`, everything: "Alles", because: (reason: string, who: string) => `${reason} (${who})`,
  span: (from: string, to: string) => `${from} bis ${to}`, over: (at: string) => `vorbei seit ${at}`, recurring: "kommt wieder", endNow: "Jetzt beenden",
  wrongSpan: "Geben Sie an, wie lange, etwa 30m, 4h oder 2d.", whatIsMissing: "Geben Sie an, was schweigen soll.", silencesFailed: "Die Ruhezeiten konnten nicht geladen werden.", noSilence: "Nichts schweigt.",
} as const;
