// SPDX-License-Identifier: Apache-2.0
// The topics and messages that came in, asked for again while somebody looks.

import { signal } from "@preact/signals";
import { problemText } from "../lib/problem";
import { fetchTopics } from "../net/topics";
import type { TopicPage } from "../net/wire";

export { fetchMessages } from "../net/topics";

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
