// SPDX-License-Identifier: Apache-2.0
// Wörter der Wege, auf denen Menschen es erfahren.

export const channels = {
  thisBrowser: "Dieser Browser", sendHere: "An diesen Browser senden", stop: "Beenden", test: "Probe senden", sending: "Sendet…", worked: (ms: number) => `Es ging, in ${ms} ms.`,
  push: {
    unsupported: "Dieser Browser kann bei geschlossener Seite nichts erfahren: er kennt kein Push.", insecure: "Browser erlauben das nur über HTTPS oder auf localhost: schalte TLS in der Einstellungsdatei ein (http.tls).",
    home: "Auf iPhone und iPad erfährt nur eine installierte Seite davon. Lege sie zuerst auf den Home-Bildschirm:",
    unasked: "Er kann bei geschlossener Seite von Alarmen erfahren. Auf einen Klick fragt der Browser, und vorher wird nichts gesendet.", on: "Er erfährt von Alarmen, auch wenn die Seite geschlossen ist.",
    refused: "Es wurde einmal abgelehnt, und eine Seite darf nicht zweimal fragen: öffne das Zeichen neben der Adresse, erlaube dort Mitteilungen und lade die Seite neu.", working: "Einen Augenblick: der Browser fragt.",
  },
  homeSteps: ["Drücke Teilen in der Leiste des Browsers.", "Wähle „Zum Home-Bildschirm“.", "Öffne Telltale von dort und komme hierher zurück."],
  hidesValues: "Werte verbergen: der Sperrbildschirm zeigt nur, dass es einen Alarm gibt", knownAs: "Bekannt als", since: "Seit", lastDelivered: "Zuletzt zugestellt", nothingYet: "noch nichts", lockScreen: "Sperrbildschirm", valuesHidden: "ohne Werte", valuesShown: "mit Werten",
  hideValues: "Werte verbergen", showValues: "Werte zeigen", pushFailed: (why: string) => `Es ging nicht: ${why}`,
  offer: "Ein Alarm ist in deiner Hand. Dieser Browser kann den nächsten melden, auch wenn die Seite geschlossen ist.", offerHow: "Zeig mir wie", offerNot: "Jetzt nicht",
  notChanged: (why: string) => `Nicht geändert: ${why}`, notAdded: (why: string) => `Nicht hinzugefügt: ${why}`, changedMeanwhile: "Jemand hat es inzwischen geändert: so ist es jetzt.", removeNow: "Entfernen",
  types: { email: "E-Mail", webhook: "Webhook", mqtt: "MQTT" }, to: "An", server: "Mailserver", ofSettings: "aus der Einstellungsdatei", user: "Benutzer", password: "Kennwort", from: "Von",
  url: "Adresse", preset: "Für", secret: "Schlüssel der Unterschrift", topic: "Topic", add: "Weg hinzufügen",
  needsAdmin: "Mail, Webhooks und MQTT richtet ein Admin ein.", sent: "Zuletzt gesendet", nothingSent: "Noch nichts wurde gesendet.",
  states: { waiting: "wartet", sent: "gesendet", failed: "gescheitert", cancelled: "nicht mehr nötig" },
} as const;
