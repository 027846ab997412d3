// SPDX-License-Identifier: Apache-2.0

import { formatCount } from "../lib/format";
import type { enPages } from "./en-pages";
import type { Wide } from "./say";

export const dePages: Wide<typeof enPages> = {
  facts: {
    nothingSince: (at, zone) => `Seit ${at} ${zone} ist nichts offen.`,
    medianTaken: (span) => `im Median nach ${span} angenommen`,
    inDay: (n) => `${formatCount(n)} ${n === 1 ? "Alarm" : "Alarme"} in 24\u202fh`,
    more: (n, names) => `${formatCount(n)} weitere: ${names}`,
    noneOpen: "Kein offener Alarm", resolvedLately: "zuletzt erledigt", history: "Verlauf", resolved: "Erledigt",
    was: (words, span) => `war ${words}, ${span} lang`, at: (time) => `um ${time}`,
    allEvents: "Alle Ereignisse", editPins: "Bearbeiten", nobody: "niemand", until: (time) => `bis ${time}`, muted: "niemand erfährt davon", note: "Notiz",
    againAfter: (span) => `nach ${span} wieder online`, saying: (words, note) => `${words}: „${note}“`,
    resolvedAfter: (sensor, span) => `${sensor} nach ${span} erledigt`,
  },
  switched: { on: "an", off: "aus", open: "offen", closed: "zu" },
  why: {
    stream: "die Verbindung ist unterbrochen", offline: (cause) => cause === "" ? "das Gerät ist offline" : `das Gerät ist offline: ${cause}`,
    silent: (span) => `es kam nichts, obwohl sonst alle ${span} etwas kommt`, ahead: "die Uhr des Geräts geht gegenüber dem Server vor",
  },
  likely: {
    opened: (sensor, span) => `${sensor} ist seit ${span} offen.`, on: (sensor, span) => `${sensor} ist seit ${span} an.`,
    gap: (span) => `Es begann nach ${span} ohne Daten.`,
  },
  deviceActs: { rule: "Regel anlegen", compare: "Vergleichen", more: "Mehr zu diesem Gerät", rename: "Umbenennen", onMap: "Auf die Karte setzen", open: (n) => `${formatCount(n)} offen`, lately: (n) => `${formatCount(n)} zuletzt`, hourAgo: "vor 1\u202fh", switchLane: (name, state) => `${name}, die letzte Stunde; jetzt ${state}` },
  printed: (at) => `gedruckt ${at}`, printedRows: (n, all) => `Die ersten ${formatCount(n)} von ${formatCount(all)} Zeilen.`,
  before: { compare: "Mit der Zeit davor vergleichen", shown: (span) => `grau: die ${span} davor` },
  guard: (at, id) => `Dieser Teil ist um ${at} ausgefallen. Alles andere arbeitet weiter. Kennung: ${id}`,
  slowedTo: (span) => `Live, alle ${span}`,
};
