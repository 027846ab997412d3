// SPDX-License-Identifier: Apache-2.0
// What changed in the last hour, as a lane and as words.

import { useComputed } from "@preact/signals";
import { say } from "../../i18n/say";
import { formatExact, formatMinute, zoneName } from "../../lib/format";
import { now } from "../../state/clock";
import { fleet } from "../../state/fleet";
import { Glyph } from "../glyph";
import { phone } from "../screen";
import { changesSince, type Change } from "./facts";

const hour = 3_600_000;
const tenMinutes = 600_000;
const mostWords = 8;
const mostMarks = 60;

function Lane({ changes, to }: { changes: readonly Change[]; to: number }) {
  const from = to - hour;
  const ticks: number[] = [];
  for (let t = Math.ceil(from / tenMinutes) * tenMinutes; t < to; t += tenMinutes) ticks.push(t);
  const at = (t: number): string => `${(((t - from) / hour) * 100).toFixed(2)}%`;
  return (
    <div class="lane" aria-hidden="true">
      <div class="lane-track">
        {ticks.map((t) => <i key={t} style={{ left: at(t) }} />)}
        {changes.slice(0, mostMarks).map((c) => (
          <span key={`${c.at}${c.who}${c.what}`} style={{ left: at(c.at) }} title={`${formatMinute(c.at)} ${c.who} ${c.what}`}><Glyph name={c.glyph} /></span>
        ))}
      </div>
      <div class="lane-words">
        {ticks.filter((t) => t - from > 150_000 && to - t > 150_000).map((t) => <span key={t} style={{ left: at(t) }}>{formatMinute(t)}</span>)}
        {(ticks[0] ?? to) - from > 150_000 && <span class="lane-first">{formatMinute(from)}</span>}
        <span class="lane-now">{say.chart.now}</span>
      </div>
    </div>
  );
}

export function ChangesCard() {
  const minute = useComputed(() => Math.floor(now.value / 10_000) * 10_000);
  const changes = useComputed(() => {
    fleet.value;
    return changesSince(minute.value - hour);
  });
  return (
    <section class="card card-changes" aria-labelledby="changes">
      <header class="card-head">
        <h2 id="changes">{say.overview.changed}</h2>
        <span class="quiet">{say.overview.events(changes.value.length, zoneName(minute.value))}</span>
        <span class="card-space" />
        <a class="hide-phone" href="/alerts?tab=history">{say.facts.allEvents}</a>
      </header>
      {!phone.value && <Lane changes={changes.value} to={minute.value} />}
      {changes.value.length === 0 && <p class="empty">{say.overview.noEvents}</p>}
      <ol class="changes">
        {changes.value.slice(0, mostWords).map((c) => (
          <li key={`${c.at}${c.who}${c.what}`}>
            <time dateTime={new Date(c.at).toISOString()} title={formatExact(c.at)}>{formatMinute(c.at)}</time>
            <Glyph name={c.glyph} />
            <span>{c.href === null ? <b>{c.who}</b> : <a href={c.href}>{c.who}</a>} {c.what}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
