// SPDX-License-Identifier: Apache-2.0
// What came of a message: in a line, and record by record.

import { say } from "../../i18n/say";
import type { Decoded, DecodedRecord } from "../../net/wire";
import { devicePath } from "../router";

/** The value as the device told it, not as a chart rounds it. */
function what(r: DecodedRecord): string {
  if (r.status !== null) return r.status;
  return `${r.sensor} ${Number((r.value ?? 0).toPrecision(9))}${r.unit === null ? "" : ` ${r.unit}`}`;
}

export function outcome(d: Decoded): string {
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
