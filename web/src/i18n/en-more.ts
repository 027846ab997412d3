// SPDX-License-Identifier: Apache-2.0
// Words of the first run, the settings and the dashboards: pages that few open first, so that their words come with them.

import { formatCount } from "../lib/format";

export const enMore = {
  start: {
    title: "Connect a device", lead: "Three steps; what you send appears here within a second.",
    where: "Where", reach: "Devices in your network reach this server at", onlyHere: "Only programs on this machine can connect, at",
    openUp: "To let devices of your network in, make a token for them, then start it with:",
    makeLogin: "Make a user and a password", askAdmin: "An administrator makes the device's user and password, under Settings, Device credentials.",
    loginOnce: (user: string) => `User ${user} and its password stand in the lines below. The password is shown once.`,
    how: "How",
    ways: { shell: "Command line", arduino: "Arduino, ESP", python: "Python", esphome: "ESPHome", tasmota: "Tasmota", broker: "I have a broker" },
    hints: {
      shell: "Debian: apt install mosquitto-clients", arduino: "Library: PubSubClient by Nick O’Leary", python: "pip install paho-mqtt",
      esphome: "Its sensors come with their names and units by discovery", tasmota: "In Tasmota’s console; the device then appears by its topic",
      broker: "In telltale.yaml; Telltale dials it and takes what it understands",
    },
    waiting: "Waiting for the first message", arrived: "It has arrived", done: "done",
    listening: (address: string) => `Listening on ${address}`, connected: "A client connected", refused: "A login was refused: the user or the password is another",
    message: "A message on", decoded: "Decoded as a number, shown beside this",
    appearsHere: "your first value appears here", open: "Open the device", nothingTitle: "Nothing arrives after a minute?",
    reasons: ["A firewall between device and server", "The address, as the device sees it", "TLS: its port needs the certificate"],
    topicsHint: "Whatever comes in is listed by its topic, with what became of it.",
  },

  settings: {
    title: "Settings", look: "How it looks", tokens: "Tokens", credentials: "Device credentials", ingest: "Ingest", storage: "Storage", health: "Health",
    forAdmins: (role: string) => `This needs the role admin; you are ${role}.`, notShown: (why: string) => `This can't be shown now: ${why}.`,
    installed: "Installed and offline", workerOn: "This page opens without the server too, with the last data. Install it by the browser’s menu.",
    workerInsecure: "Over plain HTTP a browser keeps no page and shows no notifications. Turn TLS on (http.tls in telltale.yaml) to have both.", workerUnsupported: "This browser keeps no pages.",
    tokensExplain: "People and programs log in with a token. Viewers read, operators also act, administrators also manage.",
    role: "Role", makeToken: "Make a token", secretOnce: "Shown this once:", noTokens: "There is no token.", made: "Made", revoke: "Revoke", revokeNow: "Revoke now", keep: "Keep it",
    credentialsExplain: "Each device logs in with a user and a password of its own, and can only speak for the devices you name.",
    userName: "User name", speaksFor: "Speaks for", speaksForHow: "itself, or ids with *", makeCredential: "Make a credential", passwordOnce: (id: string) => `Password of ${id}, shown this once:`,
    noCredentials: "There is no device credential.", lastUsed: "Last used", never: "never", revoked: (at: string) => `revoked ${at}`,
    listener: "MQTT listener", noListener: "This server has no MQTT listener.", toTopics: "What comes in, topic by topic", links: "Brokers that are dialled", noLinks: "None. Name some under brokers in telltale.yaml.",
    broker: "Broker", state: "State", messages: "Messages", lastError: "Last error",
    used: "Used", readings: "Readings", perReading: "A reading takes", growth: "Growth a day", watching: "watching…", growthOf: (bytes: string, span: string) => `${bytes}, by the last ${span}`,
    checked: "Blocks checked", checkedBlocks: (n: number, damaged: number) => damaged > 0 ? `${formatCount(n)}, ${formatCount(damaged)} damaged` : `${formatCount(n)}, none damaged`,
    deleted: "Readings deleted to keep the budget", writing: "Writing", writes: "durable", degraded: "degraded: the disk does not take readings",
    counters: {
      telltale_messages_total: "MQTT messages", telltale_readings_total: "Readings", telltale_live_events_total: "Events to browsers", telltale_http_requests_total: "HTTP requests", telltale_store_commits_total: "Commits",
      telltale_mqtt_connections: "MQTT connections", telltale_clients: "Live clients", telltale_clients_behind: "Live clients that are behind", telltale_queue_store_bytes: "Bytes that wait for the disk",
      telltale_queue_serve: "Batches that wait for the live stream", telltale_queue_queries: "Queries that wait", telltale_ingest_paused: "Times that ingest stood still",
    },
    frame: "A frame of this page", droppedTitle: "Dropped, by reason", nothingDropped: "Nothing was dropped.",
  },
} as const;
