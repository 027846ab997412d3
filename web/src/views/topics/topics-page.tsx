// SPDX-License-Identifier: Apache-2.0
// What comes in over MQTT, topic by topic: who took it, what came of it or why nothing did. What is
// not understood stands first.

import { Search } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { say } from "../../i18n/say";
import type { Topic, TopicPage } from "../../net/wire";
import { topics, watchTopics } from "../../state/topics";
import { route, setQuery } from "../router";
import { TopicRow } from "./topic-row";

/** Topics that ask for a person come first, each group in the order of the topics. */
function worstFirst(topics: readonly Topic[]): Topic[] {
  return [...topics.filter((t) => t.dropped !== null), ...topics.filter((t) => t.dropped === null)];
}

function List({ page, open, onOpen }: { page: TopicPage; open: string | null; onOpen: (topic: string | null) => void }) {
  if (page.topics.length === 0) return <p class="empty">{say.topics.none}</p>;
  return (
    <ul class="card topic-rows">
      {worstFirst(page.topics).map((t) => (
        <TopicRow key={t.topic} topic={t} open={t.topic === open} onToggle={() => onOpen(t.topic === open ? null : t.topic)} />
      ))}
    </ul>
  );
}

export function TopicsView() {
  const prefix = route.value.query.get("prefix") ?? "";
  const after = route.value.query.get("after");
  const [open, setOpen] = useState<string | null>(null);
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
          : <List page={state} open={open} onOpen={setOpen} />}
      {state !== "loading" && "topics" in state && (
        <p class="topic-pages">
          {after !== null && <button type="button" class="button" onClick={() => setQuery("after", null)}>{say.topics.first}</button>}
          {state.next !== null && <button type="button" class="button" onClick={() => setQuery("after", state.next)}>{say.topics.more}</button>}
        </p>
      )}
    </div>
  );
}
