// SPDX-License-Identifier: Apache-2.0
// What the screen is, as signals, for the few choices that a style sheet can not make.

import { signal, type ReadonlySignal } from "@preact/signals";

function follow(query: string): ReadonlySignal<boolean> {
  const list = matchMedia(query);
  const matches = signal(list.matches);
  list.addEventListener("change", () => {
    matches.value = list.matches;
  });
  return matches;
}

/** A phone's width, below 640 px. */
export const phone = follow("(max-width: 639.98px)");

/** A finger, which needs larger targets. */
export const coarse = follow("(pointer: coarse)");

/** Where the bar has room for what a page puts there. */
export const roomy = follow("(min-width: 1360px)");

/** Between a phone and a desktop, where a table has room for less. */
export const tablet = follow("(max-width: 1199.98px)");
