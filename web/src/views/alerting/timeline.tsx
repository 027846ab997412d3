// SPDX-License-Identifier: Apache-2.0
// An alert's story in time: how it began, who was told and by which way, who has it, what was said, how it ended, and what is still to come.

import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { formatClock, formatDayTime, formatExact, formatValue, zoneName } from "../../lib/format";
import { problemText } from "../../lib/problem";
import type { Notification } from "../../net/wire";
import type { Shown } from "../../state/alerts";
import { notificationsOf } from "../../state/channels";
import { now } from "../../state/clock";
import { deviceOf } from "../../state/fleet";
import { decimalsOf } from "../../state/reading";
import { conditionText, sensorOf } from "../alert-text";

interface Moment {
  readonly at: number;
  readonly words: string;
  readonly more: string;
  readonly problem: boolean;
  /** It has not happened yet. */
  readonly ahead: boolean;
}

function momentOf(n: Notification): Moment {
  const words = tools.alerting.told(n.event, n.target || n.channel, n.step);
  const ahead = n.state === "waiting";
  return { at: ahead && n.dueAt > 0 ? n.dueAt : n.at, words: tools.alerting.toldState(n.state, words), more: n.error, problem: n.state === "failed" || n.error !== "", ahead };
}

/** The value that raised it, and what it met. */
function began(alert: Shown): string {
  const sensor = sensorOf(deviceOf(alert.deviceId), alert.sensorType);
  const condition = conditionText(alert, sensor);
  return alert.value === null || sensor.id === "" ? condition : say.alerts.equation(formatValue(alert.value, decimalsOf(alert.value), sensor.unit), condition);
}

export function momentsOf(alert: Shown, sent: readonly Notification[]): Moment[] {
  const words = tools.alerting;
  const own = (at: number | null, text: string, more = ""): Moment[] => (at === null ? [] : [{ at, words: text, more, problem: false, ahead: false }]);
  return [
    ...own(alert.createdAt, words.began, began(alert)), ...own(alert.acknowledgedAt, words.acknowledgedBy(alert.acknowledgedBy), alert.note === null || alert.note === "" ? "" : `“${alert.note}”`),
    ...own(alert.resolvedAt, words.resolvedAt), ...(alert.resolved ? [] : own(alert.mutedUntil, words.quietUntil).map((m) => ({ ...m, ahead: true }))),
    ...sent.filter((n) => n.state !== "cancelled").map(momentOf),
  ].sort((a, b) => a.at - b.at);
}

export function Timeline({ alert }: { alert: Shown }) {
  const sent = useSignal<readonly Notification[]>([]);
  const problem = useSignal<string | null>(null);
  useEffect(() => void notificationsOf(alert.id).then((found) => { sent.value = found; }, (e: unknown) => { problem.value = problemText(e); }), [alert.id, alert.updatedAt]);
  const day = (t: number): string => (Math.abs(now.peek() - t) < 72_000_000 ? formatClock(t) : formatDayTime(t));
  return (
    <section class="card timeline" aria-labelledby="timeline">
      <header class="card-head"><h2 id="timeline">{tools.alerting.timeline}</h2><span class="quiet">{tools.alerting.timesIn(zoneName(alert.createdAt))}</span></header>
      <ol>
        {momentsOf(alert, sent.value).map((m, i) => (
          <li key={i} class={m.ahead ? "ahead" : undefined}>
            <time dateTime={new Date(m.at).toISOString()} title={formatExact(m.at)}>{day(m.at)}</time>
            <span><b>{m.words}</b>{m.more !== "" && <span class={m.problem ? "problem" : "quiet"}> {m.more}</span>}</span>
          </li>
        ))}
      </ol>
      {problem.value !== null && <p class="quiet">{tools.alerting.notToldHere(problem.value)}</p>}
    </section>
  );
}
