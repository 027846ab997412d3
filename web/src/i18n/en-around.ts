// SPDX-License-Identifier: Apache-2.0
// Words of what stands around the pages, and of settings and the first run.

import { formatCount } from "../lib/format";

export const enAround = {
  zone: {
    choose: "Time zone", local: (zone: string) => `This browser's zone (${zone.replaceAll("_", " ")})`, other: "Another zone, by its city", none: "No zone of that name",
  },

  user: {
    menu: "You and how the page looks", short: { viewer: "V", operator: "Op", admin: "Ad" },
    roles: { viewer: "viewer", operator: "operator", admin: "admin" }, role: (role: string) => `Logged in as ${role}`,
    open: "This server needs no login", unknown: "The server can't be asked now", logout: "Log out",
  },

  look: {
    theme: "Theme", contrast: "Contrast", language: "Language", system: "System", dark: "Dark", light: "Light", normal: "Normal", more: "High", browser: "Browser",
    density: "Rows", compact: "Compact", standard: "Standard",
  },

  palette: {
    open: "Search and commands", placeholder: "Search devices, sensors, commands", results: "Found", none: "Nothing of that name.",
    page: "page", command: "command",
    kinds: { device: "device", sensor: "sensor", alert: "alert", page: "page", command: "do" },
    theme: "Switch between dark and light", zone: "Switch between local time and UTC", pause: "Pause or resume", wall: "Wall display",
  },

  keys: {
    title: "Keys", everywhere: "Everywhere", charts: "Charts", lists: "Lists",
    search: "search and commands", pause: "pause or resume", zone: "UTC or local time", wall: "wall display", theme: "dark or light",
    beforeAfter: "the time before, after", zoom: "zoom", live: "back to live", type: "type a range", points: "point by point", pan: "move", back: "one step back", noCursor: "no cursor",
    filter: "search field", nextPrevious: "next, previous", open: "open", select: "select", peek: "peek", density: "density", leave: "back",
    single: "Single keys act",
  },

  compare: {
    title: "Compare", none: "Choose two series or more to see how they relate.", add: "Add a series of…", device: "Device", sensor: "Sensor",
    remove: (name: string) => `Remove ${name}`, full: (n: number) => `${formatCount(n)} series are the most that can be told apart.`,
    apart: "One chart each", ownScale: "Own scale each", own: (name: string) => `${name} (own scale)`,
  },

  copy: "Copy", copied: "Copied",

  simulated: (n: number) => n === 1 ? "This device is simulated." : `These ${formatCount(n)} devices are simulated.`,
  connectOwn: "Connect your own",
} as const;
