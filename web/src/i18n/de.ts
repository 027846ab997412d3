// SPDX-License-Identifier: Apache-2.0
// Alle Wörter der Seite auf Deutsch. The shape is the English catalogue's, so what is missing is found by the compiler.

import { formatClock, formatCount, formatParts, formatPlural, formatSpan } from "../lib/format";
import { deAround } from "./de-around";
import { dePages } from "./de-pages";
import type { FirstWords } from "./say";

const thin = "\u202f";

const causes: Readonly<Record<string, string>> = {
  data: "es sendet Daten", reported: "von ihm selbst gemeldet", will: "letzter Wille empfangen",
  "connection lost": "Keep-Alive verloren", "gateway lost": "sein Gateway ging verloren", silent: "stumm",
};

const conditions: Readonly<Record<string, string>> = {
  greater_than: "über", less_than: "unter", greater_or_equal: "mindestens",
  less_or_equal: "höchstens", equals: "gleich", not_equals: "anders als",
};

const signs: Readonly<Record<string, string>> = {
  greater_than: ">", less_than: "<", greater_or_equal: "≥", less_or_equal: "≤", equals: "=", not_equals: "≠",
};

export const de: FirstWords = {
  product: "Telltale",
  loading: "Lädt",
  skip: "Zum Inhalt",
  nav: { overview: "Überblick", devices: "Geräte", alerts: "Alarme", map: "Karte", dashboards: "Tafeln", topics: "Topics", settings: "Einstellungen", more: "Mehr", label: "Seiten" },
  status: { online: "online", offline: "offline", asleep: "schläft", unknown: "unbekannt" },
  severity: { info: "Hinweis", warning: "Warnung", critical: "Kritisch" },
  acknowledgedWord: "quittiert",
  readingsRate: "Werte/s",
  unacknowledged: (n) => `${formatPlural(n, "Alarm", "Alarme")} nicht quittiert`,

  stream: {
    connecting: (at) => at > 0 ? `Verbindet, Daten von ${formatClock(at)}` : "Verbindet",
    checking: "Prüft",
    slowed: "Live, gedrosselt",
    paused: (at) => `Angehalten ${formatClock(at)}, weiter`,
    update: "Neue Version da",
    live: "Live",
    reconnecting: (seconds) => `Verbindet neu, nächster Versuch ${formatSpan(seconds * 1000)}`,
    trying: "Verbindet neu, versucht es jetzt",
    catching: (gap) => gap >= 1000 ? `Füllt ${formatSpan(gap)}` : "Holt nach",
    offline: (at) => at > 0 ? `Offline, Daten von ${formatClock(at)}` : "Offline",
    ended: "Neu anmelden",
    explain: {
      connecting: "Wartet auf die erste Antwort des Servers",
      live: "Werte kommen, wie sie gemessen werden. Ein Klick hält an",
      paused: "Die Seite steht, der Strom läuft weiter. Ein Klick setzt fort",
      update: "Eine neue Version dieser Seite ist da. Ein Klick lädt sie",
      slowed: (level) => `Der Server sendet dieser Seite weniger: ${level}`,
      reconnecting: "Der Server antwortet nicht. Ein Klick versucht es jetzt",
      catching: "Holt, was versäumt wurde",
      offline: "Dieser Rechner hat kein Netz",
      ended: "Die Anmeldung ist abgelaufen",
    },
    clockOff: (ms) => `Die Uhr dieses Browsers geht ${formatSpan(Math.abs(ms))} ${ms > 0 ? "nach" : "vor"}; das Alter zählt nach der des Servers`,
  },

  age: {
    now: "jetzt",
    ago: (ms) => `vor ${formatSpan(ms)}`,
    stale: (ms) => `veraltet, vor ${formatSpan(ms)}`,
    waiting: "wartet",
    invalid: "kein gültiger Wert",
    ahead: (ms) => `Uhr ${formatSpan(ms)} voraus`,
  },

  since: (time, zone) => `seit ${time} ${zone}`,
  statusLine: (status, since, cause) => `${status}${since === "" ? "" : ` ${since}`}${causes[cause] && status !== "online" ? ` (${causes[cause]})` : ""}`,
  cause: (cause) => causes[cause] ?? cause,
  lastReading: (age) => `letzter Wert ${age}`,
  lastSeen: (age) => `zuletzt gehört ${age}`,
  neverSeen: "nie gehört",
  condition: (name) => conditions[name] ?? name.replace(/_/g, " "),
  sign: (name) => signs[name] ?? name,

  overview: {
    title: "Überblick",
    waiting: "Wartet auf die ersten Daten",
    allWell: (n) => n === 1 ? "Dem Gerät geht es gut" : `Allen ${formatCount(n)} Geräten geht es gut`,
    needAttention: (n) => `${formatPlural(n, "Gerät braucht", "Geräte brauchen")} Aufmerksamkeit`,
    neededAttention: (n, at, zone) => `${formatPlural(n, "Gerät brauchte", "Geräte brauchten")} um ${at} ${zone} Aufmerksamkeit`,
    wereWell: (n, at, zone) => `Allen ${formatCount(n)} Geräten ging es um ${at} ${zone} gut`,
    down: (age) => `Die Verbindung ist unterbrochen. Alle Werte sind wie vor ${age}.`,
    nothingOpen: "Kein Alarm ist offen, niemand muss etwas tun.",
    worst: (device, sensor, condition, at, zone, holder) =>
      `Am schlimmsten: ${device}, ${sensor} ${condition} seit ${at} ${zone}, ${holder === null ? "und niemand kümmert sich" : `${holder} kümmert sich`}.`,
    worstSilent: (offline, unknown) => `${formatParts(offline > 0 ? `${formatCount(offline)} offline` : "", unknown > 0 ? `${formatCount(unknown)} unbekannt` : "")}.`,
    somebody: "jemand",
    counts: "Geräte nach Zustand",
    openAlerts: "Offene Alarme",
    asOf: (at) => `Stand ${at}`,
    timesIn: (zone) => `Zeiten in ${zone}`,
    worstFirst: "Schlimmstes zuerst",
    allAlerts: "Alle Alarme",
    all: (n) => `Alle ${formatCount(n)}`,
    more: (n) => `${formatCount(n)} weitere`,
    resolvedInHour: (n) => n === 0 ? "In der letzten Stunde wurde nichts behoben" : `${formatCount(n)} in der letzten Stunde behoben`,
    noneEver: "Bisher kein Alarm. Regeln lösen sie aus.",
    fleet: "Flotte",
    fleetBy: (n) => `${formatPlural(n, "Gerät", "Geräte")} nach Ort`,
    fleetAsOf: (n, at) => `${formatPlural(n, "Gerät", "Geräte")}, Stand ${at}`,
    fleetScale: (k) => `ein Feld sind ${formatCount(k)} Geräte`,
    asList: "Als Liste",
    noPlace: "Ohne Ort",
    morePlaces: (n) => `und ${formatPlural(n, "weiterer Ort", "weitere Orte")}`,
    pinned: "Angeheftet",
    chosen: "Auf einen Blick",
    chosenNote: "für Sie gewählt; anheften lassen sich Werte auf der Seite eines Geräts",
    changed: "Was sich in der letzten Stunde geändert hat",
    events: (n, zone) => `${formatPlural(n, "Ereignis", "Ereignisse")}, ${zone}`,
    noEvents: "In der letzten Stunde hat sich nichts geändert.",
    hourRange: (low, high) => `1${thin}h: ${low} bis ${high}`,
    noHour: "noch kein Verlauf",
  },

  event: {
    raised: (sensor, condition) => `${sensor} ${condition}`,
    resolved: (sensor) => `${sensor} wieder in Ordnung`,
    acknowledged: (sensor, by) => `${sensor} quittiert${by === null ? "" : ` von ${by}`}`,
    status: (status, cause) => causes[cause] && status !== "online" ? `${status}, ${causes[cause]}` : status,
    several: (n) => `${formatCount(n)} Geräte`,
  },

  alerts: {
    title: "Alarme",
    acknowledge: "Quittieren",
    sending: "Sendet…",
    nobody: "noch niemand",
    needsRole: "Quittieren dürfen operator und admin",
    queued: "wird gesendet",
    willBeSent: "Was Sie jetzt quittieren, wird gesendet, sobald die Verbindung wieder steht.",
    refused: (why) => `Nicht quittiert: ${why}`,
    undo: "Zurück", notTakenBack: (why) => `Noch quittiert: ${why}`, outboxFull: "Nicht quittiert: zu viele warten schon aufs Senden",
    forSpan: (text, span) => `${text} seit ${span}`,
    equation: (value, condition) => `${value}, ${condition}`,
    openCount: (n) => n === 0 ? "Kein Alarm ist offen" : `${formatPlural(n, "Alarm ist", "Alarme sind")} offen`,
    history: "Behoben",
    lasted: (span) => `dauerte ${span}`,
    at: (from, to) => `${from} bis ${to}`,
    announce: (warnings, infos, over) => formatParts(warnings > 0 ? formatPlural(warnings, "neue Warnung", "neue Warnungen") : "", infos > 0 ? formatPlural(infos, "neue Info", "neue Infos") : "", over > 0 ? `${formatCount(over)} behoben` : ""),
    announceCriticals: (n) => `${formatCount(n)} neue kritische Alarme`,
    announceCritical: (device, text) => `Kritisch: ${device}, ${text}`,
  },

  device: {
    missing: "Dieses Gerät ist nicht bekannt",
    missingHow: "Vielleicht wurde es gelöscht, oder es hat sich noch nicht gemeldet. Sobald es das tut, erscheint es hier.",
    back: "Geräte",
    values: "Werte jetzt",
    noSensors: "Es hat noch keinen Wert gesendet.",
    parts: "Teile des Geräts", messages: "Nachrichten",
    open: (n) => `${formatCount(n)} offen`,
    noAlerts: "Es hat in letzter Zeit keinen Alarm ausgelöst.",
    pin: "An den Überblick heften",
    unpin: "Vom Überblick nehmen",
    readings: "Werte",
    details: "Angaben",
    id: "Kennung", model: "Modell", place: "Ort", tags: "Merkmale", position: "Lage", learned: "gelernt",
  },

  chart: {
    raw: "einzeln",
    tier: (span) => `${span}: Mittel, von bis`,
    loading: "Lädt den Verlauf",
    failed: "Der Verlauf konnte nicht geladen werden.",
    retry: "Nochmals",
    empty: "Kein Wert in dieser Zeit",
    gap: (span, cause) => cause === null ? `${span} ohne Daten` : `${span} ohne Daten, ${causes[cause] ?? cause}`,
    now: "jetzt", min: "min", mean: "Mittel", max: "max", times: "Mal", share: "Anteil", total: "gesamt",
    on: "an", off: "aus",
    summary: (name, range, last, low, high) =>
      `${name}, ${range}. Letzter Wert ${last}${low === "" ? "" : `, zwischen ${low} und ${high}`}. Pfeiltasten lesen Punkt für Punkt, plus und minus zoomen, mit Umschalt verschieben die Pfeile.`,
    point: (time, values) => `${time}: ${values}`,
    menu: (name) => `Mehr zu ${name}`,
    time: "Zeit",
    tableCut: (n, all) => `Die neuesten ${formatCount(n)} von ${formatCount(all)} Punkten.`,
    rangeIn: (from, to, zone) => `${from} bis ${to} ${zone}`,
    isolate: (name) => `Nur ${name} zeigen`,
    all: "Alle",
  },

  range: {
    label: "Zeitraum",
    last: (span) => `Letzte ${span}`,
    between: (from, to) => `${from} bis ${to}`,
    before: "Die Zeit davor", after: "Die Zeit danach", out: "Doppelt so viel zeigen", back: "Einen Schritt zurück",
    live: (n) => n > 0 ? `Zurück zu jetzt (+${formatCount(n)})` : "Zurück zu jetzt",
  },

  events: {
    inRange: (n) => `Ereignisse in dieser Zeit (${formatCount(n)})`,
    none: "In dieser Zeit ist nichts geschehen.",
    title: "Ereignisse",
    close: "Schließen",
    until: (from, to) => `${from} bis ${to}`,
    since: (from) => `seit ${from}`,
    status: (status, cause) => causes[cause] && status !== "online" ? `${status}, ${causes[cause]}` : status,
    availability: (percent, span) => `${percent}${thin}% online in ${span}`,
    availabilityUnknown: "Kein Wechsel des Zustands bekannt",
  },

  ...deAround,
  ...dePages,

  noClipboard: "über einfaches HTTP darf diese Seite die Zwischenablage nicht nutzen; den Text markieren und kopieren", unanswered: "der Server hat nicht geantwortet", notDone: (why: string) => `Nicht getan: ${why}`,
  missingPage: "Diese Seite gibt es nicht",
  toOverview: "Zum Überblick",
  failed: "Dieser Teil der Seite konnte nicht geladen werden.",
};
