// SPDX-License-Identifier: Apache-2.0
// The words of the map, in the language of the page. They come with it.

import type { mapWords as english } from "./en-map";
import { alsoSpoken, dressed, language, type Language, type Wide } from "./say";

export type MapWords = Wide<typeof english>;

/** To be read where it is shown: it is there before the map is drawn. */
export let words = {} as MapWords;

async function load(chosen: Language): Promise<void> {
  words = dressed<MapWords>(chosen === "de" ? (await import("./de-map")).mapWords : (await import("./en-map")).mapWords);
}

export async function loadMapWords(): Promise<void> {
  if (alsoSpoken.has(load)) return;
  await load(language());
  alsoSpoken.add(load);
}
