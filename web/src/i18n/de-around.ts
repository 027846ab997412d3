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

  palette: {
    open: "Suche und Befehle", placeholder: "Geräte, Sensoren, Befehle suchen", results: "Gefunden", none: "Nichts dieses Namens.",
    page: "Seite", command: "Befehl",
    kinds: { device: "Gerät", sensor: "Sensor", alert: "Alarm", board: "Dashboard", page: "Seite", command: "tun" },
    theme: "Zwischen dunkel und hell wechseln", zone: "Zwischen Ortszeit und UTC wechseln", pause: "Anhalten oder fortsetzen", wall: "Wandanzeige", alertHistory: "Vergangene Alarme", rules: "Regeln", newRule: "Neue Regel", silences: "Ruhezeiten", channels: "Mitteilungen, dieser Browser",
  },

  copy: "Kopieren", copied: "Kopiert",

  storedBar: (at: string, zone: string) => `Ohne Server: alles ist, wie es am ${at} ${zone} war, und nichts davon ist aktuell.`,
  simulated: (n: number) => n === 1 ? "Dieses Gerät ist simuliert." : `Diese ${formatCount(n)} Geräte sind simuliert.`,
  connectOwn: "Eigenes anschließen",
};
