// SPDX-License-Identifier: Apache-2.0
// Single keys as a person wants them: what is pressed becomes the key that the page knows.

/** Keys of the page that can be others, in the order in which they are listed. */
export const changeable = ["/", "?", " ", "u", "w", "\\", "[", "]", "+", "-", "l", "t", "f", "j", "k", "x", "p", "d", "a", "s", "c", "z", "e"] as const;
export type Changeable = (typeof changeable)[number];

/** By the page's own key; what is not there is as it was. */
export type KeyMap = Readonly<Partial<Record<Changeable, string>>>;

/** "g" begins a chord, and the others move the focus or open what has it. */
const reserved = ["g", "Enter", "Escape", "Tab", "Backspace"];

export function isChangeable(key: string): key is Changeable {
  return (changeable as readonly string[]).includes(key);
}

export function chosenKey(key: Changeable, map: KeyMap): string {
  return map[key] ?? key;
}

/** Null: it does nothing any more, another key does what it did. */
export function meant(pressed: string, map: KeyMap): string | null {
  const named = pressed === "=" ? "+" : pressed.length === 1 ? pressed.toLowerCase() : pressed;
  const moved = changeable.find((k) => map[k] === named);
  if (moved !== undefined) return moved;
  return isChangeable(named) && map[named] !== undefined ? null : named;
}

/** Why the key can't be that one, or null. */
export function clash(key: Changeable, pressed: string, map: KeyMap): "reserved" | "taken" | null {
  if (pressed.length !== 1 || reserved.includes(pressed)) return "reserved";
  return changeable.some((k) => k !== key && chosenKey(k, map) === pressed) ? "taken" : null;
}

/** As it was stored, each only where it is one and no key does two things. */
export function readKeyMap(raw: unknown): KeyMap {
  if (typeof raw !== "object" || raw === null) return {};
  let map: KeyMap = {};
  for (const key of changeable) {
    const chosen = (raw as Readonly<Record<string, unknown>>)[key];
    if (typeof chosen === "string" && chosen !== key && clash(key, chosen, map) !== "reserved") map = { ...map, [key]: chosen };
  }
  const all = changeable.map((k) => chosenKey(k, map));
  return new Set(all).size === all.length ? map : {};
}
