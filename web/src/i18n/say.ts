// SPDX-License-Identifier: Apache-2.0
// The words of the page in the language that was chosen. A language is one catalogue of the shape of
// the English one, so the compiler finds what a translation lacks.

import { setLocale } from "../lib/format";
import type { en } from "./en";

export type Wide<T> = T extends string ? string
  : T extends (...args: infer A) => string ? (...args: A) => string
    : { readonly [K in keyof T]: Wide<T[K]> };

export type Words = Wide<typeof en>;

export const languages = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof languages;

/** To be read where it is shown: it is there from the first drawing on and changes with the language. */
export let say = {} as Words;

export function setWords(words: Words, language: string): void {
  say = words;
  // Someone who reads English in Austria keeps Austrian numbers.
  setLocale(navigator.languages.some((l) => l.startsWith(language)) ? navigator.languages.find((l) => l.startsWith(language)) : language);
  document.documentElement.lang = language;
}

let spokenNow: Language = "en";

export function language(): Language {
  return spokenNow;
}

/** Catalogues of chunks that were loaded: they change with the language too. */
export const alsoSpoken = new Set<(language: Language) => Promise<void>>();

/** Each language is a chunk of its own; nothing may be drawn before the first has come. */
export async function loadWords(chosen: Language): Promise<void> {
  const words: Words = chosen === "de" ? (await import("./de")).de : (await import("./en")).en;
  await Promise.all([...alsoSpoken].map((load) => load(chosen)));
  spokenNow = chosen;
  setWords(words, chosen);
}
