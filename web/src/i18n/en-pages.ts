// SPDX-License-Identifier: Apache-2.0
// Words of the everyday pages that came after the first catalogue: the overview's facts, switches, why a value is stale.

import { formatCount } from "../lib/format";

export const enPages = {
  facts: {
    nothingSince: (at: string, zone: string) => `Nothing has been open since ${at} ${zone}.`,
    medianTaken: (span: string) => `median time to acknowledge ${span}`,
    inDay: (n: number) => `${formatCount(n)} ${n === 1 ? "alert" : "alerts"} in 24\u202fh`,
    more: (n: number, names: string) => `${formatCount(n)} more: ${names}`,
    noneOpen: "No open alerts", resolvedLately: "resolved lately", history: "History", resolved: "Resolved",
    was: (words: string, span: string) => `was ${words} for ${span}`, at: (time: string) => `at ${time}`,
    allEvents: "All events", editPins: "Edit", nobody: "nobody", until: (time: string) => `until ${time}`, muted: "nobody is told", note: "Add note",
    againAfter: (span: string) => `online again after ${span}`, saying: (words: string, note: string) => `${words}: “${note}”`,
    resolvedAfter: (sensor: string, span: string) => `${sensor} resolved after ${span}`,
  },
  switched: { on: "on", off: "off", open: "open", closed: "closed" },
  why: {
    stream: "the connection is down", offline: (cause: string) => cause === "" ? "the device is offline" : `the device is offline: ${cause}`,
    silent: (span: string) => `nothing came although it usually does every ${span}`, ahead: "the device's clock is ahead of the server's",
  },
  likely: {
    opened: (sensor: string, span: string) => `${sensor} has been open for ${span}.`, on: (sensor: string, span: string) => `${sensor} has been on for ${span}.`,
    gap: (span: string) => `It began after ${span} without data.`,
  },
  deviceActs: { rule: "Create rule", compare: "Compare", more: "More about this device", rename: "Rename", onMap: "Put it on the map", open: (n: number) => `${formatCount(n)} open`, lately: (n: number) => `${formatCount(n)} lately`, hourAgo: "1\u202fh ago", switchLane: (name: string, state: string) => `${name}, the last hour; ${state} now` },
  printed: (at: string) => `printed ${at}`, printedRows: (n: number, all: number) => `The first ${formatCount(n)} of ${formatCount(all)} rows.`,
  before: { compare: "Compare with the time before", shown: (span: string) => `in grey the ${span} before` },
  guard: (at: string, id: string) => `This part failed at ${at}. Everything else works on. Id: ${id}`,
  slowedTo: (span: string) => `Live, every ${span}`,
} as const;
