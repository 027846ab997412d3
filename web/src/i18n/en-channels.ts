// SPDX-License-Identifier: Apache-2.0
// Words of the ways by which people are told.

export const channels = {
  thisBrowser: "This browser", sendHere: "Send alerts to this browser", stop: "Stop", test: "Send a test", sending: "Sending…", worked: (ms: number) => `It worked, in ${ms} ms.`,
  push: {
    unsupported: "This browser can't be told while the page is closed.", insecure: "Browsers allow this only over HTTPS or on localhost: turn TLS on in the settings file (http.tls).",
    off: "It can be told of alerts while the page is closed. On an iPhone or iPad, add the page to the Home Screen first.", on: "It is told of alerts while the page is closed.",
    refused: "You refused it once, and a page can't ask twice: allow notifications for this address in the browser's settings.", working: "One moment.",
  },
  types: { email: "E-mail", webhook: "Webhook", mqtt: "MQTT" }, to: "To", server: "Mail server", ofSettings: "of the settings file", user: "User", password: "Password", from: "From",
  url: "Address", preset: "For", secret: "Key of the signature", topic: "Topic", add: "Add this way",
  needsAdmin: "Mail, webhooks and MQTT are arranged by an admin.", sent: "Sent lately", nothingSent: "Nothing was sent yet.",
  states: { waiting: "waits", sent: "sent", failed: "failed", cancelled: "not needed any more" },
} as const;
