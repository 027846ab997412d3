// SPDX-License-Identifier: Apache-2.0
// Words of the map.

import { formatCount, formatPlural } from "../lib/format";

const thin = "\u202f";

export const mapWords = {
  title: "Map", well: (n: number) => `All ${formatCount(n)} devices on the map are well`,
  trouble: (n: number, places: number) => `${formatPlural(n, "device", "devices")} in trouble${places > 1 ? `, ${formatCount(places)} places` : ""}`,
  fitted: "Fitted to them", fittedAll: "Fitted to all devices", asOf: (time: string) => `as of ${time}`,
  inView: "In view", here: "At this spot", showAll: "Show all", asList: "As list", more: (n: number) => `${formatCount(n)} more`,
  of: (n: number, all: number) => `${formatCount(n)} of ${formatPlural(all, "device", "devices")}`,
  openList: "Show the list", closeList: "Fold the list",
  noPosition: (n: number) => `${formatPlural(n, "device has", "devices have")} no position`,
  none: "No device has a position yet", noneHow: "A position comes with messages of a device, or is given to it: open Plans, choose a device, and click where it stands.",
  nothingHere: "No device is in view.", incomplete: "More marks follow", refused: (why: string) => `The server does not tell this area: ${why}`,
  ground: "Offline ground: Natural Earth", groundFine: `Offline ground: Natural Earth 1:50${thin}million`, groundFailed: "The ground could not be loaded.",
  zoomIn: "Zoom in", zoomOut: "Zoom out", fit: "Show all devices", fitTrouble: "Show devices in trouble",
  summary: (n: number, marks: number, bad: number) => `${formatPlural(n, "device", "devices")} in ${formatPlural(marks, "mark", "marks")}, ${bad === 0 ? "all well" : `${formatCount(bad)} with trouble`}. The list holds the same.`,
  cluster: (n: number, worst: string, affected: number) => `${formatPlural(n, "device", "devices")}; ${formatCount(affected)}: ${worst}. Zoom in`,
  unsaid: "not known",
  plans: "Plans of buildings", closePlans: "Close the plans", noPlans: "No plan yet.", plansRole: "Plans and places are changed by operators and administrators.",
  plansFailed: (why: string) => `The plans could not be loaded: ${why}`, again: "Try again", show: "Show", edit: "Change",
  showPlan: (name: string) => `Show ${name}`, editPlan: (name: string) => `Change ${name}`, newPlan: "New plan from a picture (PNG, JPEG or WebP)",
  planName: "Name", upperLeft: "Upper left corner", lowerRight: "Lower right corner", movePlan: "Move the plan", latitude: "Latitude", longitude: "Longitude",
  cornersHow: "Drag the corners on the map, or move them by arrow keys; with Shift ten times as far. Both corners together turn the plan.",
  savePlan: "Save the plan", cancel: "Cancel", removePlan: "Delete", reallyRemove: "Really delete", planSaved: (name: string) => `${name} is saved.`,
  planRemoved: (name: string) => `${name} is deleted.`, planConflict: "Somebody else changed this plan meanwhile. Cancel, and open it again.",
  planLarge: "The picture does not become small enough: 250 kB is the most. Cut it, or use fewer colours.", planUnread: "This file is no picture that this browser can read.",
  notSaved: (why: string) => `Not saved: ${why}`, placeDevice: "Place a device", findDevice: "Name or id", placeHow: "Press on the map where it stands, or type the numbers.",
  savePlace: "Save the place", placeOf: (name: string) => `Place of ${name}`, placed: (name: string) => `${name} has its place.`,
  time: "Time of the map", moment: "Moment", play: "Play", pausePlay: "Pause", trails: "Length of trails", hours: (n: number) => `${formatCount(n)}${thin}h`,
  nowAt: (time: string) => `now ${time}`, backToNow: "Back to now", showing: (time: string, zone: string) => `Marks and trails as of ${time} ${zone}; the list is of now`,
  trailsFailed: "The trails could not be loaded. They are tried again in some seconds.",
  offlineFor: (span: string) => `offline ${span}`,
} as const;
