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

  palette: {
    open: "Search and commands", placeholder: "Search devices, sensors, commands", results: "Found", none: "Nothing of that name.",
    page: "page", command: "command",
    kinds: { device: "device", sensor: "sensor", alert: "alert", board: "dashboard", page: "page", command: "do" },
    theme: "Switch between dark and light", zone: "Switch between local time and UTC", pause: "Pause or resume", wall: "Wall display", alertHistory: "Alerts that are over", rules: "Rules", newRule: "New rule", silences: "Silences", channels: "Notifications, this browser",
  },

  copy: "Copy", copied: "Copied",

  storedBar: (at: string, zone: string) => `Without the server: everything is as it was on ${at} ${zone}, and nothing of it is current.`,
  simulated: (n: number) => n === 1 ? "This device is simulated." : `These ${formatCount(n)} devices are simulated.`,
  connectOwn: "Connect your own",
} as const;
