// SPDX-License-Identifier: Apache-2.0
// One topic: a line, and when it is opened its payload, its records, and a mapping to make of it.

import { useState } from "preact/hooks";
import { say } from "../../i18n/say";
import type { Topic } from "../../net/wire";
import { serverNow } from "../../state/clock";
import { session } from "../../state/session";
import { guessed } from "../../state/mappings";
import { MappingForm } from "./mapping-form";
import { Payload } from "./payload";
import { outcome, Records } from "./records";

function Detail({ topic }: { topic: Topic }) {
  const [mapping, setMapping] = useState(false);
  const mayTry = session.value !== null && session.value?.role !== "viewer";
  return (
    <div class="topic-detail">
      <div>
        <h3>{topic.payload === null ? say.topics.payloadBase64 : say.topics.payload}{topic.retained && ` · ${say.topics.retained}`}</h3>
        <Payload sample={topic} />
      </div>
      <div>
        <h3>{say.topics.takenBy(topic.decoder)}</h3>
        <Records decoded={topic} total={topic.recordsTotal} />
        {mayTry && !mapping && <button type="button" class={topic.dropped === null ? "button" : "button button-primary"} onClick={() => setMapping(true)}>{say.ingest.mapThis}</button>}
        {mapping && <MappingForm of={null} begin={guessed(topic.topic)} onClose={() => setMapping(false)} />}
      </div>
    </div>
  );
}

export function TopicRow({ topic, open, onToggle }: { topic: Topic; open: boolean; onToggle: () => void }) {
  const age = Math.max(0, serverNow() - topic.lastSeen);
  return (
    <li class={topic.dropped === null ? "" : "topic-lost"}>
      <button type="button" class="topic-row" aria-expanded={open} onClick={onToggle}>
        <span class="topic-name">{topic.topic}</span>
        <span class="topic-outcome">{outcome(topic)}</span>
        <span class="topic-decoder">{topic.decoder}</span>
        <span class="topic-rate">{say.topics.rate(topic.rate)}</span>
        <span class="topic-age">{age < 2000 ? say.age.now : say.age.ago(age)}</span>
      </button>
      {open && <Detail topic={topic} />}
    </li>
  );
}
