// SPDX-License-Identifier: Apache-2.0
// What comes in over MQTT, topic by topic: who took it, what came of it or why nothing did. What is
// not understood stands first.

import { Search } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { say } from "../../i18n/say";
import type { Topic, TopicPage } from "../../net/wire";
import { topics, watchTopics } from "../../state/topics";
import { route, setQuery } from "../router";
import { TopicRow } from "./topic-row";

/** Topics that ask for a person come first, each group in the order of the topics. */
function worstFirst(topics: readonly Topic[]): Topic[] {
  return [...topics.filter((t) => t.dropped !== null), ...topics.filter((t) => t.dropped === null)];
}

/** What stays open keeps its place: a row never moves under the form beside its payload. */
export function TopicList({ page, most }: { page: TopicPage; most?: number }) {
  const [open, setOpen] = useState<string | null>(null);
  const order = useRef<readonly string[]>([]);
  const sorted = worstFirst(page.topics).slice(0, most);
  if (open === null || !sorted.some((t) => t.topic === open)) order.current = sorted.map((t) => t.topic);
  const place = new Map(order.current.map((topic, i) => [topic, i] as const));
  const still = [...sorted].sort((a, b) => (place.get(a.topic) ?? place.size) - (place.get(b.topic) ?? place.size));
  if (page.topics.length === 0) return <p class="empty">{say.topics.none}</p>;
  return (
    <ul class="card topic-rows">
      {still.map((t) => (
        <TopicRow key={t.topic} topic={t} open={t.topic === open} onToggle={() => setOpen(t.topic === open ? null : t.topic)} />
      ))}
    </ul>
  );
}

export function TopicsView() {
  const prefix = route.value.query.get("prefix") ?? "";
  const after = route.value.query.get("after");
  useEffect(() => watchTopics(prefix, after), [prefix, after]);
  const state = topics.value;
  return (
    <div class="page">
      <div class="head"><h1>{say.topics.title}</h1><p class="quiet">{say.topics.explain}</p></div>
      <label class="search">
        <Search size={16} aria-hidden="true" />
        <input type="search" aria-label={say.topics.searchLabel} placeholder={say.topics.search} value={prefix} maxLength={1024}
          onInput={(event) => { setQuery("after", null); setQuery("prefix", event.currentTarget.value); }} />
      </label>
      {state === "loading" ? <p class="quiet">{say.topics.loading}</p>
        : "problem" in state ? <p class="problem" role="alert">{state.problem}</p>
          : <><h2 class="visually-hidden">{say.ingest.tree}</h2><TopicList page={state} /></>}
      {state !== "loading" && "topics" in state && (
        <p class="topic-pages">
          {after !== null && <button type="button" class="button" onClick={() => setQuery("after", null)}>{say.topics.first}</button>}
          {state.next !== null && <button type="button" class="button" onClick={() => setQuery("after", state.next)}>{say.topics.more}</button>}
        </p>
      )}
    </div>
  );
}
