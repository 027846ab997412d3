// SPDX-License-Identifier: Apache-2.0
// What stands around the pages, in German.

import { formatCount } from "../lib/format";

export const deAround = {
  zone: {
    choose: "Zeitzone", local: (zone: string) => `Zone dieses Browsers (${zone.replaceAll("_", " ")})`, other: "Andere Zone, nach ihrer Stadt", none: "Keine Zone dieses Namens",
  },

  user: {
    menu: "Sie und das Aussehen der Seite", short: { viewer: "V", operator: "Op", admin: "Ad" },
    roles: { viewer: "viewer", operator: "operator", admin: "admin" }, role: (role: string) => `Angemeldet als ${role}`,
    open: "Dieser Server verlangt keine Anmeldung", unknown: "Der Server ist gerade nicht zu fragen", logout: "Abmelden",
  },

  look: {
    theme: "Farben", contrast: "Kontrast", language: "Sprache", system: "System", dark: "Dunkel", light: "Hell", normal: "Normal", more: "Hoch", browser: "Browser",
    density: "Zeilen", compact: "Eng", standard: "Normal",
  },

  palette: {
    open: "Suche und Befehle", placeholder: "Geräte, Sensoren, Befehle suchen", results: "Gefunden", none: "Nichts dieses Namens.",
    page: "Seite", command: "Befehl",
    kinds: { device: "Gerät", sensor: "Sensor", alert: "Alarm", page: "Seite", command: "tun" },
    theme: "Zwischen dunkel und hell wechseln", zone: "Zwischen Ortszeit und UTC wechseln", pause: "Anhalten oder fortsetzen", wall: "Wandanzeige",
  },

  keys: {
    title: "Tasten", everywhere: "Überall", charts: "Verläufe", lists: "Listen",
    search: "Suche und Befehle", pause: "anhalten oder fortsetzen", zone: "UTC oder Ortszeit", wall: "Wandanzeige", theme: "dunkel oder hell",
    beforeAfter: "die Zeit davor, danach", zoom: "zoomen", live: "zurück zu jetzt", type: "Zeitraum eintippen", points: "Punkt für Punkt", pan: "verschieben", back: "einen Schritt zurück", noCursor: "ohne Zeiger",
    filter: "Suchfeld", nextPrevious: "nächste, vorige", open: "öffnen", select: "wählen", peek: "hineinsehen", density: "Zeilenhöhe", leave: "zurück",
    single: "Einzelne Tasten wirken",
  },

  compare: {
    title: "Vergleich", none: "Wählen Sie zwei Reihen oder mehr, um zu sehen, wie sie zusammenhängen.", add: "Eine Reihe von…", device: "Gerät", sensor: "Sensor",
    remove: (name: string) => `${name} entfernen`, full: (n: number) => `Mehr als ${formatCount(n)} Reihen lassen sich nicht unterscheiden.`,
    apart: "Je ein Verlauf", ownScale: "Je eigene Achse", own: (name: string) => `${name} (eigene Achse)`,
  },

  copy: "Kopieren", copied: "Kopiert",

  simulated: (n: number) => n === 1 ? "Dieses Gerät ist simuliert." : `Diese ${formatCount(n)} Geräte sind simuliert.`,
  connectOwn: "Eigenes anschließen",
};
