// SPDX-License-Identifier: Apache-2.0
// How a person wants the page to look on this device: theme, contrast, zone, language, density, keys.
// It is kept in this browser.

import { signal } from "@preact/signals";
import { readKeyMap, type KeyMap } from "../lib/key-map";

export interface Display {
  readonly theme: "system" | "dark" | "light";
  readonly contrast: "system" | "normal" | "more";
  /** A zone's name; "" is the browser's own. */
  readonly zone: string;
  /** "" is the browser's own. */
  readonly language: "" | "en" | "de" | "pseudo";
  readonly density: "compact" | "standard";
  /** Whether single keys act. */
  readonly keys: boolean;
  /** Keys that were changed. */
  readonly keyMap: KeyMap;
  /** Whether Ctrl K and Ctrl S are ours while the page has the focus. */
  readonly browserKeys: boolean;
  /** Whether a new critical alert sounds. */
  readonly sound: boolean;
  /** The unit that a family of units is shown in, such as temperature in "°F"; those that are not named are shown as they are stored. */
  readonly units: object;
}

const storageKey = "telltale.display";
export const displayDefaults: Display = { theme: "system", contrast: "system", zone: "", language: "", density: "standard", keys: true, keyMap: {}, browserKeys: true, sound: false, units: {} };

const choices: { readonly [K in keyof Display]?: readonly Display[K][] } = {
  theme: ["system", "dark", "light"], contrast: ["system", "normal", "more"], language: ["", "en", "de", "pseudo"],
  density: ["compact", "standard"], keys: [true, false], browserKeys: [true, false], sound: [true, false],
};

function validZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Stored choices, each only when it is one. */
export function readDisplay(text: string | null): Display {
  let given: Partial<Record<keyof Display, unknown>> = {};
  try {
    const parsed: unknown = JSON.parse(text ?? "{}");
    if (typeof parsed === "object" && parsed !== null) given = parsed;
  } catch {
    // What can't be read is as good as nothing.
  }
  const pick = <K extends keyof Display>(key: K): Display[K] => {
    const allowed = choices[key] as readonly unknown[] | undefined;
    return allowed?.includes(given[key]) ? given[key] as Display[K] : displayDefaults[key];
  };
  const zone = typeof given.zone === "string" && given.zone.length < 64 && (given.zone === "" || validZone(given.zone)) ? given.zone : "";
  return { theme: pick("theme"), contrast: pick("contrast"), zone, language: pick("language"), density: pick("density"), keys: pick("keys"), keyMap: readKeyMap(given.keyMap), browserKeys: pick("browserKeys"), sound: pick("sound"), units: given.units ?? {} };
}

function stored(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

export const display = signal<Display>(readDisplay(stored()));

export function setDisplay(change: Partial<Display>): void {
  display.value = { ...display.peek(), ...change };
  try {
    localStorage.setItem(storageKey, JSON.stringify(display.value));
  } catch {
    // A full or forbidden storage loses the choice at the next visit, nothing else.
  }
}
