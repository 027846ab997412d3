// SPDX-License-Identifier: Apache-2.0
// The events of the range as a list: the lane's twin in words.

import { say } from "../../i18n/say";
import { formatDayTime, formatExact, formatSpan } from "../../lib/format";
import { Drawer } from "../drawer";
import { Glyph } from "../glyph";
import type { EventMark } from "./marks";

function when(m: EventMark): string {
  if (m.until === m.at) return formatDayTime(m.at);
  if (m.until === null) return say.events.since(formatDayTime(m.at));
  return `${say.events.until(formatDayTime(m.at), formatDayTime(m.until))}, ${formatSpan(m.until - m.at)}`;
}

export function EventsDrawer({ marks, chosen, onClose }: { marks: readonly EventMark[]; chosen: EventMark | null; onClose: () => void }) {
  return (
    <Drawer title={say.events.inRange(marks.length)} onClose={onClose}>
      {marks.length === 0 && <p class="empty">{say.events.none}</p>}
      <ol class="event-list">
        {[...marks].reverse().map((m) => (
          <li key={`${m.at}${m.label}`} class={m === chosen ? "event-chosen" : undefined} aria-current={m === chosen ? "true" : undefined}>
            <Glyph name={m.glyph} />
            <span><b>{m.label}</b><br /><time class="quiet" dateTime={new Date(m.at).toISOString()} title={formatExact(m.at)}>{when(m)}</time></span>
          </li>
        ))}
      </ol>
    </Drawer>
  );
}
