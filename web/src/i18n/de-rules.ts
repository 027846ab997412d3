// SPDX-License-Identifier: Apache-2.0
// Wörter der Regeln.

import { formatCount } from "../lib/format";

const many = (n: number, one: string, other: string): string => `${formatCount(n)} ${n === 1 ? one : other}`;

export const rules = {
  title: "Regeln", one: "Regel", new: "Neue Regel", none: "Noch keine Regel. Eine Regel löst Alarm aus, wenn ein Wert oder sein Ausbleiben nicht ist, wie es sein soll.",
  failed: "Die Regeln konnten nicht geladen werden.", gone: "Diese Regel wurde gelöscht, oder es gab sie nie.", toList: "Alle Regeln", create: "Regel anlegen", delete: "Löschen",
  name: "Name", untitled: "Wie der Alarm heißt", on: "an", open: (n: number) => many(n, "offener Alarm", "offene Alarme"),
  about: "Von", which: "Welche", when: "Wenn", is: "ist", of: "Betrachtet wird", newest: "jeder Messwert", functions: { mean: "das Mittel", min: "der kleinste", max: "der größte" },
  over: "über", per: "je", pers: { second: "Sekunde", minute: "Minute", hour: "Stunde" }, for: "seit", clearFor: "vorbei nach", atOnce: "sofort",
  silentFor: "seit", hysteresis: "und zurück um", raise: "Melden als", escalates: "weiter außen kritisch", criticalAt: "kritisch ab", limit: "Grenze", low: "Untere Grenze", high: "Obere Grenze",
  status: "Zustand",
  scopes: { device: "ein Gerät", devices: "mehrere Geräte", tag: "alle mit Schlagwort", model: "alle eines Modells", all: "alle Geräte" },
  conditions: {
    greater_than: "über", less_than: "unter", greater_or_equal: "mindestens", less_or_equal: "höchstens", equals: "gleich", not_equals: "ungleich",
    between: "zwischen", outside: "außerhalb von", rate_of_change: "schneller als", no_data: "stumm", status: "nicht erreichbar",
  },
  scopeOf: (scope: string, names: string, more: number) => `${scope}: ${names}${more > 0 ? ` und ${formatCount(more)} weitere` : ""}`,
  range: (low: string, high: string) => `${low} und ${high}`,
  sentence: (what: string, scope: string, condition: string, limit: string, hold: string) => `${what}, ${scope}, ${condition}${limit === "" ? "" : ` ${limit}`}${hold === "" ? "" : ` seit ${hold}`}`,
  combined: "mehrere Bedingungen zusammen",
  past: "Die Vergangenheit", days: (n: number) => n === 1 ? "1 Tag" : `${n} Tage`, fillIn: "Fülle die Regel aus, um zu sehen, was sie getan hätte.",
  never: (days: number) => `Hätte ${days === 1 ? "am letzten Tag" : `in ${days} Tagen`} nie ausgelöst.`,
  wouldHave: (n: number, devices: number, days: number) => `Hätte ${days === 1 ? "am letzten Tag" : `in ${days} Tagen`} ${formatCount(n)}-mal ausgelöst, an ${many(devices, "Gerät", "Geräten")}.`,
  inAll: (total: string, longest: string) => `${total} zusammen, am längsten ${longest}.`, against: (more: number) => `${more > 0 ? "+" : "−"}${formatCount(Math.abs(more))} gegen die gespeicherte Regel.`,
  tooMany: (n: number) => `${formatCount(n)} je Tag und Gerät: das liest niemand mehr.`, times: (n: number) => `${formatCount(n)}-mal`,
  chart: (from: string, to: string, n: number) => `Verlauf von ${from} bis ${to}, ${many(n, "Strecke", "Strecken")}, in denen die Regel ausgelöst hätte`,
  asText: "Die Regel als Text (JSON)", toText: "Als Text bearbeiten", toSentence: "Als Satz bearbeiten", noObject: "Das ist noch kein JSON-Objekt.", notASentence: "Diese Regel sagt mehr, als ein Satz kann: sie bleibt Text.",
  save: "Regel speichern", discard: "Verwerfen", deleteNow: "Endgültig löschen", unsaved: "noch nicht gespeichert", needsRole: "Regeln ändern dürfen operator und admin.", notSaved: (why: string) => `Nicht gespeichert: ${why}`, notTried: (why: string) => `Sie ließ sich nicht erproben: ${why}`,
  inWords: "In Worten", keeps: (names: string) => `Bleibt, wie es ist: ${names}. Als Text zu ändern.`, spanHow: "Eine Zahl und ms, s, m, h oder d, etwa 5m", and: "und", perWords: (p: string) => ({ second: "je Sekunde", minute: "je Minute", hour: "je Stunde" })[p] ?? p, deviceCount: (n: string) => `${n} Geräte`,
  resolve: "Vorbei", resolveLimit: "Grenze, ab der es vorbei ist", backNone: "wenn sie nicht mehr gilt", backBelow: "bei oder unter", backAbove: "bei oder über", clearHow: "so lange ohne Unterbrechung",
  tell: "Melden", tellRoutes: "wem die Wege es sagen", tellPush: "jedem Browser", tellMail: "jedem E-Mail-Weg", tellMore: "wie ihr Text es sagt; das bleibt",
  againstSaved: "Gegen die gespeicherte Regel", moreWord: "neu", fewerWord: "weniger", showThese: (n: number) => n === 1 ? "Zeige diesen" : `Zeige diese ${formatCount(n)}`, showAll: "Zeige alle",
  howOften: "Wie oft", lessThanOne: "weniger als einer", perDay: (all: string, one: string) => `Etwa ${all} am Tag insgesamt, höchstens ${one} an einem Gerät.`, tooManyRule: (n: number) => `Bei mehr als ${n} am Tag und Gerät liest sie niemand mehr.`,
  worst: (n: number) => n === 1 ? "Das Gerät" : `Die ${n} schlimmsten Geräte`, timesHead: "Mal", inAllHead: "Zusammen", longestHead: "Längste", worstOf: (n: number) => `das schlimmste von ${formatCount(n)}`, oneOf: (n: number) => `eines von ${formatCount(n)}`,
  keyWould: "hätte gefeuert", keyRaise: "auslösen", keyResolve: "vorbei", dragHow: "Ziehen Sie die Linie, oder bewegen Sie sie mit den Pfeiltasten",
  sentences: (p: Readonly<Record<"what" | "scope" | "condition" | "limit" | "hold" | "severity" | "clear" | "tell" | "back", string>>) =>
    `${p.what}, ${p.scope}: wenn ${[p.condition, p.limit].filter((s) => s !== "").join(" ")}${p.hold === "" ? "" : `, ${p.hold} lang`}, dann ein Alarm (${p.severity})${p.tell === "" ? "" : ` und Nachricht an ${p.tell}`}. Vorbei ${p.back === "" ? "ist er, wenn das nicht mehr gilt" : p.back}${p.clear === "" ? "" : `, ${p.clear} lang`}.`,
  missing: { scope: "Wählen Sie, von welchen Geräten sie handelt.", sensor: "Wählen Sie einen Sensor.", window: "Geben Sie an, über welche Zeit, etwa 5m.", status: "Wählen Sie mindestens einen Zustand." },
} as const;
