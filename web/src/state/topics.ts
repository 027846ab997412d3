// SPDX-License-Identifier: Apache-2.0
// The topics that came in, asked for again while somebody looks, and mappings tried on them.

import { signal } from "@preact/signals";
import { fetchTopics, tryMapping } from "../net/rest";
import type { Decoded, Topic, TopicPage } from "../net/wire";

const refreshMs = 2000;

export type Topics = TopicPage | "loading" | { readonly problem: string };

export const topics = signal<Topics>("loading");

function problem(error: unknown): { problem: string } {
  return { problem: error instanceof Error ? error.message : String(error) };
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
