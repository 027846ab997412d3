// SPDX-License-Identifier: Apache-2.0
// One message: a line, and when it is opened all that is kept of it.

import { say } from "../../i18n/say";
import { formatClock, formatExact } from "../../lib/format";
import type { Message } from "../../net/wire";
import { Payload } from "./payload";
import { outcome, Records } from "./records";

function Detail({ message }: { message: Message }) {
  return (
    <div class="topic-detail">
      <div>
        <h3>{message.payload === null ? say.ingest.payloadBase64 : say.ingest.payload}</h3>
        <Payload sample={message} />
      </div>
      <div>
        <h3>{say.topics.takenBy(message.decoder)}</h3>
        <Records decoded={message} total={message.recordsTotal} />
        <p class="caption"><time dateTime={new Date(message.at).toISOString()}>{formatExact(message.at)}</time> · {say.ingest.qos(message.qos)}{message.retained && ` · ${say.topics.retained}`}</p>
      </div>
    </div>
  );
}

export function MessageRow({ message, open, onToggle }: { message: Message; open: boolean; onToggle: () => void }) {
  return (
    <li class={message.dropped === null ? "" : "topic-lost"}>
      <button type="button" class="topic-row message-row" aria-expanded={open} onClick={onToggle}>
        <span class="topic-age">{formatClock(message.at)}</span>
        <span class="topic-name">{message.topic}</span>
        <code class="message-payload">{message.payload ?? message.payloadBase64}</code>
        <span class="topic-outcome">{outcome(message)}</span>
      </button>
      {open && <Detail message={message} />}
    </li>
  );
}
