// SPDX-License-Identifier: Apache-2.0
// Alle Wörter der Seite auf Deutsch. The shape is the English catalogue's, so what is missing is found by the compiler.

import { formatClock, formatCount, formatSpan } from "../lib/format";
import { deAround } from "./de-around";
import type { FirstWords } from "./say";

const thin = "\u202f";

function count(n: number, one: string, other: string): string {
  return `${formatCount(n)} ${n === 1 ? one : other}`;
}

function joined(...parts: readonly string[]): string {
  return parts.filter((s) => s !== "").join(", ");
}

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
  unacknowledged: (n) => `${count(n, "Alarm", "Alarme")} nicht quittiert`,

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
    needAttention: (n) => `${count(n, "Gerät braucht", "Geräte brauchen")} Aufmerksamkeit`,
    neededAttention: (n, at, zone) => `${count(n, "Gerät brauchte", "Geräte brauchten")} um ${at} ${zone} Aufmerksamkeit`,
    wereWell: (n, at, zone) => `Allen ${formatCount(n)} Geräten ging es um ${at} ${zone} gut`,
    down: (age) => `Die Verbindung ist unterbrochen. Alle Werte sind wie vor ${age}.`,
    nothingOpen: "Kein Alarm ist offen, niemand muss etwas tun.",
    worst: (device, sensor, condition, at, zone, holder) =>
      `Am schlimmsten: ${device}, ${sensor} ${condition} seit ${at} ${zone}, ${holder === null ? "und niemand kümmert sich" : `${holder} kümmert sich`}.`,
    worstSilent: (offline, unknown) => `${joined(offline > 0 ? `${formatCount(offline)} offline` : "", unknown > 0 ? `${formatCount(unknown)} unbekannt` : "")}.`,
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
    resolvedToday: "Kürzlich behoben",
    noneOpen: "jetzt keiner offen",
    noneEver: "Bisher kein Alarm. Regeln lösen sie aus.",
    fleet: "Flotte",
    fleetBy: (n) => `${count(n, "Gerät", "Geräte")} nach Ort`,
    fleetAsOf: (n, at) => `${count(n, "Gerät", "Geräte")}, Stand ${at}`,
    fleetScale: (k) => `ein Feld sind ${formatCount(k)} Geräte`,
    asList: "Als Liste",
    noPlace: "Ohne Ort",
    morePlaces: (n) => `und ${count(n, "weiterer Ort", "weitere Orte")}`,
    pinned: "Angeheftet",
    chosen: "Auf einen Blick",
    chosenNote: "für Sie gewählt; anheften lassen sich Werte auf der Seite eines Geräts",
    changed: "Was sich in der letzten Stunde geändert hat",
    events: (n, zone) => `${count(n, "Ereignis", "Ereignisse")}, ${zone}`,
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
    forSpan: (text, span) => `${text} seit ${span}`,
    equation: (value, condition) => `${value}, ${condition}`,
    openCount: (n) => n === 0 ? "Kein Alarm ist offen" : `${count(n, "Alarm ist", "Alarme sind")} offen`,
    history: "Behoben",
    lasted: (span) => `dauerte ${span}`,
    at: (from, to) => `${from} bis ${to}`,
    announce: (fresh, over) => joined(fresh > 0 ? count(fresh, "neuer Alarm", "neue Alarme") : "", over > 0 ? `${formatCount(over)} behoben` : ""),
    announceCritical: (device, text) => `Kritisch: ${device}, ${text}`,
  },

  devices: {
    title: "Geräte",
    search: "Wörter, oder status:offline temperature:>30",
    searchLabel: "Geräte suchen",
    found: (n, all) => n === all ? count(all, "Gerät", "Geräte") : `${formatCount(n)} von ${formatCount(all)} Geräten`,
    none: "Noch kein Gerät hat sich gemeldet.",
    noneHow: "Senden Sie diesem Server einen Wert über MQTT, zum Beispiel:",
    noMatch: (q) => `Kein Gerät passt zu „${q}“.`,
    clear: "Alle zeigen",
    columns: { status: "Zustand", name: "Name", spark: "Letzte Stunde", seen: "Zuletzt", alert: "Alarme", model: "Modell", place: "Ort", tags: "Merkmale" },
    searchMore: "Wörter, oder temperature:>30", removeFilter: (term) => `Filter ${term} entfernen`, filters: "Filter", noAlert: "kein Alarm", nothingToChoose: "Nichts zur Auswahl",
    state: (alerts, offline) => joined(alerts > 0 ? `${formatCount(alerts)} mit offenem Alarm` : "", offline > 0 ? `${formatCount(offline)} offline` : ""),
    wouldMove: (n) => `${count(n, "Zeile würde", "Zeilen würden")} wandern,`, sortNow: "jetzt sortieren", chooseColumns: "Spalten", usualColumns: "Die üblichen Spalten",
    export: "Ausgeben", add: "Gerät anschließen", lastHour: (name) => `${name}, 1${thin}h`, selectAll: "Alle wählen", select: (name) => `${name} wählen`,
    selected: (n) => `${formatCount(n)} gewählt`, bulk: "Was mit den gewählten geschehen soll", tag: "Merkmal", tagAll: (n) => `Merkmal für ${count(n, "Gerät", "Geräte")}`,
    compare: "Vergleichen", clearSelection: "Keine wählen", openDevice: "Öffnen",
  },

  topics: {
    title: "Topics",
    explain: "Was über MQTT hereinkommt und was daraus wird. Was nicht verstanden wird, steht zuerst.",
    search: "Anfang eines Topics",
    searchLabel: "Topics, die beginnen mit",
    loading: "Lädt",
    none: "Auf keinem solchen Topic kam eine Nachricht.",
    more: "Weitere Topics",
    first: "Von vorn",
    rate: (perSecond) => perSecond >= 10 ? `${formatCount(Math.round(perSecond))}/s` : perSecond >= 0.1 ? `${perSecond.toFixed(1).replace(".", ",")}/s` : `${formatCount(Math.round(perSecond * 60))}/min`,
    became: (device, words, others) => `${device} · ${words}${others > 0 ? ` und ${formatCount(others)} weitere` : ""}`,
    nothing: "verstanden, nichts festzuhalten",
    dropped: (reason) => `nicht genommen: ${reason.replaceAll("_", " ")}`,
    moreRecords: (n) => `und ${count(n, "weiterer Eintrag", "weitere Einträge")}`,
    takenBy: (decoder) => decoder === "none" ? "Kein Dekoder nimmt es" : `Dekoder: ${decoder}`,
    payload: "Letzter Inhalt",
    payloadBase64: "Letzter Inhalt, in Base64",
    emptyPayload: "(leer)",
    retained: "aufbewahrt",
    cut: (bytes) => `Der Anfang von ${formatCount(bytes)} Byte`,
    mapping: "Eine Zuordnung versuchen",
    mappingHow: "Wie unter decode.mappings in telltale.yaml. Hier wird nichts gespeichert: was passt, kommt in jene Datei, danach SIGHUP an den Server.",
    try: "Versuchen",
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
    noMessages: "Kein Topic der letzten Zeit trug seine Werte.",
    messagesExplain: "Die Topics seiner Werte, je mit der letzten Nachricht und dem, was daraus wurde.",
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
    now: "jetzt", min: "min", mean: "Mittel", max: "max", times: "Mal", share: "Anteil",
    on: "an", off: "aus",
    summary: (name, range, last, low, high) =>
      `${name}, ${range}. Letzter Wert ${last}${low === "" ? "" : `, zwischen ${low} und ${high}`}. Pfeiltasten lesen Punkt für Punkt, plus und minus zoomen, mit Umschalt verschieben die Pfeile.`,
    point: (time, values) => `${time}: ${values}`,
    menu: (name) => `Mehr zu ${name}`,
    picture: "Als Bild speichern (PNG)", csvShown: "Gezeigtes speichern (CSV)", csvRaw: "Alle Werte speichern (CSV)",
    table: "Als Tabelle", asChart: "Als Verlauf", compare: "Mit anderen vergleichen", lock: "Werteachse festhalten", unlock: "Werteachse freigeben", copyLink: "Adresse kopieren", zoomIn: "Halb so viel zeigen", noPicture: "es gibt noch nichts zu zeichnen",
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
    type: "Zeitraum eintippen",
    example: "6h, gestern, now-90m, 3. Mai 14:00",
    wrong: "Kein Zeitraum: etwa „6h“, „gestern“ oder „3. Mai 14:00 bis 3. Mai 16:00“.",
    from: "Von", to: "Bis", show: "Zeigen", presets: "Zeiträume bis jetzt",
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

  map: {
    title: "Karte",
    well: (n) => `Allen ${formatCount(n)} Geräten auf der Karte geht es gut`,
    trouble: (n) => `${count(n, "Gerät", "Geräte")} in Schwierigkeiten`,
    fitted: "Auf sie eingestellt", fittedAll: "Auf alle Geräte eingestellt",
    inView: "Im Bild",
    of: (n, all) => `${formatCount(n)} von ${count(all, "Gerät", "Geräten")}`,
    here: "An dieser Stelle",
    showAll: "Alle im Bild",
    noPosition: (n) => `${count(n, "Gerät hat", "Geräte haben")} keine Lage`,
    none: "Noch kein Gerät hat eine Lage.",
    noneHow: "Eine Lage kommt mit der Beschreibung eines Geräts oder mit PATCH /api/v1/devices/{id}.",
    ground: "Grund ohne Netz: Natural Earth",
    zoomIn: "Näher", zoomOut: "Weiter weg", fit: "Alle Geräte zeigen",
    cluster: (n, worst) => `${count(n, "Gerät", "Geräte")}, am schlimmsten: ${worst}. Näher`,
    loading: "Lädt die Karte",
  },

  login: {
    title: "Anmelden",
    token: "Token",
    help: "Ein Verwalter erstellt eines mit: telltale token create --role viewer",
    submit: "Anmelden",
    wrong: "Dieses Token gilt nicht.",
    failed: (why) => `Anmelden ging nicht: ${why}`,
    open: "Dieser Server verlangt keine Anmeldung.",
  },

  ...deAround,

  noClipboard: "über einfaches HTTP darf diese Seite die Zwischenablage nicht nutzen; den Text markieren und kopieren", unanswered: "der Server hat nicht geantwortet", notDone: (why: string) => `Nicht getan: ${why}`,
  missingPage: "Diese Seite gibt es nicht",
  toOverview: "Zum Überblick",
  failed: "Dieser Teil der Seite konnte nicht geladen werden.",
};
