// SPDX-License-Identifier: Apache-2.0
// First run, settings and dashboards, in German.

import { formatCount } from "../lib/format";
import type { MoreWords } from "./say";

export const deMore: MoreWords = {
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
    appearsHere: "hier erscheint Ihr erster Wert", open: "Das Gerät öffnen", nothingTitle: "Nach einer Minute kommt nichts?",
    reasons: ["Eine Firewall zwischen Gerät und Server", "Die Adresse, wie das Gerät sie sieht", "TLS: sein Port braucht das Zertifikat"],
    topicsHint: "Was auch hereinkommt, steht mit seinem Topic in einer Liste, und was daraus wurde.",
  },

  settings: {
    title: "Einstellungen", look: "Aussehen", tokens: "Tokens", credentials: "Zugänge der Geräte", ingest: "Eingang", storage: "Speicher", health: "Gesundheit",
    forAdmins: (role) => `Dafür braucht es die Rolle admin; Sie sind ${role}.`, notShown: (why) => `Das kann jetzt nicht gezeigt werden: ${why}.`,
    installed: "Installiert und ohne Netz", workerOn: "Diese Seite öffnet sich auch ohne den Server, mit den letzten Daten. Das Menü des Browsers installiert sie.",
    workerInsecure: "Über unverschlüsseltes HTTP behält ein Browser keine Seite und zeigt keine Meldungen. Mit TLS (http.tls in telltale.yaml) geht beides.", workerUnsupported: "Dieser Browser behält keine Seiten.",
    tokensExplain: "Menschen und Programme melden sich mit einem Token an. viewer lesen, operator handeln auch, admin verwalten auch.",
    role: "Rolle", makeToken: "Token erstellen", secretOnce: "Nur jetzt gezeigt:", noTokens: "Es gibt kein Token.", made: "Erstellt", revoke: "Widerrufen", revokeNow: "Jetzt widerrufen", keep: "Behalten",
    credentialsExplain: "Jedes Gerät meldet sich mit eigenem Benutzer und Passwort an und spricht nur für die Geräte, die Sie nennen.",
    userName: "Benutzer", speaksFor: "Spricht für", speaksForHow: "sich selbst, oder Kennungen mit *", makeCredential: "Zugang erstellen", passwordOnce: (id) => `Passwort von ${id}, nur jetzt gezeigt:`,
    noCredentials: "Es gibt keinen Zugang für Geräte.", lastUsed: "Zuletzt benutzt", never: "nie", revoked: (at) => `widerrufen ${at}`,
    listener: "MQTT-Eingang", noListener: "Dieser Server hat keinen MQTT-Eingang.", toTopics: "Was hereinkommt, Topic für Topic", links: "Broker, die angewählt werden", noLinks: "Keine. In telltale.yaml stehen sie unter brokers.",
    broker: "Broker", state: "Zustand", messages: "Nachrichten", lastError: "Letzter Fehler",
    used: "Belegt", readings: "Werte", perReading: "Ein Wert braucht", growth: "Zuwachs am Tag", watching: "sieht zu…", growthOf: (bytes, span) => `${bytes}, nach den letzten ${span}`,
    checked: "Geprüfte Blöcke", checkedBlocks: (n, damaged) => damaged > 0 ? `${formatCount(n)}, ${formatCount(damaged)} beschädigt` : `${formatCount(n)}, keiner beschädigt`,
    deleted: "Für das Budget gelöschte Werte", writing: "Schreiben", writes: "dauerhaft", degraded: "eingeschränkt: die Platte nimmt keine Werte",
    counters: {
      telltale_messages_total: "MQTT-Nachrichten", telltale_readings_total: "Werte", telltale_live_events_total: "Ereignisse an Browser", telltale_http_requests_total: "HTTP-Anfragen", telltale_store_commits_total: "Commits",
      telltale_mqtt_connections: "MQTT-Verbindungen", telltale_clients: "Live-Clients", telltale_clients_behind: "Live-Clients im Rückstand", telltale_queue_store_bytes: "Byte, die auf die Platte warten",
      telltale_queue_serve: "Stapel, die auf den Strom warten", telltale_queue_queries: "Fragen, die warten", telltale_ingest_paused: "Male, die der Eingang stand",
    },
    frame: "Ein Bild dieser Seite", droppedTitle: "Verworfen, nach Grund", nothingDropped: "Nichts wurde verworfen.",
  },
};
