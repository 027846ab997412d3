// SPDX-License-Identifier: Apache-2.0
// The words of the page in the language that was chosen. A language is one catalogue of the shape of
// the English one, so the compiler finds what a translation lacks.

import { setLocale } from "../lib/format";
import { setUnanswered } from "../lib/problem";
import type { en } from "./en";
import type { enMore } from "./en-more";

export type Wide<T> = T extends string ? string
  : T extends (...args: infer A) => string ? (...args: A) => string
    : { readonly [K in keyof T]: Wide<T[K]> };

export type FirstWords = Wide<typeof en>;
export type MoreWords = Wide<typeof enMore>;
export type Words = FirstWords & MoreWords;

export const languages = { en: "English", de: "Deutsch" } as const;
/** What a person can choose, and what tests make of the English one: longer, accented, from right to left. */
export type Language = keyof typeof languages | "pseudo";

/**
 * To be read where it is shown: it is there from the first drawing on and changes with the language.
 * What is of MoreWords is there once `loadMoreWords` has ended, which every page that shows it waits for.
 */
export let say = {} as Words;

let spokenNow: Language = "en";

export function language(): Language {
  return spokenNow;
}

/** What becomes of a catalogue before it is shown: nothing, in a language that people speak. */
export let dressed = <T>(words: T): T => words;

function speak(words: Partial<Words>, chosen: Language): void {
  say = { ...say, ...dressed(words) };
  spokenNow = chosen;
  // Someone who reads English in Austria keeps Austrian numbers.
  setLocale(navigator.languages.find((l) => l.startsWith(chosen)) ?? chosen);
  setUnanswered(say.unanswered);
  const { documentElement: root } = document;
  root.lang = chosen === "pseudo" ? "en" : chosen;
  root.dir = chosen === "pseudo" ? "rtl" : "ltr";
}

/** Catalogues of chunks that were loaded: they change with the language too. */
export const alsoSpoken = new Set<(language: Language) => Promise<void>>();

/** Each language is a chunk of its own; nothing may be drawn before the first has come. */
export async function loadWords(chosen: Language): Promise<void> {
  if (chosen === "pseudo") dressed = (await import("./pseudo")).pseudo;
  const words: FirstWords = chosen === "de" ? (await import("./de")).de : (await import("./en")).en;
  await Promise.all([...alsoSpoken].map((load) => load(chosen)));
  speak(words, chosen);
}

async function loadMore(chosen: Language): Promise<void> {
  const words: MoreWords = chosen === "de" ? (await import("./de-more")).deMore : (await import("./en-more")).enMore;
  say = { ...say, ...dressed(words) };
}

/** The words of the pages beside the first view. */
export async function loadMoreWords(): Promise<void> {
  if (alsoSpoken.has(loadMore)) return;
  await loadMore(language());
  alsoSpoken.add(loadMore);
}
