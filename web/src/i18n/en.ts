// SPDX-License-Identifier: Apache-2.0
// All words of the page. A sentence is one function here, never glued from pieces by a view.

import { formatClock, formatCount, formatSpan } from "../lib/format";
import { enAround } from "./en-around";

const thin = "\u202f";
const plural = new Intl.PluralRules("en");

function count(n: number, one: string, other: string): string {
  return `${formatCount(n)} ${plural.select(n) === "one" ? one : other}`;
}

const causes: Readonly<Record<string, string>> = {
  data: "it sends data", reported: "reported by itself", will: "last will received",
  "connection lost": "keep-alive lost", "gateway lost": "its gateway was lost", silent: "silent",
};

const conditions: Readonly<Record<string, string>> = {
  greater_than: "above", less_than: "below", greater_or_equal: "at or above",
  less_or_equal: "at or below", equals: "equal to", not_equals: "other than",
};

const signs: Readonly<Record<string, string>> = {
  greater_than: ">", less_than: "<", greater_or_equal: "≥", less_or_equal: "≤", equals: "=", not_equals: "≠",
};

export const en = {
  product: "Telltale",
  loading: "Loading",
  skip: "Skip to content",
  nav: { overview: "Overview", devices: "Devices", alerts: "Alerts", map: "Map", dashboards: "Dashboards", topics: "Topics", settings: "Settings", more: "More", label: "Pages" },
  status: { online: "online", offline: "offline", asleep: "asleep", unknown: "unknown" },
  severity: { info: "Info", warning: "Warning", critical: "Critical" },
  acknowledgedWord: "acknowledged",
  readingsRate: "readings/s",
  unacknowledged: (n: number) => `${count(n, "alert", "alerts")} not acknowledged`,

  stream: {
    connecting: (at: number) => at > 0 ? `Connecting, data of ${formatClock(at)}` : "Connecting",
    checking: "Checking",
    slowed: "Live, slowed",
    paused: (at: number) => `Paused ${formatClock(at)}, resume`,
    update: "Update ready",
    live: "Live",
    reconnecting: (seconds: number) => `Reconnecting, next try ${formatSpan(seconds * 1000)}`,
    trying: "Reconnecting, trying now",
    catching: (gap: number) => gap >= 1000 ? `Filling ${formatSpan(gap)}` : "Catching up",
    offline: (at: number) => at > 0 ? `Offline, data of ${formatClock(at)}` : "Offline",
    ended: "Log in again",
    explain: {
      connecting: "Waiting for the server's first answer",
      live: "Values arrive as they are measured. Click to pause",
      paused: "The page stands still, the stream goes on. Click to resume",
      update: "A new version of this page is there. Click to load it",
      slowed: (level: string) => `The server sends less to this page: ${level}`,
      reconnecting: "The server does not answer. Click to try now",
      catching: "Fetching what was missed",
      offline: "This computer has no network",
      ended: "The login ended",
    },
    clockOff: (ms: number) => `This browser's clock is ${formatSpan(Math.abs(ms))} ${ms > 0 ? "behind" : "ahead"}; ages use the server's`,
  },

  age: {
    now: "now",
    ago: (ms: number) => `${formatSpan(ms)} ago`,
    stale: (ms: number) => `stale, ${formatSpan(ms)} ago`,
    waiting: "waiting",
    invalid: "no valid value",
    ahead: (ms: number) => `clock ${formatSpan(ms)} ahead`,
  },

  since: (time: string, zone: string) => `since ${time} ${zone}`,
  statusLine: (status: string, since: string, cause: string): string =>
    `${status}${since === "" ? "" : ` ${since}`}${causes[cause] && status !== en.status.online ? ` (${causes[cause]})` : ""}`,
  cause: (cause: string) => causes[cause] ?? cause,
  lastReading: (age: string) => `last reading ${age}`,
  lastSeen: (age: string) => `last seen ${age}`,
  neverSeen: "never seen",
  condition: (name: string) => conditions[name] ?? name.replace(/_/g, " "),
  sign: (name: string) => signs[name] ?? name,

  overview: {
    title: "Overview",
    waiting: "Waiting for the first data",
    allWell: (n: number) => n === 1 ? "The device is well" : `All ${formatCount(n)} devices are well`,
    needAttention: (n: number) => `${count(n, "device needs", "devices need")} attention`,
    neededAttention: (n: number, at: string, zone: string) => `${count(n, "device", "devices")} needed attention at ${at} ${zone}`,
    wereWell: (n: number, at: string, zone: string) => `All ${formatCount(n)} devices were well at ${at} ${zone}`,
    down: (age: string) => `The connection is down. All values below are as they were ${age} ago.`,
    nothingOpen: "No alert is open, and nobody has to do anything.",
    worst: (device: string, sensor: string, condition: string, at: string, zone: string, holder: string | null) =>
      `Worst: ${device}, ${sensor} ${condition} since ${at} ${zone}, ${holder === null ? "and nobody has it yet" : `${holder} has it`}.`,
    worstSilent: (offline: number, unknown: number) =>
      [offline > 0 ? `${formatCount(offline)} offline` : "", unknown > 0 ? `${formatCount(unknown)} unknown` : ""].filter((s) => s !== "").join(", ") + ".",
    somebody: "somebody",
    counts: "Devices by status",
    openAlerts: "Open alerts",
    asOf: (at: string) => `as of ${at}`,
    timesIn: (zone: string) => `times in ${zone}`,
    worstFirst: "worst first",
    allAlerts: "All alerts",
    all: (n: number) => `All ${formatCount(n)}`,
    more: (n: number) => `${formatCount(n)} more`,
    resolvedInHour: (n: number) => n === 0 ? "Nothing was resolved in the last hour" : `${formatCount(n)} resolved in the last hour`,
    resolvedToday: "Resolved lately",
    noneOpen: "none open now",
    noneEver: "No alert so far. Rules raise them.",
    fleet: "Fleet",
    fleetBy: (n: number) => `${count(n, "device", "devices")} by place`,
    fleetAsOf: (n: number, at: string) => `${count(n, "device", "devices")} as of ${at}`,
    fleetScale: (k: number) => `a square is ${formatCount(k)} devices`,
    asList: "As list",
    noPlace: "No place set",
    morePlaces: (n: number) => `and ${count(n, "more place", "more places")}`,
    pinned: "Pinned",
    chosen: "At a glance",
    chosenNote: "chosen for you; pin values on a device's page",
    changed: "What changed in the last hour",
    events: (n: number, zone: string) => `${count(n, "event", "events")}, ${zone}`,
    noEvents: "Nothing changed in the last hour.",
    hourRange: (low: string, high: string) => `1${"\u202f"}h: ${low} to ${high}`,
    noHour: "no history yet",
  },

  event: {
    raised: (sensor: string, condition: string) => `${sensor} ${condition}`,
    resolved: (sensor: string) => `${sensor} is fine again`,
    acknowledged: (sensor: string, by: string | null) => `${sensor} acknowledged${by === null ? "" : ` by ${by}`}`,
    status: (status: string, cause: string): string => causes[cause] && status !== en.status.online ? `${status}, ${causes[cause]}` : status,
    several: (n: number) => `${formatCount(n)} devices`,
  },

  alerts: {
    title: "Alerts",
    acknowledge: "Acknowledge",
    sending: "Sending…",
    nobody: "nobody yet",
    needsRole: "Acknowledging needs the role operator or admin",
    queued: "will be sent",
    willBeSent: "What you acknowledge now will be sent when the connection is back.",
    refused: (why: string) => `Not acknowledged: ${why}`,
    forSpan: (text: string, span: string) => `${text} for ${span}`,
    equation: (value: string, condition: string) => `${value}, ${condition}`,
    openCount: (n: number) => n === 0 ? "No alert is open" : `${count(n, "alert is", "alerts are")} open`,
    history: "Resolved",
    lasted: (span: string) => `lasted ${span}`,
    at: (from: string, to: string) => `${from} to ${to}`,
    announce: (fresh: number, over: number) => [fresh > 0 ? count(fresh, "new alert", "new alerts") : "", over > 0 ? `${formatCount(over)} resolved` : ""].filter((s) => s !== "").join(", "),
    announceCritical: (device: string, text: string) => `Critical: ${device}, ${text}`,
  },

  devices: {
    title: "Devices",
    search: "Words, or status:offline temperature:>30",
    searchLabel: "Search devices",
    found: (n: number, all: number) => n === all ? count(all, "device", "devices") : `${formatCount(n)} of ${formatCount(all)} devices`,
    none: "No device has reported yet.",
    noneHow: "Publish a value over MQTT to this server, for example:",
    noMatch: (q: string) => `No device matches “${q}”.`,
    clear: "Show all",
    columns: { status: "Status", name: "Name", spark: "Last hour", seen: "Last seen", alert: "Alerts", model: "Model", place: "Location", tags: "Tags" },
    searchMore: "Words, or temperature:>30", removeFilter: (term: string) => `Remove the filter ${term}`, filters: "Filters", noAlert: "no alert", nothingToChoose: "Nothing to choose from",
    state: (alerts: number, offline: number) => [alerts > 0 ? `${formatCount(alerts)} with an open alert` : "", offline > 0 ? `${formatCount(offline)} offline` : ""].filter((s) => s !== "").join(", "),
    wouldMove: (n: number) => `${count(n, "row", "rows")} would move,`, sortNow: "sort now", chooseColumns: "Columns", usualColumns: "The usual columns",
    export: "Export", add: "Add device", lastHour: (name: string) => `${name}, 1\u202fh`, selectAll: "Select all", select: (name: string) => `Select ${name}`,
    selected: (n: number) => `${formatCount(n)} selected`, bulk: "What to do with the selected", tag: "Tag", tagAll: (n: number) => `Give ${count(n, "device", "devices")} the tag`,
    compare: "Compare", clearSelection: "Select none", openDevice: "Open",
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
    moreRecords: (n: number) => `and ${count(n, "record", "records")} more`,
    takenBy: (decoder: string) => decoder === "none" ? "No decoder takes it" : `Decoder: ${decoder}`,
    payload: "Last payload",
    payloadBase64: "Last payload, in base64",
    emptyPayload: "(empty)",
    retained: "retained",
    cut: (bytes: number) => `The beginning of ${formatCount(bytes)} bytes`,
    mapping: "Try a mapping",
    mappingHow: "As under decode.mappings in telltale.yaml. Nothing is saved here: copy what works into that file and send the server SIGHUP.",
    try: "Try",
  },

  device: {
    missing: "This device is not known",
    missingHow: "It may have been deleted, or it has not reported yet. It appears here by itself when it does.",
    back: "Devices",
    values: "Values now",
    noSensors: "It has sent no value yet.",
    parts: "Parts of the device", messages: "Messages",
    open: (n: number) => `${formatCount(n)} open`,
    noAlerts: "It has raised no alert lately.",
    noMessages: "None of the topics that came in lately carried its readings.",
    messagesExplain: "The topics that its readings came on, each with its last message and what became of it.",
    pin: "Pin to the overview",
    unpin: "Take off the overview",
    readings: "Readings",
    details: "Details",
    id: "Id", model: "Model", place: "Place", tags: "Tags", position: "Position", learned: "learned",
  },

  chart: {
    raw: "raw",
    tier: (span: string) => `${span}: mean, min to max`,
    loading: "Loading the history",
    failed: "The history could not be loaded.",
    retry: "Try again",
    empty: "No reading in this range",
    gap: (span: string, cause: string | null) => cause === null ? `no data ${span}` : `no data ${span}, ${causes[cause] ?? cause}`,
    now: "now", min: "min", mean: "mean", max: "max", times: "times", share: "share",
    on: "on", off: "off",
    summary: (name: string, range: string, last: string, low: string, high: string) =>
      `${name}, ${range}. Last value ${last}${low === "" ? "" : `, between ${low} and ${high}`}. Arrow keys read it point by point, plus and minus zoom, Shift with arrows moves.`,
    point: (time: string, values: string) => `${time}: ${values}`,
    menu: (name: string) => `More about ${name}`,
    picture: "Save as picture (PNG)", csvShown: "Save what is shown (CSV)", csvRaw: "Save all readings (CSV)",
    table: "Show as table", asChart: "Show as chart", compare: "Compare with others", lock: "Hold the value axis", unlock: "Free the value axis", copyLink: "Copy a link", zoomIn: "Show half as much", noPicture: "there is nothing to draw yet",
    time: "Time",
    tableCut: (n: number, all: number) => `The newest ${formatCount(n)} of ${formatCount(all)} points.`,
    rangeIn: (from: string, to: string, zone: string) => `${from} to ${to} ${zone}`,
    isolate: (name: string) => `Show only ${name}`,
    all: "All",
  },

  range: {
    label: "Range",
    last: (span: string) => `Last ${span}`,
    between: (from: string, to: string) => `${from} to ${to}`,
    before: "The time before", after: "The time after", out: "Show twice as much", back: "One step back",
    live: (n: number) => n > 0 ? `Back to live (+${formatCount(n)})` : "Back to live",
    type: "Type a range",
    example: "6h, yesterday, now-90m, 3 May 14:00",
    wrong: "No range: try “6h”, “yesterday” or “3 May 14:00 to 16:00”.",
    from: "From", to: "To", show: "Show", presets: "Ranges to now",
  },

  events: {
    inRange: (n: number) => `Events in this range (${formatCount(n)})`,
    none: "Nothing happened in this range.",
    title: "Events",
    close: "Close",
    until: (from: string, to: string) => `${from} to ${to}`,
    since: (from: string) => `since ${from}`,
    status: (status: string, cause: string) => causes[cause] && status !== "online" ? `${status}, ${causes[cause]}` : status,
    availability: (percent: string, span: string) => `${percent}${thin}% online in ${span}`,
    availabilityUnknown: "No status changes known",
  },

  map: {
    title: "Map",
    well: (n: number) => `All ${formatCount(n)} devices on the map are well`,
    trouble: (n: number) => `${count(n, "device", "devices")} in trouble`,
    fitted: "Fitted to them", fittedAll: "Fitted to all devices",
    inView: "In view",
    of: (n: number, all: number) => `${formatCount(n)} of ${count(all, "device", "devices")}`,
    here: "At this spot",
    showAll: "Show all in view",
    noPosition: (n: number) => `${count(n, "device has", "devices have")} no position`,
    none: "No device has a position yet.",
    noneHow: "A position comes with a device's description, or is set with PATCH /api/v1/devices/{id}.",
    ground: "Offline ground: Natural Earth",
    zoomIn: "Zoom in", zoomOut: "Zoom out", fit: "Show all devices",
    cluster: (n: number, worst: string) => `${count(n, "device", "devices")}, worst: ${worst}. Zoom in`,
    loading: "Loading the map",
  },

  login: {
    title: "Log in",
    token: "Token",
    help: "An administrator makes one with: telltale token create --role viewer",
    submit: "Log in",
    wrong: "This token is not valid.",
    failed: (why: string) => `Could not log in: ${why}`,
    open: "This server needs no login.",
  },

  ...enAround,

  noClipboard: "this page may not use the clipboard over plain HTTP; select the text and copy it", unanswered: "the server did not answer", notDone: (why: string) => `Not done: ${why}`,
  missingPage: "There is no such page",
  toOverview: "Go to the overview",
  failed: "This part of the page could not be loaded.",

} as const;
