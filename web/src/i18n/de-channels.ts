// SPDX-License-Identifier: Apache-2.0
// Wörter der Wege, auf denen Menschen es erfahren.

export const channels = {
  thisBrowser: "Dieser Browser", sendHere: "Alarme an diesen Browser senden", stop: "Aufhören", test: "Probe senden", sending: "Wird gesendet …", worked: (ms: number) => `Hat geklappt, in ${ms} ms.`,
  push: {
    unsupported: "Dieser Browser kann nichts erfahren, während die Seite zu ist.", insecure: "Browser erlauben das nur über HTTPS oder auf localhost: schalte TLS in der Einstellungsdatei ein (http.tls).",
    off: "Er kann Alarme erfahren, während die Seite zu ist. Auf einem iPhone oder iPad lege die Seite zuerst auf den Home-Bildschirm.", on: "Er erfährt Alarme, auch während die Seite zu ist.",
    refused: "Du hast es einmal abgelehnt, und eine Seite darf nicht zweimal fragen: erlaube Mitteilungen für diese Adresse in den Einstellungen des Browsers.", working: "Einen Augenblick.",
  },
  types: { email: "E-Mail", webhook: "Webhook", mqtt: "MQTT" }, to: "An", server: "Mailserver", ofSettings: "aus der Einstellungsdatei", user: "Benutzer", password: "Kennwort", from: "Von",
  url: "Adresse", preset: "Für", secret: "Schlüssel der Unterschrift", topic: "Topic", add: "Weg hinzufügen",
  needsAdmin: "Mail, Webhooks und MQTT richtet ein Admin ein.", sent: "Zuletzt gesendet", nothingSent: "Noch nichts wurde gesendet.",
  states: { waiting: "wartet", sent: "gesendet", failed: "gescheitert", cancelled: "nicht mehr nötig" },
} as const;
