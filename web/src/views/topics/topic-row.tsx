// SPDX-License-Identifier: Apache-2.0
// One topic: a line, and when it is opened its payload, its records, and a mapping to try on it.

import { say } from "../../i18n/say";
import type { Decoded, DecodedRecord, Topic } from "../../net/wire";
import { serverNow } from "../../state/clock";
import { devicePath } from "../router";
import { TryMapping } from "./try-mapping";

/** The value as the device told it, not as a chart rounds it. */
function what(r: DecodedRecord): string {
  if (r.status !== null) return r.status;
  return `${r.sensor} ${Number((r.value ?? 0).toPrecision(9))}${r.unit === null ? "" : ` ${r.unit}`}`;
}

function outcome(d: Decoded): string {
  const [first] = d.records;
  if (d.dropped !== null) return say.topics.dropped(d.dropped);
  if (!first) return say.topics.nothing;
  return say.topics.became(first.device, what(first), d.records.length - 1);
}

/** What came of a message, record by record. */
export function Records({ decoded, total }: { decoded: Decoded; total: number }) {
  return (
    <div class="topic-records">
      {decoded.note !== "" && <p class="caption">{decoded.note}</p>}
      {decoded.records.length === 0
        ? <p class="quiet">{outcome(decoded)}</p>
        : (
          <ul>
            {decoded.records.map((r, i) => (
              <li key={i}><a href={devicePath(r.device)}>{r.device}</a> · {what(r)}</li>
            ))}
          </ul>
        )}
      {total > decoded.records.length && <p class="caption">{say.topics.moreRecords(total - decoded.records.length)}</p>}
    </div>
  );
}

function Detail({ topic }: { topic: Topic }) {
  const shown = topic.payload ?? topic.payloadBase64;
  return (
    <div class="topic-detail">
      <div>
        <h3>{topic.payload === null ? say.topics.payloadBase64 : say.topics.payload}{topic.retained && ` · ${say.topics.retained}`}</h3>
        <pre tabIndex={0}>{shown === "" ? say.topics.emptyPayload : shown}</pre>
        {topic.payloadCut && <p class="caption">{say.topics.cut(topic.payloadBytes)}</p>}
      </div>
      <div>
        <h3>{say.topics.takenBy(topic.decoder)}</h3>
        <Records decoded={topic} total={topic.recordsTotal} />
        {!topic.payloadCut && <TryMapping topic={topic} />}
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
