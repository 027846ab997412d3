// SPDX-License-Identifier: Apache-2.0
// What the history takes, and how it grows while one looks.

import { useRef } from "preact/hooks";
import { say } from "../../i18n/say";
import { formatBytes, formatCount, formatNumber, formatSpan, nothing } from "../../lib/format";
import { fetchCounters } from "../../state/admin";
import { Shown, usePolled } from "../polled";

const leastWatched = 60_000;
const day = 86_400_000;

export function Storage() {
  const [state, again] = usePolled(fetchCounters, 5000);
  const first = useRef<{ readings: number; at: number } | null>(null);
  const words = say.settings;
  return (
    <section class="card settings-card" aria-labelledby="storage">
      <h2 id="storage">{words.storage}</h2>
      <Shown of={state} again={again}>
        {(c) => {
          const readings = c.get("telltale_store_readings") ?? 0;
          const bytes = c.get("telltale_store_bytes") ?? 0;
          first.current ??= { readings, at: Date.now() };
          const watched = Date.now() - first.current.at;
          const each = readings > 0 ? bytes / readings : 0;
          const grown = ((readings - first.current.readings) / Math.max(1, watched)) * day * each;
          const room = c.get("telltale_store_room_bytes") ?? 0;
          const damaged = c.get("telltale_store_blocks_damaged_total") ?? 0;
          return (
            <dl class="facts-list">
              <dt>{words.used}</dt><dd>{formatBytes(bytes)}</dd>
              <dt>{words.readings}</dt><dd>{formatCount(readings)}</dd>
              <dt>{words.perReading}</dt><dd>{readings === 0 ? nothing : each < 1000 ? `${formatNumber(each, 2)}\u202fB` : formatBytes(each)}</dd>
              <dt>{words.growth}</dt><dd>{watched < leastWatched ? words.watching : words.growthOf(formatBytes(grown), formatSpan(watched))}</dd>
              <dt>{say.storage.room}</dt><dd>{formatBytes(room)}{watched >= leastWatched && grown > 0 && `, ${say.storage.fullIn(formatSpan((room / grown) * day))}`}</dd>
              <dt>{words.checked}</dt><dd>{words.checkedBlocks(c.get("telltale_store_blocks_checked_total") ?? 0, damaged)}</dd>
              <dt>{words.deleted}</dt><dd>{formatCount(c.get("telltale_store_budget_deleted_total") ?? 0)}</dd>
              <dt>{words.writing}</dt><dd>{(c.get("telltale_store_degraded") ?? 0) > 0 ? words.degraded : words.writes}</dd>
            </dl>
          );
        }}
      </Shown>
    </section>
  );
}
