// SPDX-License-Identifier: Apache-2.0
// All words of the page. A sentence is one function here, never glued from pieces by a view.

import { formatClock, formatCount, formatParts, formatPlural, formatSpan } from "../lib/format";
import { enAround } from "./en-around";
import { enPages } from "./en-pages";

const thin = "\u202f";

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
  unacknowledged: (n: number) => `${formatPlural(n, "alert", "alerts")} not acknowledged`,

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
    needAttention: (n: number) => `${formatPlural(n, "device needs", "devices need")} attention`,
    neededAttention: (n: number, at: string, zone: string) => `${formatPlural(n, "device", "devices")} needed attention at ${at} ${zone}`,
    wereWell: (n: number, at: string, zone: string) => `All ${formatCount(n)} devices were well at ${at} ${zone}`,
    down: (age: string) => `The connection is down. All values below are as they were ${age} ago.`,
    nothingOpen: "No alert is open, and nobody has to do anything.",
    worst: (device: string, sensor: string, condition: string, at: string, zone: string, holder: string | null) =>
      `Worst: ${device}, ${sensor} ${condition} since ${at} ${zone}, ${holder === null ? "and nobody has it yet" : `${holder} has it`}.`,
    worstSilent: (offline: number, unknown: number) =>
      formatParts(offline > 0 ? `${formatCount(offline)} offline` : "", unknown > 0 ? `${formatCount(unknown)} unknown` : "") + ".",
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
    noneEver: "No alert so far. Rules raise them.",
    fleet: "Fleet",
    fleetBy: (n: number) => `${formatPlural(n, "device", "devices")} by place`,
    fleetAsOf: (n: number, at: string) => `${formatPlural(n, "device", "devices")} as of ${at}`,
    fleetScale: (k: number) => `a square is ${formatCount(k)} devices`,
    asList: "As list",
    noPlace: "No place set",
    morePlaces: (n: number) => `and ${formatPlural(n, "more place", "more places")}`,
    pinned: "Pinned",
    chosen: "At a glance",
    chosenNote: "chosen for you; pin values on a device's page",
    changed: "What changed in the last hour",
    events: (n: number, zone: string) => `${formatPlural(n, "event", "events")}, ${zone}`,
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
    undo: "Undo", notTakenBack: (why: string) => `Still acknowledged: ${why}`, outboxFull: "Not acknowledged: too many wait to be sent already",
    forSpan: (text: string, span: string) => `${text} for ${span}`,
    equation: (value: string, condition: string) => `${value}, ${condition}`,
    openCount: (n: number) => n === 0 ? "No alert is open" : `${formatPlural(n, "alert is", "alerts are")} open`,
    history: "Resolved",
    lasted: (span: string) => `lasted ${span}`,
    at: (from: string, to: string) => `${from} to ${to}`,
    announce: (warnings: number, infos: number, over: number) => formatParts(warnings > 0 ? formatPlural(warnings, "new warning", "new warnings") : "", infos > 0 ? formatPlural(infos, "new info", "new infos") : "", over > 0 ? `${formatCount(over)} resolved` : ""),
    announceCriticals: (n: number) => `${formatCount(n)} new critical alerts`,
    announceCritical: (device: string, text: string) => `Critical: ${device}, ${text}`,
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
    now: "now", min: "min", mean: "mean", max: "max", times: "times", share: "share", total: "total",
    on: "on", off: "off",
    summary: (name: string, range: string, last: string, low: string, high: string) =>
      `${name}, ${range}. Last value ${last}${low === "" ? "" : `, between ${low} and ${high}`}. Arrow keys read it point by point, plus and minus zoom, Shift with arrows moves.`,
    point: (time: string, values: string) => `${time}: ${values}`,
    menu: (name: string) => `More about ${name}`,
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

  ...enAround,
  ...enPages,

  noClipboard: "this page may not use the clipboard over plain HTTP; select the text and copy it", unanswered: "the server did not answer", notDone: (why: string) => `Not done: ${why}`,
  missingPage: "There is no such page",
  toOverview: "Go to the overview",
  failed: "This part of the page could not be loaded.",

} as const;
