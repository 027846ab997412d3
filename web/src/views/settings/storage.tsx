// SPDX-License-Identifier: Apache-2.0
// What the history takes, tier by tier, how it grows, and when it is full.

import { say } from "../../i18n/say";
import { formatBytes, formatCount, formatDayTime, formatNumber, formatSpan, nothing } from "../../lib/format";
import { fullIn, growthOf, tiersOf, type Tier } from "../../lib/room";
import { fetchCounters } from "../../state/admin";
import { serverNow } from "../../state/clock";
import { Shown, usePolled } from "../polled";

function Tiers({ tiers }: { tiers: readonly Tier[] }) {
  const { storage: words } = say;
  return (
    <div class="settings-scroll" tabIndex={0} role="region" aria-label={words.tiers}>
      <table class="settings-table">
        <thead><tr><th scope="col">{words.tier}</th><th scope="col" class="cell-number">{say.settings.used}</th><th scope="col" class="cell-number">{words.day}</th><th scope="col">{words.oldest}</th><th scope="col">{words.kept}</th></tr></thead>
        <tbody>
          {tiers.map((t) => (
            <tr key={t.name}>
              <th scope="row">{words.names[t.name]}</th><td class="cell-number">{formatBytes(t.bytes)}</td><td class="cell-number">{formatBytes(t.dayBytes)}</td>
              <td>{t.oldest === null ? nothing : formatDayTime(t.oldest)}</td><td>{t.keptMs === null ? words.forever : formatSpan(t.keptMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Storage() {
  const [state, again] = usePolled(fetchCounters, 5000);
  const words = say.settings;
  return (
    <section class="card settings-card" aria-labelledby="storage">
      <h2 id="storage">{words.storage}</h2>
      <Shown of={state} again={again}>
        {(c) => {
          const readings = c.get("telltale_store_readings") ?? 0;
          const bytes = c.get("telltale_store_bytes") ?? 0;
          const each = readings > 0 ? bytes / readings : 0;
          const room = c.get("telltale_store_room_bytes") ?? 0;
          const budget = c.get("telltale_store_budget_bytes") ?? 0;
          const damaged = c.get("telltale_store_blocks_damaged_total") ?? 0;
          const tiers = tiersOf(c);
          const growth = tiers && growthOf(tiers, serverNow());
          const full = fullIn(room, growth);
          return (
            <>
              <p class="lead storage-lead">{say.storage.lead(formatBytes(bytes), full === null ? null : formatSpan(full), growth === null)}</p>
              <dl class="facts-list">
                <dt>{words.used}</dt><dd>{formatBytes(bytes)}</dd>
                <dt>{say.storage.budget}</dt><dd>{budget === 0 ? say.storage.noBudget : say.storage.ofBudget(formatBytes(budget), formatNumber((bytes / budget) * 100, 0))}</dd>
                <dt>{say.storage.room}</dt><dd>{formatBytes(room)}</dd>
                <dt>{words.growth}</dt><dd>{growth === null ? say.storage.tooNew : formatBytes(growth)}</dd>
                <dt>{words.readings}</dt><dd>{formatCount(readings)}</dd>
                <dt>{words.perReading}</dt><dd>{readings === 0 ? nothing : each < 1000 ? `${formatNumber(each, 2)}\u202fB` : formatBytes(each)}</dd>
                <dt>{words.checked}</dt><dd>{words.checkedBlocks(c.get("telltale_store_blocks_checked_total") ?? 0, damaged)}</dd>
                <dt>{words.deleted}</dt><dd>{formatCount(c.get("telltale_store_budget_deleted_total") ?? 0)}</dd>
                <dt>{words.writing}</dt><dd>{(c.get("telltale_store_degraded") ?? 0) > 0 ? words.degraded : words.writes}</dd>
              </dl>
              {tiers === null ? <p class="quiet">{say.storage.measuring}</p> : <Tiers tiers={tiers} />}
              <p class="quiet">{say.storage.how}</p>
            </>
          );
        }}
      </Shown>
    </section>
  );
}
