// SPDX-License-Identifier: Apache-2.0
// Words of messages as they came in, and of mappings that say what they mean.

import { formatCount, formatPlural } from "../lib/format";

export const ingest = {
  messages: "Last messages", messagesHow: "What came in over MQTT of this device, the newest first, and what became of each. Kept in memory since the server started.",
  noMessages: "No message of this device came in since the server started.", noMessagesHow: "The next one appears here by itself. Readings that came by HTTP or by import are no messages.",
  find: "Words in topic or payload", pause: "Pause", resume: "Resume", paused: "Paused: newer messages wait.",
  newer: (n: number) => `Show ${formatPlural(n, "newer one", "newer ones")}`,
  oneIn: (n: number) => `So much came in that about one message in ${formatCount(n)} was kept. While this page is open, all of this device are.`,
  shown: (n: number) => formatPlural(n, "message", "messages"), noneFits: "None of the last messages has these words.", clear: (words: string) => `Without “${words}”`,
  pretty: "Indent JSON", payload: "Payload", payloadBase64: "Payload, in base64", qos: (n: number) => `QoS ${n}`, came: "Came", topic: "Topic", outcome: "What became of it",
  mappings: "Mappings", mappingsHow: "What topics mean that nothing else understands. Asked in this order, those of the settings file first; the first whose topic fits has the message.",
  noMappings: "There is no mapping yet.", noMappingsHow: "Open a topic that is not understood and choose “Map this”, or begin with an empty one.",
  fromFile: "from the settings file", fromPage: "made here", savedBy: (when: string) => `saved ${when}`,
  newMapping: "New mapping", mapThis: "Map this", edit: "Edit", remove: "Delete", removeSure: "Delete for good", cancel: "Cancel", close: "Close",
  save: "Save mapping", saved: "Saved and in use: the next message is decoded by it.", notSaved: (why: string) => `Not saved: ${why}`, notRemoved: (why: string) => `Not deleted: ${why}`,
  changedMeanwhile: "somebody else changed it meanwhile; close this form and open it again", onlyAdmins: "An administrator can save it.", notLoaded: (why: string) => `The mappings can't be shown: ${why}`,
  keys: {
    topic: "Topic pattern", device: "Device", sensor: "Sensor", value: "Value at", unit: "Unit", time: "Time at", time_unit: "Unit of time", scale: "Factor", offset: "Then add",
    decoder: "Decoder", name: "Name", model: "Model", location: "Place", include: "Only paths", exclude: "Without paths", true: "Words for 1", false: "Words for 0",
    status_online: "Words for online", status_offline: "Words for offline", retained: "Retained messages",
  } as Readonly<Record<string, string>>,
  hints: {
    topic: "plant/{device}/{sensor}: braces name a level, + passes one over, {rest...} takes all that follow", device: "text, {level} of the topic, or $.path in the payload", sensor: "likewise; may be empty",
    value: "a path such as $.data.v; empty: every number", unit: "as °C or bar", time: "a path such as $.t; empty: when it comes", scale: "values are multiplied by it", include: "several with commas; * for any characters",
    true: "several with commas", decoder: "auto, json, number, text, senml, influx, ignore, or one by name",
  } as Readonly<Record<string, string>>,
  more: "More", test: "Try on the last messages", testing: "Trying",
  tried: (gave: number, all: number) => all === 0 ? "None of the messages that are kept has such a topic: it can't be tried yet." : `${formatCount(gave)} of the last ${formatPlural(all, "message", "messages")} would give something.`,
  taken: (n: number) => `${formatPlural(n, "message goes", "messages go")} to a mapping before this one.`,
  already: (n: number) => `${formatPlural(n, "is", "are")} understood already, and would become what stands here.`,
  cutShort: (n: number) => `${formatPlural(n, "message was", "messages were")} too long to keep whole and can't be tried.`,
  results: "What would come of them", before: "Now", after: "Then", byOther: "taken by a mapping before",
  brokers: "Brokers", tree: "Topics, as they come", treeHow: "Not understood first.", allTopics: "All topics",
} as const;
