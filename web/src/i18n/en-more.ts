// SPDX-License-Identifier: Apache-2.0
// Words of the first run, the settings and the dashboards: pages that few open first, so that their words come with them.

import { formatCount, formatParts, formatPlural } from "../lib/format";
import { ingest } from "./en-ingest";
import { units } from "./en-units";

export const enMore = {
  ingest, units,
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
    appearsHere: "your first value appears here", nothingTitle: "Nothing arrives after a minute?",
    reasons: ["A firewall between device and server", "The address, as the device sees it", "TLS: its port needs the certificate"],
    topicsHint: "Whatever comes in is listed by its topic, with what became of it.",
  },

  settings: {
    title: "Settings", look: "How it looks", notifications: "Notifications", users: "Users", profile: "Profile", tokens: "Tokens", credentials: "Device credentials", ingest: "Ingest", storage: "Storage", health: "Health",
    notShown: (why: string) => `This can't be shown now: ${why}.`,
    installed: "Installed and offline", workerOn: "This page opens without the server too, with the last data. Install it by the browser’s menu.",
    workerInsecure: "Over plain HTTP a browser keeps no page and shows no notifications. Turn TLS on (http.tls in telltale.yaml) to have both.", workerUnsupported: "This browser keeps no pages.",
    tokensExplain: "People and programs log in with a token. Viewers read, operators also act, administrators also manage.",
    role: "Role", makeToken: "Make a token", secretOnce: "Shown this once:", noTokens: "There is no token.", made: "Made", revoke: "Revoke", revokeNow: "Revoke now", keep: "Keep it",
    credentialsExplain: "Each device logs in with a user and a password of its own, and can only speak for the devices you name.",
    userName: "User name", speaksFor: "Speaks for", speaksForHow: "itself, or ids with *", makeCredential: "Make a credential", passwordOnce: (id: string) => `Password of ${id}, shown this once:`,
    noCredentials: "There is no device credential.", lastUsed: "Last used", never: "never", revoked: (at: string) => `revoked ${at}`,
    listener: "MQTT listener", noListener: "This server has no MQTT listener.", toTopics: "What comes in, topic by topic", links: "Brokers that are dialled", noLinks: "None. Name some under brokers in telltale.yaml.",
    broker: "Broker", state: "State", messages: "Messages", lastError: "Last error",
    used: "Used", readings: "Readings", perReading: "A reading takes", growth: "Growth a day", watching: "watching…",
    checked: "Blocks checked", checkedBlocks: (n: number, damaged: number) => damaged > 0 ? `${formatCount(n)}, ${formatCount(damaged)} damaged` : `${formatCount(n)}, none damaged`,
    deleted: "Readings deleted to keep the budget", writing: "Writing", writes: "durable", degraded: "degraded: the disk does not take readings",
    counters: {
      telltale_messages_total: "MQTT messages", telltale_readings_total: "Readings", telltale_live_events_total: "Events to browsers", telltale_http_requests_total: "HTTP requests", telltale_store_commits_total: "Commits",
      telltale_ack_seconds: "Lag: from a message to its acknowledgement", telltale_commit_seconds: "A commit", telltale_tick_seconds: "A tick of the live stream", telltale_clients_conflated: "Slow browsers that get only the newest values",
      telltale_mqtt_connections: "MQTT connections", telltale_clients: "Live clients", telltale_clients_behind: "Live clients that are behind", telltale_queue_store_bytes: "Bytes that wait for the disk",
      telltale_queue_serve: "Batches that wait for the live stream", telltale_queue_queries: "Queries that wait", telltale_ingest_paused: "Times that ingest stood still",
    },
    frame: "A frame of this page", droppedTitle: "Dropped and refused, by reason", nothingDropped: "Nothing was dropped.",
  },

  topics: {
    title: "Topics",
    explain: "What comes in over MQTT, and what becomes of it. What is not understood stands first.",
    search: "Begin of a topic",
    searchLabel: "Topics that begin with",
    loading: "Loading",
    none: "No message came in on such a topic.",
    more: "More topics",
    first: "From the first",
    rate: (perSecond: number) => perSecond >= 10 ? `${formatCount(Math.round(perSecond))}/s` : perSecond >= 0.1 ? `${perSecond.toFixed(1)}/s` : `${formatCount(Math.round(perSecond * 60))}/min`,
    became: (device: string, words: string, others: number) => `${device} · ${words}${others > 0 ? ` and ${formatCount(others)} more` : ""}`,
    nothing: "understood, nothing to record",
    dropped: (reason: string) => `not taken: ${reason.replaceAll("_", " ")}`,
    moreRecords: (n: number) => `and ${formatPlural(n, "record", "records")} more`,
    takenBy: (decoder: string) => decoder === "none" ? "No decoder takes it" : `Decoder: ${decoder}`,
    payload: "Last payload",
    payloadBase64: "Last payload, in base64",
    emptyPayload: "(empty)",
    retained: "retained",
    cut: (bytes: number) => `The beginning of ${formatCount(bytes)} bytes`,
  },

  devices: {
    partial: (held: number) => `The server searches and sorts all of them; numbers beside the filters count the ${formatCount(held)} that this page holds.`,
    title: "Devices",
    search: "Words, or status:offline temperature:>30",
    searchLabel: "Search devices",
    found: (n: number, all: number) => n === all ? formatPlural(all, "device", "devices") : `${formatCount(n)} of ${formatCount(all)} devices`,
    none: "No device has reported yet.",
    noneHow: "Publish a value over MQTT to this server, for example:",
    noMatch: (q: string) => `No device matches “${q}”.`,
    clear: "Show all",
    columns: { status: "Status", name: "Name", spark: "Last hour", seen: "Last seen", alert: "Alerts", model: "Model", place: "Location", tags: "Tags" },
    searchMore: "Words, or temperature:>30", removeFilter: (term: string) => `Remove the filter ${term}`, filters: "Filters", noAlert: "no alert", nothingToChoose: "Nothing to choose from",
    state: (alerts: number, offline: number) => formatParts(alerts > 0 ? `${formatCount(alerts)} with an open alert` : "", offline > 0 ? `${formatCount(offline)} offline` : ""),
    wouldMove: (n: number) => `${formatPlural(n, "row", "rows")} would move,`, sortNow: "sort now", chooseColumns: "Columns", usualColumns: "The usual columns",
    export: "Export", add: "Add device", lastHour: (name: string) => `${name}, 1\u202fh`, selectAll: "Select all", select: (name: string) => `Select ${name}`,
    selected: (n: number) => `${formatCount(n)} selected`, bulk: "What to do with the selected", tag: "Tag", tagAll: (n: number) => `Give ${formatPlural(n, "device", "devices")} the tag`,
    compare: "Compare", clearSelection: "Select none", openDevice: "Open",
  },

  keys: {
    title: "Keys", everywhere: "Everywhere", charts: "Charts", lists: "Lists",
    search: "search and commands", pause: "pause or resume", zone: "UTC or local time", wall: "wall display", theme: "dark or light",
    before: "the time before", after: "the time after", zoomIn: "zoom in", zoomOut: "zoom out", live: "back to live", type: "type a range", points: "point by point", pan: "move", back: "one step back", noCursor: "no cursor",
    filter: "search field", nextPrevious: "next, previous", open: "open", select: "select", peek: "peek", density: "density", leave: "back",
    single: "Single keys act", browserKeys: "Ctrl K and Ctrl S act here, not in the browser", reset: "All keys as they were", space: "Space", press: "Press a key",
    change: (words: string, key: string) => `${words}: ${key}, change`, changeHow: "Press a key here to make it another.", taken: (key: string) => `${key} does something else already.`, reserved: "That key can't be one of these.",
    snooze: "snooze", comment: "comment", undo: "take back", edit: "edit", save: "save while editing", sound: "Sound for a new critical alert",
  },

  compare: {
    title: "Compare", none: "Choose two series or more to see how they relate.", add: "Add a series of…", device: "Device", sensor: "Sensor",
    remove: (name: string) => `Remove ${name}`, full: (n: number) => `${formatCount(n)} series are the most that can be told apart.`,
    apart: "One chart each", ownScale: "Own scale each", own: (name: string) => `${name} (own scale)`,
  },

  look: {
    theme: "Theme", contrast: "Contrast", language: "Language", system: "System", dark: "Dark", light: "Light", normal: "Normal", more: "High", browser: "Browser",
    density: "Rows", compact: "Compact", standard: "Standard",
  },

  describe: { title: "What it is called and where it is", name: "Name", lat: "Latitude", lng: "Longitude", save: "Save", saved: "Saved", wrongPosition: "A position is a latitude of −90 to 90 and a longitude of −180 to 180, both in degrees." },

  picker: {
    type: "Type a range",
    example: "6h, yesterday, now-90m, 3 May 14:00",
    wrong: "No range: try “6h”, “yesterday” or “3 May 14:00 to 16:00”.",
    from: "From", to: "To", show: "Show", presets: "Ranges to now",
  },

  chartActs: { picture: "Save as picture (PNG)", csvShown: "Save what is shown (CSV)", csvRaw: "Save all readings (CSV)", table: "Show as table", asChart: "Show as chart", compare: "Compare with others", lock: "Hold the value axis", unlock: "Free the value axis", copyLink: "Copy a link", zoomIn: "Show half as much", createRule: "Create rule here", createRuleOn: (name: string) => `Create rule on ${name}`, noPicture: "there is nothing to draw yet", },
  loginEnded: "Log in again", loginKeeps: "The login ended. What you typed on the page stays.",
  storage: {
    room: "Room left", lead: (used: string, span: string | null, tooNew: boolean) => tooNew ? `${used} are used.` : span === null ? `${used} are used, and nothing came in the last day.` : `${used} are used; full in ${span}, if it goes on like this.`,
    budget: "Budget", noBudget: "none: the disk is the limit", ofBudget: (all: string, percent: string) => `${all}, ${percent}\u202f% used`, tooNew: "too little history to say", measuring: "The tiers are being measured…",
    tiers: "Tiers of the history", tier: "Tier", day: "Of the last day", oldest: "Oldest", kept: "Kept for", forever: "ever, or until the budget is used up", names: { raw: "Raw readings", minutes: "1 min", hours: "1 h", days: "1 day" },
    how: "Sizes are those of the compressed blocks, measured every two minutes; the newest minutes wait in the journal. What is beyond the budget goes: the oldest raw readings first, then the tiers of 1 min, 1 h and 1 day.",
  },
  columns: { before: (name: string) => `Move ${name} before the one before`, after: (name: string) => `Move ${name} behind the next`, narrower: (name: string) => `Make ${name} narrower`, wider: (name: string) => `Make ${name} wider`, density: "Density" },
  silenceBulk: { silence: "Silence", reason: "Reason", how: (n: number) => `Tell nobody about ${formatPlural(n, "device", "devices")} for` },
  startMore: {
    typeName: (name: string) => `Type ${name} to revoke it`,
    rate: "Rate", first: "Connect your first device", forms: { number: "Send a number", json: "Send JSON instead", status: "Say online and offline" },
    then: "Then, in one click each", name: "Name it", place: "Put it on the map", watch: "Watch it with a rule", open: "Open it",
    looking: "Just looking?", lookingHow: "Simulated devices show every page with live values. They are marked as simulated, and end with the command:",
  },
} as const;
