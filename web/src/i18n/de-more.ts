// SPDX-License-Identifier: Apache-2.0
// First run, settings and dashboards, in German.

import { formatCount, formatParts, formatPlural } from "../lib/format";
import { ingest } from "./de-ingest";
import { units } from "./de-units";
import type { MoreWords } from "./say";

export const deMore: MoreWords = {
  ingest, units,
  start: {
    title: "Gerät anschließen", lead: "Drei Schritte; was Sie senden, erscheint hier binnen einer Sekunde.",
    where: "Wohin", reach: "Geräte Ihres Netzes erreichen diesen Server unter", onlyHere: "Nur Programme auf diesem Rechner können sich verbinden, mit",
    openUp: "Um Geräte Ihres Netzes einzulassen, erstellen Sie ein Token für sie und starten dann mit:",
    makeLogin: "Benutzer und Passwort erstellen", askAdmin: "Benutzer und Passwort des Geräts erstellt ein Verwalter unter Einstellungen, Zugänge der Geräte.",
    loginOnce: (user) => `Benutzer ${user} und sein Passwort stehen in den Zeilen unten. Das Passwort wird einmal gezeigt.`,
    how: "Wie",
    ways: { shell: "Befehlszeile", arduino: "Arduino, ESP", python: "Python", esphome: "ESPHome", tasmota: "Tasmota", broker: "Ich habe einen Broker" },
    hints: {
      shell: "Debian: apt install mosquitto-clients", arduino: "Bibliothek: PubSubClient von Nick O’Leary", python: "pip install paho-mqtt",
      esphome: "Seine Sensoren kommen durch Discovery mit Namen und Einheit", tasmota: "In der Konsole von Tasmota; das Gerät erscheint dann mit seinem Topic",
      broker: "In telltale.yaml; Telltale wählt ihn an und nimmt, was es versteht",
    },
    waiting: "Wartet auf die erste Nachricht", arrived: "Sie ist da", done: "erledigt",
    listening: (address) => `Lauscht auf ${address}`, connected: "Ein Client hat sich verbunden", refused: "Eine Anmeldung wurde abgewiesen: Benutzer oder Passwort sind andere",
    message: "Eine Nachricht auf", decoded: "Als Zahl verstanden, daneben zu sehen",
    appearsHere: "hier erscheint Ihr erster Wert", nothingTitle: "Nach einer Minute kommt nichts?",
    reasons: ["Eine Firewall zwischen Gerät und Server", "Die Adresse, wie das Gerät sie sieht", "TLS: sein Port braucht das Zertifikat"],
    topicsHint: "Was auch hereinkommt, steht mit seinem Topic in einer Liste, und was daraus wurde.",
  },

  settings: {
    title: "Einstellungen", look: "Aussehen", notifications: "Benachrichtigungen", users: "Benutzer", profile: "Profil", tokens: "Tokens", credentials: "Zugänge der Geräte", ingest: "Eingang", storage: "Speicher", health: "Gesundheit",
    notShown: (why) => `Das kann jetzt nicht gezeigt werden: ${why}.`,
    installed: "Installiert und ohne Netz", workerOn: "Diese Seite öffnet sich auch ohne den Server, mit den letzten Daten. Das Menü des Browsers installiert sie.",
    workerInsecure: "Über unverschlüsseltes HTTP behält ein Browser keine Seite und zeigt keine Meldungen. Mit TLS (http.tls in telltale.yaml) geht beides.", workerUnsupported: "Dieser Browser behält keine Seiten.",
    tokensExplain: "Menschen und Programme melden sich mit einem Token an. viewer lesen, operator handeln auch, admin verwalten auch.",
    role: "Rolle", makeToken: "Token erstellen", secretOnce: "Nur jetzt gezeigt:", noTokens: "Es gibt kein Token.", made: "Erstellt", revoke: "Widerrufen", revokeNow: "Jetzt widerrufen", keep: "Behalten",
    credentialsExplain: "Jedes Gerät meldet sich mit eigenem Benutzer und Passwort an und spricht nur für die Geräte, die Sie nennen.",
    userName: "Benutzer", speaksFor: "Spricht für", speaksForHow: "sich selbst, oder Kennungen mit *", makeCredential: "Zugang erstellen", passwordOnce: (id) => `Passwort von ${id}, nur jetzt gezeigt:`,
    noCredentials: "Es gibt keinen Zugang für Geräte.", lastUsed: "Zuletzt benutzt", never: "nie", revoked: (at) => `widerrufen ${at}`,
    listener: "MQTT-Eingang", noListener: "Dieser Server hat keinen MQTT-Eingang.", toTopics: "Was hereinkommt, Topic für Topic", links: "Broker, die angewählt werden", noLinks: "Keine. In telltale.yaml stehen sie unter brokers.",
    broker: "Broker", state: "Zustand", messages: "Nachrichten", lastError: "Letzter Fehler",
    used: "Belegt", readings: "Werte", perReading: "Ein Wert braucht", growth: "Zuwachs am Tag", watching: "sieht zu…",
    checked: "Geprüfte Blöcke", checkedBlocks: (n, damaged) => damaged > 0 ? `${formatCount(n)}, ${formatCount(damaged)} beschädigt` : `${formatCount(n)}, keiner beschädigt`,
    deleted: "Für das Budget gelöschte Werte", writing: "Schreiben", writes: "dauerhaft", degraded: "eingeschränkt: die Platte nimmt keine Werte",
    counters: {
      telltale_messages_total: "MQTT-Nachrichten", telltale_readings_total: "Werte", telltale_live_events_total: "Ereignisse an Browser", telltale_http_requests_total: "HTTP-Anfragen", telltale_store_commits_total: "Commits",
      telltale_ack_seconds: "Verzug: von einer Nachricht bis zu ihrer Quittung", telltale_commit_seconds: "Ein Commit", telltale_tick_seconds: "Ein Takt des Live-Stroms", telltale_clients_conflated: "Langsame Browser, die nur die neuesten Werte bekommen",
      telltale_mqtt_connections: "MQTT-Verbindungen", telltale_clients: "Live-Clients", telltale_clients_behind: "Live-Clients im Rückstand", telltale_queue_store_bytes: "Byte, die auf die Platte warten",
      telltale_queue_serve: "Stapel, die auf den Strom warten", telltale_queue_queries: "Fragen, die warten", telltale_ingest_paused: "Male, die der Eingang stand",
    },
    frame: "Ein Bild dieser Seite", droppedTitle: "Verworfen und abgelehnt, nach Grund", nothingDropped: "Nichts wurde verworfen.",
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
    moreRecords: (n) => `und ${formatPlural(n, "weiterer Eintrag", "weitere Einträge")}`,
    takenBy: (decoder) => decoder === "none" ? "Kein Dekoder nimmt es" : `Dekoder: ${decoder}`,
    payload: "Letzter Inhalt",
    payloadBase64: "Letzter Inhalt, in Base64",
    emptyPayload: "(leer)",
    retained: "aufbewahrt",
    cut: (bytes) => `Der Anfang von ${formatCount(bytes)} Byte`,
  },

  devices: {
    partial: (held: number) => `Der Server sucht und sortiert unter allen; Zahlen neben den Filtern zählen die ${formatCount(held)}, die diese Seite hält.`,
    title: "Geräte",
    search: "Wörter, oder status:offline temperature:>30",
    searchLabel: "Geräte suchen",
    found: (n, all) => n === all ? formatPlural(all, "Gerät", "Geräte") : `${formatCount(n)} von ${formatCount(all)} Geräten`,
    none: "Noch kein Gerät hat sich gemeldet.",
    noneHow: "Senden Sie diesem Server einen Wert über MQTT, zum Beispiel:",
    noMatch: (q) => `Kein Gerät passt zu „${q}“.`,
    clear: "Alle zeigen",
    columns: { status: "Zustand", name: "Name", spark: "Letzte Stunde", seen: "Zuletzt", alert: "Alarme", model: "Modell", place: "Ort", tags: "Merkmale" },
    searchMore: "Wörter, oder temperature:>30", removeFilter: (term) => `Filter ${term} entfernen`, filters: "Filter", noAlert: "kein Alarm", nothingToChoose: "Nichts zur Auswahl",
    state: (alerts, offline) => formatParts(alerts > 0 ? `${formatCount(alerts)} mit offenem Alarm` : "", offline > 0 ? `${formatCount(offline)} offline` : ""),
    wouldMove: (n) => `${formatPlural(n, "Zeile würde", "Zeilen würden")} wandern,`, sortNow: "jetzt sortieren", chooseColumns: "Spalten", usualColumns: "Die üblichen Spalten",
    export: "Ausgeben", add: "Gerät anschließen", lastHour: (name) => `${name}, 1\u202fh`, selectAll: "Alle wählen", select: (name) => `${name} wählen`,
    selected: (n) => `${formatCount(n)} gewählt`, bulk: "Was mit den gewählten geschehen soll", tag: "Merkmal", tagAll: (n) => `Merkmal für ${formatPlural(n, "Gerät", "Geräte")}`,
    compare: "Vergleichen", clearSelection: "Keine wählen", openDevice: "Öffnen",
  },

  keys: {
    title: "Tasten", everywhere: "Überall", charts: "Verläufe", lists: "Listen",
    search: "Suche und Befehle", pause: "anhalten oder fortsetzen", zone: "UTC oder Ortszeit", wall: "Wandanzeige", theme: "dunkel oder hell",
    before: "die Zeit davor", after: "die Zeit danach", zoomIn: "näher", zoomOut: "weiter", live: "zurück zu jetzt", type: "Zeitraum eintippen", points: "Punkt für Punkt", pan: "verschieben", back: "einen Schritt zurück", noCursor: "ohne Zeiger",
    filter: "Suchfeld", nextPrevious: "nächste, vorige", open: "öffnen", select: "wählen", peek: "hineinsehen", density: "Zeilenhöhe", leave: "zurück",
    single: "Einzelne Tasten wirken", browserKeys: "Ctrl K und Ctrl S gelten hier, nicht im Browser", reset: "Alle Tasten wie zuvor", space: "Leertaste", press: "Taste drücken",
    change: (words, key) => `${words}: ${key}, ändern`, changeHow: "Drücken Sie hier eine Taste, um sie zu ändern.", taken: (key) => `${key} tut schon etwas anderes.`, reserved: "Diese Taste geht hier nicht.",
    snooze: "aufschieben", comment: "Notiz", undo: "zurücknehmen", edit: "bearbeiten", save: "speichern beim Bearbeiten", sound: "Ton bei einem neuen kritischen Alarm",
  },

  compare: {
    title: "Vergleich", none: "Wählen Sie zwei Reihen oder mehr, um zu sehen, wie sie zusammenhängen.", add: "Eine Reihe von…", device: "Gerät", sensor: "Sensor",
    remove: (name: string) => `${name} entfernen`, full: (n: number) => `Mehr als ${formatCount(n)} Reihen lassen sich nicht unterscheiden.`,
    apart: "Je ein Verlauf", ownScale: "Je eigene Achse", own: (name: string) => `${name} (eigene Achse)`,
  },

  look: {
    theme: "Farben", contrast: "Kontrast", language: "Sprache", system: "System", dark: "Dunkel", light: "Hell", normal: "Normal", more: "Hoch", browser: "Browser",
    density: "Zeilen", compact: "Eng", standard: "Normal",
  },

  describe: { title: "Wie es heißt und wo es ist", name: "Name", lat: "Breite", lng: "Länge", save: "Speichern", saved: "Gespeichert", wrongPosition: "Eine Position ist eine Breite von −90 bis 90 und eine Länge von −180 bis 180, beide in Grad." },

  picker: {
    type: "Zeitraum eintippen",
    example: "6h, gestern, now-90m, 3. Mai 14:00",
    wrong: "Kein Zeitraum: etwa „6h“, „gestern“ oder „3. Mai 14:00 bis 3. Mai 16:00“.",
    from: "Von", to: "Bis", show: "Zeigen", presets: "Zeiträume bis jetzt",
  },

  chartActs: { picture: "Als Bild speichern (PNG)", csvShown: "Gezeigtes speichern (CSV)", csvRaw: "Alle Werte speichern (CSV)", table: "Als Tabelle", asChart: "Als Verlauf", compare: "Mit anderen vergleichen", lock: "Werteachse festhalten", unlock: "Werteachse freigeben", copyLink: "Adresse kopieren", zoomIn: "Halb so viel zeigen", createRule: "Hier eine Regel anlegen", createRuleOn: (name) => `Regel für ${name} anlegen`, noPicture: "es gibt noch nichts zu zeichnen", },
  loginEnded: "Neu anmelden", loginKeeps: "Die Anmeldung ist abgelaufen. Was Sie auf der Seite eingegeben haben, bleibt.",
  storage: {
    room: "Noch Platz", lead: (used: string, span: string | null, tooNew: boolean) => tooNew ? `${used} sind belegt.` : span === null ? `${used} sind belegt, und am letzten Tag kam nichts.` : `${used} sind belegt; voll in ${span}, wenn es so weitergeht.`,
    budget: "Budget", noBudget: "keines: die Platte ist die Grenze", ofBudget: (all: string, percent: string) => `${all}, ${percent}\u202f% belegt`, tooNew: "zu wenig Verlauf, um es zu sagen", measuring: "Die Stufen werden gemessen…",
    tiers: "Stufen des Verlaufs", tier: "Stufe", day: "Vom letzten Tag", oldest: "Ältestes", kept: "Aufbewahrt", forever: "immer, oder bis das Budget aufgebraucht ist", names: { raw: "Rohwerte", minutes: "1 min", hours: "1 h", days: "1 Tag" },
    how: "Größen sind die der gepackten Blöcke, alle zwei Minuten gemessen; die neuesten Minuten warten im Journal. Was über das Budget geht, wird gelöscht: zuerst die ältesten Rohwerte, dann die Stufen von 1 min, 1 h und 1 Tag.",
  },
  columns: { before: (name: string) => `${name} nach vorn`, after: (name: string) => `${name} nach hinten`, narrower: (name: string) => `${name} schmaler`, wider: (name: string) => `${name} breiter`, density: "Dichte" },
  silenceBulk: { silence: "Stumm schalten", reason: "Grund", how: (n: number) => `Niemandem melden, was ${formatPlural(n, "Gerät", "Geräte")} betrifft, für` },
  startMore: {
    typeName: (name: string) => `Zum Widerrufen ${name} eingeben`,
    rate: "Rate", first: "Das erste Gerät anschließen", forms: { number: "Eine Zahl senden", json: "Stattdessen JSON senden", status: "Online und offline melden" },
    then: "Danach, mit je einem Klick", name: "Benennen", place: "Auf die Karte setzen", watch: "Mit einer Regel überwachen", open: "Öffnen",
    looking: "Nur umsehen?", lookingHow: "Simulierte Geräte zeigen jede Seite mit laufenden Werten. Sie sind als simuliert gekennzeichnet und enden mit dem Befehl:",
  },
};
