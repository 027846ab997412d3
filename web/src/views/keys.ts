// SPDX-License-Identifier: Apache-2.0
// Single keys of the page. They act outside fields and controls only, and can be switched off.

import { display } from "../state/display";
import { openRange } from "./chart/open-range";
import { palette } from "./overlay";
import { pageKeys } from "./page-keys";
import { go } from "./router";
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
    case "+": case "=": return zoom(0.5);
    case "t":
      if (!openRange.peek()) return false;
      document.querySelector<HTMLElement>(".range-now")?.click();
      return true;
    case "u": toggleZone(); return true;
    case "w": toggleWall(); return true;
    case "\\": toggleTheme(); return true;
    default: return false;
  }
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    palette.value = palette.peek() === "search" ? null : "search";
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !display.peek().keys || palette.peek() !== null || busy(event.target)) return;
  const chord = event.timeStamp - chordAt < chordMs;
  chordAt = -Infinity;
  const key = event.key;
  if (chord) {
    const place = places[key];
    if (place !== undefined) {
      event.preventDefault();
      go(place);
      return;
    }
  }
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
