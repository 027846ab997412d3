// SPDX-License-Identifier: Apache-2.0
// Words of the ways by which people are told.

export const channels = {
  thisBrowser: "This browser", sendHere: "Send to this browser", stop: "Stop", test: "Send a test", sending: "Sending…", worked: (ms: number) => `It worked, in ${ms} ms.`,
  push: {
    unsupported: "This browser can't be told while the page is closed: it has no push.", insecure: "Browsers allow this only over HTTPS or on localhost: turn TLS on in the settings file (http.tls).",
    home: "On an iPhone or iPad only an installed page can be told. Add it to the Home Screen first:",
    unasked: "It can be told of alerts while the page is closed. On a click the browser asks you, and nothing is sent before you allow it.", on: "It is told of alerts while the page is closed.",
    refused: "You refused it once, and a page can't ask twice: open the symbol beside the address, allow notifications there, and load the page anew.", working: "One moment: the browser asks you.",
  },
  homeSteps: ["Press Share in the browser's bar.", "Choose “Add to Home Screen”.", "Open Telltale from there, and come back to this page."],
  hidesValues: "Hide values: a lock screen shows only that there is an alert", knownAs: "Known as", since: "Since", lastDelivered: "Last delivered", nothingYet: "nothing yet", lockScreen: "Lock screen", valuesHidden: "values are hidden", valuesShown: "values are shown",
  hideValues: "Hide values", showValues: "Show values", pushFailed: (why: string) => `It could not be done: ${why}`,
  offer: "You took care of an alert. This browser can tell you of the next one while the page is closed.", offerHow: "Show me how", offerNot: "Not now",
  notChanged: (why: string) => `Not changed: ${why}`, notAdded: (why: string) => `Not added: ${why}`, changedMeanwhile: "Somebody changed it meanwhile: this is how it is now.", removeNow: "Remove it",
  types: { email: "E-mail", webhook: "Webhook", mqtt: "MQTT" }, to: "To", server: "Mail server", ofSettings: "of the settings file", user: "User", password: "Password", from: "From",
  url: "Address", preset: "For", secret: "Key of the signature", topic: "Topic", add: "Add this way",
  needsAdmin: "Mail, webhooks and MQTT are arranged by an admin.", sent: "Sent lately", nothingSent: "Nothing was sent yet.",
  states: { waiting: "waits", sent: "sent", failed: "failed", cancelled: "not needed any more" },
} as const;
