// SPDX-License-Identifier: Apache-2.0
// Words of the dashboards.

import { formatCount } from "../lib/format";

export const boards = {
  title: "Dashboards", untitled: "Untitled dashboard", none: "No dashboard yet.", failed: "The dashboards could not be loaded.",
  new: "New dashboard", fromModel: "From a model", fromFile: "From a file", modelTitle: (model: string) => `Every ${model}`,
  noBoard: "This file is no dashboard of this version.", mapDevices: "Devices of the file that are not known here", leaveAsIs: "Leave as it is",
  import: "Import", cancel: "Cancel", export: "Export", edit: "Edit", save: "Save", done: "Done", discard: "Discard", undo: "Undo", redo: "Redo",
  gone: "This dashboard was deleted, or never was.", toList: "All dashboards", empty: "Nothing is on this dashboard.",
  emptyEdit: "Nothing is on this dashboard yet. Add the first widget.", add: "Add a widget", name: "Name", variablesWord: "Variables",
  variables: { device: "Device", tag: "Tag", model: "Model", location: "Location" },
  any: "any", more: "and", choose: (what: string) => `Choose: ${what}`, without: (what: string) => `Without ${what}`,
  types: { value: "Value", chart: "Chart", gauge: "Gauge", table: "Table", alerts: "Alerts", map: "Map", squares: "Fleet squares", counts: "Fleet in numbers", lanes: "State lanes", image: "Picture or plan", text: "Text", clock: "Clock" },
  device: "Device", sensor: "Sensor", value: "Value", age: "Age", theChosen: "the chosen device",
  noSeries: "No series is chosen yet.", unknownDevices: (names: string) => `Not known here: ${names}`, noAlerts: "Nothing is wrong.",
  widgetFailed: "This widget could not be drawn.", widgets: (n: number) => n === 1 ? "1 widget" : `${formatCount(n)} widgets`,
  whatSeries: "What to show", asWhat: "Show it as", somethingElse: "Something else", series: "Series", type: "Type", heading: "Title", text: "Text",
  repeat: "One for each chosen device", box: { x: "Column", y: "Row", w: "Width", h: "Height" }, form: "The selected widget",
  selectOne: "Select a widget to change it. Arrow keys move it, with Shift they resize it, Delete takes it away.",
  remove: "Remove", removeWidget: "Remove this widget", reallyRemove: "Really remove", removeBoard: (title: string) => `Remove ${title}`,
  frame: (name: string) => `${name}: arrows move it, Shift and arrows resize it`, at: (x: number, y: number, w: number, h: number) => `Column ${x}, row ${y}, ${w} wide, ${h} high`,
  conflict: (who: string) => `${who} saved another version meanwhile.`, deletedMeanwhile: "Somebody deleted this dashboard meanwhile.", keepMine: "Keep mine", takeTheirs: "Take theirs", saveCopy: "Save mine as a copy",
  learned: "range learned", learnedHelp: "From what it sent in the last 30 days", nearer: "Zoom in", farther: "Zoom out",
  noDevices: "No device is chosen yet.", notAll: (n: number, all: number) => `The first ${formatCount(n)} of ${formatCount(all)}.`,
  shape: "Shape", shapes: { linear: "a bar", radial: "a dial" }, picture: "Picture", upload: "From a file", noPicture: "No picture is chosen yet.",
  pictureGone: "This picture was deleted.", pictureLarge: "This picture is too large, also when it is made smaller.", pictureUnread: "This file is no picture that this browser can read.",
  onPhone: "On a phone", phoneEarlier: "Earlier on a phone", phoneLater: "Later on a phone", phoneAt: (n: number, all: number) => `${formatCount(n)} of ${formatCount(all)}`, phoneReading: "By reading order",
  preview: "Preview", addThis: (type: string) => `Add: ${type}`, versions: "Earlier versions", noVersions: "There is no earlier version.",
  versionBy: (version: number, who: string) => `Version ${formatCount(version)} by ${who}`, restore: "Restore", restored: "The earlier version is in the editor. Save to keep it.",
  share: {
    open: "Share", title: "Share this dashboard", colleagues: "With people who can log in here", here: "Address of what you see",
    everybody: "With everybody who has the link", what: "A link shows this dashboard as it is now and as it will be, read only: its values, their history and alerts, and nothing else of this server.",
    name: "What the link is for", lasts: "Lasts", days: (n: number) => n === 1 ? "1 day" : n === 365 ? "1 year" : `${formatCount(n)} days`, make: "Make a link",
    forDevices: (names: string) => `Its devices: ${names}`, noDevices: "No device is chosen: choose those that the link shall show first.",
    once: "Copy it now: it is shown this once.", link: "Link", wall: "For a screen on a wall", none: "No link yet.", unnamed: "Link without a name",
    until: (time: string) => `Can be seen until ${time}`, expired: (time: string) => `Expired ${time}`, viewers: (n: number) => n === 0 ? "nobody watches" : n === 1 ? "1 watches" : `${formatCount(n)} watch`,
    revoke: "Revoke", revokeThis: (name: string) => `Revoke ${name}`, over: "This link has ended.", overHelp: "It has expired or was revoked. Ask whoever gave it to you for a new one.",
    shared: (n: number) => n === 1 ? "1 link shows this dashboard: whoever has it sees what you save here." : `${formatCount(n)} links show this dashboard: whoever has one sees what you save here.`,
  },
  copyOf: (title: string) => `${title} (copy)`,
} as const;
