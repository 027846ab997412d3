// SPDX-License-Identifier: Apache-2.0
// Words of messages as they came in, and of mappings that say what they mean, in German.

import { formatCount, formatPlural } from "../lib/format";
import type { MoreWords } from "./say";

export const ingest: MoreWords["ingest"] = {
  messages: "Letzte Nachrichten", messagesHow: "Was von diesem Gerät über MQTT hereinkam, das Neueste zuerst, und was daraus wurde. Im Speicher gehalten, seit der Server läuft.",
  noMessages: "Von diesem Gerät kam keine Nachricht, seit der Server läuft.", noMessagesHow: "Die nächste erscheint hier von selbst. Werte, die über HTTP oder durch Import kamen, sind keine Nachrichten.",
  find: "Wörter in Topic oder Inhalt", pause: "Anhalten", resume: "Weiter", paused: "Angehalten: Neuere Nachrichten warten.",
  newer: (n) => `${formatPlural(n, "neuere zeigen", "neuere zeigen")}`,
  oneIn: (n) => `Es kam so viel, dass etwa eine von ${formatCount(n)} Nachrichten behalten wurde. Solange diese Seite offen ist, alle dieses Geräts.`,
  shown: (n) => formatPlural(n, "Nachricht", "Nachrichten"), noneFits: "Keine der letzten Nachrichten enthält diese Wörter.", clear: (words) => `Ohne „${words}“`,
  pretty: "JSON einrücken", payload: "Inhalt", payloadBase64: "Inhalt, in Base64", qos: (n) => `QoS ${n}`, came: "Gekommen", topic: "Topic", outcome: "Was daraus wurde",
  mappings: "Zuordnungen", mappingsHow: "Was Topics bedeuten, die sonst niemand versteht. In dieser Reihenfolge gefragt, zuerst die der Einstellungsdatei; die erste, deren Topic passt, hat die Nachricht.",
  noMappings: "Noch gibt es keine Zuordnung.", noMappingsHow: "Öffnen Sie ein Topic, das nicht verstanden wird, und wählen Sie „Zuordnen“, oder beginnen Sie mit einer leeren.",
  fromFile: "aus der Einstellungsdatei", fromPage: "hier erstellt", savedBy: (when) => `gespeichert ${when}`,
  newMapping: "Neue Zuordnung", mapThis: "Zuordnen", edit: "Ändern", remove: "Löschen", removeSure: "Endgültig löschen", cancel: "Abbrechen", close: "Schließen",
  save: "Zuordnung speichern", saved: "Gespeichert und in Gebrauch: Die nächste Nachricht wird damit gelesen.", notSaved: (why) => `Nicht gespeichert: ${why}`, notRemoved: (why) => `Nicht gelöscht: ${why}`,
  changedMeanwhile: "jemand anderes hat sie inzwischen geändert; schließen Sie das Formular und öffnen Sie es neu", onlyAdmins: "Speichern kann sie ein Verwalter.", notLoaded: (why) => `Die Zuordnungen können nicht gezeigt werden: ${why}`,
  keys: {
    topic: "Muster des Topics", device: "Gerät", sensor: "Sensor", value: "Wert bei", unit: "Einheit", time: "Zeit bei", time_unit: "Einheit der Zeit", scale: "Faktor", offset: "Danach dazu",
    decoder: "Dekoder", name: "Name", model: "Modell", location: "Ort", include: "Nur Pfade", exclude: "Ohne Pfade", true: "Wörter für 1", false: "Wörter für 0",
    status_online: "Wörter für online", status_offline: "Wörter für offline", retained: "Aufbewahrte Nachrichten",
  },
  hints: {
    topic: "plant/{device}/{sensor}: Klammern benennen eine Ebene, + übergeht eine, {rest...} nimmt alle folgenden", device: "Text, {Ebene} des Topics oder $.Pfad im Inhalt", sensor: "ebenso; darf leer sein",
    value: "ein Pfad wie $.data.v; leer: jede Zahl", unit: "wie °C oder bar", time: "ein Pfad wie $.t; leer: wann sie kommt", scale: "Werte werden damit multipliziert", include: "mehrere mit Kommas; * für beliebige Zeichen",
    true: "mehrere mit Kommas", decoder: "auto, json, number, text, senml, influx, ignore oder einer mit Namen",
  },
  more: "Mehr", test: "An den letzten Nachrichten versuchen", testing: "Wird versucht",
  tried: (gave, all) => all === 0 ? "Keine der behaltenen Nachrichten hat ein solches Topic: Sie lässt sich noch nicht versuchen." : `${formatCount(gave)} der letzten ${formatPlural(all, "Nachricht", "Nachrichten")} ergäben etwas.`,
  taken: (n) => `${formatPlural(n, "Nachricht geht", "Nachrichten gehen")} an eine Zuordnung davor.`,
  already: (n) => `${formatPlural(n, "wird", "werden")} schon verstanden und würden, was hier steht.`,
  cutShort: (n) => `${formatPlural(n, "Nachricht war", "Nachrichten waren")} zu lang, um ganz behalten zu werden.`,
  results: "Was daraus würde", before: "Jetzt", after: "Dann", byOther: "von einer Zuordnung davor genommen",
  brokers: "Broker", tree: "Topics, wie sie kommen", treeHow: "Nicht Verstandenes zuerst.", allTopics: "Alle Topics",
};
