// SPDX-License-Identifier: Apache-2.0
// Single keys of the page. They act outside fields and controls only, and can be switched off.

import { meant } from "../lib/key-map";
import { display } from "../state/display";
import { mayChange } from "../state/session";
import { openRange } from "./chart/open-range";
import { palette } from "./overlay";
import { pageKeys } from "./page-keys";
import { go, route, setQuery } from "./router";
import { togglePause } from "./stream-chip";
import { toggleTheme, toggleWall, toggleZone } from "./toggles";

const places: Readonly<Record<string, string>> = { o: "/", d: "/devices", a: "/alerts", m: "/map", b: "/dashboards", s: "/settings" };
const chordMs = 1200;
let chordAt = -Infinity;

function busy(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest("input, textarea, select, dialog, [role=application], [role=listbox]") !== null;
}

/** Enter and Space belong to what has the focus. */
function onControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("a, button, summary, [role=tab], [role=grid]") !== null;
}

function move(direction: 1 | -1): boolean {
  const range = openRange.peek();
  if (!range) return false;
  range.begin();
  range.panBy(direction * range.view.peek().span);
  return true;
}

function zoom(factor: number): boolean {
  openRange.peek()?.zoomBy(factor, 1);
  return openRange.peek() !== null;
}

/** An open dashboard, by who may change it. */
function edit(): boolean {
  const { segments, query } = route.peek();
  if (segments[0] !== "dashboards" || segments[1] === undefined || !mayChange.peek() || query.get("edit") !== null) return false;
  setQuery("edit", "1");
  return true;
}

/** From one thing to the list that it is of; nothing that is being written is left by a key. */
function leave(): boolean {
  const { segments: [first, id], query } = route.peek();
  if (id === undefined || (first !== "alerts" && first !== "devices" && first !== "dashboards") || query.get("edit") !== null) return false;
  go(`/${first}`);
  return true;
}

function single(key: string, target: EventTarget | null): boolean {
  switch (key) {
    case "/": palette.value = "search"; return true;
    case "?": palette.value = "keys"; return true;
    case " ":
      if (onControl(target)) return false;
      togglePause();
      return true;
    case "l": openRange.peek()?.live(); return openRange.peek() !== null;
    case "[": return move(-1);
    case "]": return move(1);
    case "-": return zoom(2);
    case "+": return zoom(0.5);
    case "t":
      if (!openRange.peek()) return false;
      document.querySelector<HTMLElement>(".range-now")?.click();
      return true;
    case "u": toggleZone(); return true;
    case "w": toggleWall(); return true;
    case "e": return edit();
    case "Escape": return leave();
    case "\\": toggleTheme(); return true;
    default: return false;
  }
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k" && display.peek().browserKeys) {
    event.preventDefault();
    palette.value = palette.peek() === "search" ? null : "search";
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !display.peek().keys || palette.peek() !== null || busy(event.target)) return;
  const chord = event.timeStamp - chordAt < chordMs;
  chordAt = -Infinity;
  if (chord) {
    const place = places[event.key];
    if (place !== undefined) {
      event.preventDefault();
      go(place);
      return;
    }
  }
  const key = meant(event.key, display.peek().keyMap);
  if (key === null) return;
  if (key === "g") {
    chordAt = event.timeStamp;
    return;
  }
  for (const keys of pageKeys) {
    if (keys(key)) {
      event.preventDefault();
      return;
    }
  }
  if (single(key, event.target)) event.preventDefault();
}

export function startKeys(): void {
  document.addEventListener("keydown", onKey);
}
