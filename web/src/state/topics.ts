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

/** A page; the first begins with what is not understood, wherever it stands in the order. */
async function page(prefix: string, after: string | null): Promise<TopicPage> {
  if (after !== null) return fetchTopics(prefix, after);
  const [lost, all] = await Promise.all([fetchTopics(prefix, null, "lost"), fetchTopics(prefix, null)]);
  const first = new Set(lost.topics.map((t) => t.topic));
  return { topics: [...lost.topics, ...all.topics.filter((t) => !first.has(t.topic))], next: all.next };
}

/** Keeps `topics` at what begins with `prefix`, from `after` on; the answer ends it. */
export function watchTopics(prefix: string, after: string | null): () => void {
  let ended = false;
  const load = () => {
    if (document.hidden) return;
    page(prefix, after).then(
      (found) => { if (!ended) topics.value = found; },
      (error: unknown) => { if (!ended) topics.value = problem(error); });
  };
  load();
  const timer = setInterval(load, refreshMs);
  return () => { ended = true; clearInterval(timer); };
}
