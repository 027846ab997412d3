// SPDX-License-Identifier: Apache-2.0
// The words about people, in the language of the page. They come where people log in or are arranged.

import type { peopleWords as english } from "./en-people";
import { alsoSpoken, dressed, language, type Language, type Wide } from "./say";

export type PeopleWords = Wide<typeof english>;

/** To be read where it is shown: it is there before any of these pages is drawn. */
export let people = {} as PeopleWords;

async function load(chosen: Language): Promise<void> {
  people = dressed<PeopleWords>(chosen === "de" ? (await import("./de-people")).peopleWords : (await import("./en-people")).peopleWords);
}

export async function loadPeopleWords(): Promise<void> {
  if (alsoSpoken.has(load)) return;
  await load(language());
  alsoSpoken.add(load);
}
