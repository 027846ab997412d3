// SPDX-License-Identifier: Apache-2.0
// What rang how often: a lane a rule and device, bars while it fired, lighter from when on somebody had it.

import { useEffect } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { formatCount, formatDate, formatDayTime, formatSpan, zoneOffset } from "../../lib/format";
import { lanesOf, type Bar, type Lane } from "../../lib/noise";
import { historyFrom, historyProblem, loadHistory } from "../../state/alert-history";
import { recentAlerts } from "../../state/alerts";
import { serverNow } from "../../state/clock";
import { fleet } from "../../state/fleet";
import { deviceName } from "../alert-text";
import { Glyph } from "../glyph";
import { alertPath, go } from "../router";
import { formatLength } from "../../lib/length";

const day = 86_400_000;
const week = 7 * day;

function days(from: number, to: number): number[] {
  const zone = zoneOffset(to);
  const out: number[] = [];
  for (let t = Math.floor((from + zone) / day) * day + day - zone; t < to; t += day) out.push(t);
  return out;
}

function Track({ lane, from, to }: { lane: Lane; from: number; to: number }) {
  const x = (t: number): number => ((t - from) / (to - from)) * 100;
  const part = (key: string, cls: string, a: number, b: number) => <rect key={key} class={cls} x={`${x(a).toFixed(3)}%`} width={`${Math.max(0.35, x(b) - x(a)).toFixed(3)}%`} y="0" height="14" />;
  const drawn = (b: Bar) => (
    <g key={b.id} class="bar-of" onClick={() => go(alertPath(b.id))}>
      <title>{tools.alerting.barWords(formatDayTime(b.from), formatSpan(b.to - b.from))}</title>
      {b.held < b.to && part(`${b.id}h`, `bar bar-held bar-${b.severity}`, b.held, b.to)}
      {(b.held > b.from || b.held === b.to) && part(b.id, `bar bar-${b.severity}`, b.from, b.held)}
    </g>
  );
  return <svg class="noise-track" width="100%" height="14" aria-hidden="true"><rect class="noise-ground" width="100%" height="14" rx="3" />{lane.bars.map(drawn)}</svg>;
}

function Row({ lane, from, to }: { lane: Lane; from: number; to: number }) {
  const last = lane.bars[lane.bars.length - 1];
  return (
    <tr>
      <th scope="row"><Glyph name={lane.severity} label={say.severity[lane.severity]} /> <a href={last ? alertPath(last.id) : "/alerts"}>{deviceName(lane.device)}</a> <span>{lane.ruleName || lane.sensor}</span></th>
      <td class="noise-lane"><Track lane={lane} from={from} to={to} /></td>
      <td class="cell-number">{formatCount(lane.bars.length)}</td>
      <td class="cell-number">{formatLength(lane.totalMs)}</td>
      <td class="cell-number">{lane.toAcknowledgeMs === null ? "–" : formatLength(lane.toAcknowledgeMs)}</td>
    </tr>
  );
}

export function Noisiest({ most, link }: { most: number; link: boolean }) {
  fleet.value;
  useEffect(() => void loadHistory(serverNow() - week), []);
  const to = serverNow();
  const from = to - week;
  const lanes = lanesOf(recentAlerts.value, from, to);
  const words = tools.alerting;
  if (historyProblem.value !== null) return <p class="problem" role="alert">{words.historyFailed(historyProblem.value)} <button type="button" class="button" onClick={() => void loadHistory(from)}>{say.chart.retry}</button></p>;
  if (lanes.length === 0) return null;
  return (
    <section class="card noise" aria-labelledby="noisiest">
      <header class="card-head"><h2 id="noisiest">{words.noisiest}</h2><span class="quiet">{words.noisiestHow}</span><span class="card-space" />{link && <a href="/alerts?tab=history">{words.tabs.history}</a>}</header>
      <div class="noise-scroll" tabIndex={0} role="group" aria-labelledby="noisiest">
        <table>
          <thead>
            <tr>
              <th scope="col">{words.ruleDevice}</th>
              <th scope="col" class="noise-days"><span class="visually-hidden">{words.firing}</span>{days(from, to).map((t) => <time key={t} dateTime={new Date(t).toISOString()} aria-hidden="true" style={{ insetInlineStart: `${((t - from) / week) * 100}%` }}>{formatDate(t)}</time>)}</th>
              <th scope="col" class="cell-number">{words.count}</th><th scope="col" class="cell-number">{words.total}</th><th scope="col" class="cell-number" title={words.toAckLong}>{words.toAck}</th>
            </tr>
          </thead>
          <tbody>{lanes.slice(0, most).map((lane) => <Row key={lane.key} lane={lane} from={from} to={to} />)}</tbody>
        </table>
      </div>
      {Number.isFinite(historyFrom.value) && historyFrom.value > from && <p class="quiet noise-foot">{words.heldFrom(formatDayTime(historyFrom.value))}</p>}
      {lanes.length > most && !link && <p class="quiet noise-foot">{words.firstOf(formatCount(most), formatCount(lanes.length))}</p>}
    </section>
  );
}
