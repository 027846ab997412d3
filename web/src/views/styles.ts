// SPDX-License-Identifier: Apache-2.0
// Styles that come with a chunk, as files of ours: the page allows no style that is written into it.

import { loadMoreWords } from "../i18n/say";
import { loadMapWords } from "../i18n/map";
import { loadPeopleWords } from "../i18n/people";
import { loadToolWords } from "../i18n/tools";

const added = new Map<string, Promise<void>>();

function append(href: string): Promise<void> {
  return new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    link.onload = link.onerror = () => resolve();
    document.head.append(link);
  });
}

/** Whoever asks waits until it is there, the second too. */
export function addStyle(href: string): Promise<void> {
  const known = added.get(href) ?? append(href);
  added.set(href, known);
  return known;
}

declare const PAGES_STYLE: string;
declare const MORE_STYLE: string;

/** A chunk together with the style of the pages beside the first view. */
export async function styled<T>(chunk: Promise<T>): Promise<T> {
  const [loaded] = await Promise.all([chunk, addStyle(PAGES_STYLE)]);
  return loaded;
}

/** The same with the style and the words of lists and settings. */
export async function styledMore<T>(chunk: Promise<T>): Promise<T> {
  const [loaded] = await Promise.all([styled(chunk), addStyle(MORE_STYLE), loadMoreWords()]);
  return loaded;
}

/** The same with the words about people, for where they log in or are arranged. */
export async function peopled<T>(chunk: Promise<T>): Promise<T> {
  const [loaded] = await Promise.all([styledMore(chunk), loadPeopleWords()]);
  return loaded;
}

declare const TOOLS_STYLE: string;

/** A page on which things are arranged, with its style and its words. */
export async function tooled<T>(chunk: Promise<T>): Promise<T> {
  const [loaded] = await Promise.all([chunk, addStyle(PAGES_STYLE), addStyle(TOOLS_STYLE), loadToolWords()]);
  return loaded;
}

declare const MAP_STYLE: string;

/** The map's chunk, with its style and its words. */
export async function mapped<T>(chunk: Promise<T>): Promise<T> {
  const [loaded] = await Promise.all([chunk, addStyle(MAP_STYLE), loadMapWords()]);
  return loaded;
}
