// SPDX-License-Identifier: Apache-2.0
// Language, zone and units of the page. A change draws the page anew, since words, times and values are everywhere.

import { signal } from "@preact/signals";
import { loadWords, type Language } from "../i18n/say";
import { setZone } from "../lib/format";
import { display } from "../state/display";

/** Counts up when all words, times or units are others. */
export const spoken = signal(0);

function language(): Language {
  const { language: chosen } = display.peek();
  if (chosen !== "") return chosen;
  return navigator.language.toLowerCase().startsWith("de") ? "de" : "en";
}

/** For the worker, which shows what is pushed while no page is open. Without a secure context there is none. */
function leaveWord(words: Language): void {
  if (!("caches" in globalThis)) return;
  caches.open("settings").then((kept) => kept.put("/language", new Response(words))).catch(() => undefined);
}

export async function startDisplay(): Promise<void> {
  const { units } = display.peek();
  let { zone } = display.peek();
  let words = language();
  setZone(zone === "" ? undefined : zone);
  await loadWords(words);
  // Without the table units are shown as they are stored.
  if (Object.keys(units).length > 0) await import("../lib/unit-table").then((m) => m.useUnits(units), () => undefined);
  leaveWord(words);
  display.subscribe((now) => {
    const before = words;
    if (zone !== now.zone) {
      zone = now.zone;
      setZone(zone === "" ? undefined : zone);
      spoken.value = spoken.peek() + 1;
    }
    words = language();
    if (words === before) return;
    leaveWord(words);
    void loadWords(words).then(() => { spoken.value = spoken.peek() + 1; }, () => undefined);
  });
}
