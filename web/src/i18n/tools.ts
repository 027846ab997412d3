// SPDX-License-Identifier: Apache-2.0
// The words of the pages that are opened to arrange things, in the language of the page. They come with the first of these pages.

import type { tools as english } from "./en-tools";
import { alsoSpoken, dressed, language, type Language, type Wide } from "./say";

export type ToolWords = Wide<typeof english>;

/** To be read where it is shown: it is there before any of these pages is drawn. */
export let tools = {} as ToolWords;

async function load(chosen: Language): Promise<void> {
  tools = dressed<ToolWords>(chosen === "de" ? (await import("./de-tools")).tools : (await import("./en-tools")).tools);
}

export async function loadToolWords(): Promise<void> {
  if (alsoSpoken.has(load)) return;
  await load(language());
  alsoSpoken.add(load);
}
