// SPDX-License-Identifier: Apache-2.0
// The topics that came in, asked for again while somebody looks, and mappings tried on them.

import { signal } from "@preact/signals";
import { problemText } from "../lib/problem";
import { fetchTopics, tryMapping } from "../net/topics";
import type { Decoded, Topic, TopicPage } from "../net/wire";

const refreshMs = 2000;

export type Topics = TopicPage | "loading" | { readonly problem: string };

export const topics = signal<Topics>("loading");

function problem(error: unknown): { problem: string } {
  return { problem: problemText(error) };
}

/** Keeps `topics` at what begins with `prefix`, from `after` on; the answer ends it. */
export function watchTopics(prefix: string, after: string | null): () => void {
  let ended = false;
  const load = () => {
    if (document.hidden) return;
    fetchTopics(prefix, after).then(
      (page) => { if (!ended) topics.value = page; },
      (error: unknown) => { if (!ended) topics.value = problem(error); });
  };
  load();
  const timer = setInterval(load, refreshMs);
  return () => { ended = true; clearInterval(timer); };
}

export function tryOnTopic(mapping: string, topic: Topic): Promise<Decoded | { problem: string }> {
  return tryMapping(mapping, topic).catch(problem);
}

/** Pages that are looked through for the topics of one device. */
const mostPages = 10;

async function topicsOf(device: string): Promise<readonly Topic[]> {
  const found: Topic[] = [];
  let after: string | null = null;
  for (let page = 0; page < mostPages; page++) {
    const { topics: all, next }: TopicPage = await fetchTopics("", after);
    found.push(...all.filter((t) => t.records.some((r) => r.device === device)));
    if (next === null) break;
    after = next;
  }
  return found;
}

/** Tells the topics that readings of a device came on, again and again until the answer is called. */
export function watchTopicsOf(device: string, tell: (found: readonly Topic[] | { problem: string }) => void): () => void {
  let ended = false;
  const load = (): void => {
    if (document.hidden) return;
    topicsOf(device).then((found) => { if (!ended) tell(found); }, (error: unknown) => { if (!ended) tell(problem(error)); });
  };
  load();
  const timer = setInterval(load, 3 * refreshMs);
  return () => { ended = true; clearInterval(timer); };
}
