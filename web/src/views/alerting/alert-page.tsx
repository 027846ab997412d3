// SPDX-License-Identifier: Apache-2.0
// What happened, who has it, is it over? The state, the minutes around it, what was said, and earlier ones alike.

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Line } from "../../charts/model";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { formatDayTime, formatExact, formatSpan, zoneName } from "../../lib/format";
import { problemText } from "../../lib/problem";
import { acknowledge, loadAlert, pendingAlerts, recentAlerts, sayNote, type Shown } from "../../state/alerts";
import { now, serverNow } from "../../state/clock";
import { fresh, watchDevice } from "../../state/connection";
import { deviceOf, fleet, readingOf } from "../../state/fleet";
import { TimeRange } from "../../state/range";
import { rulesFor } from "../../state/rules";
import { mayAcknowledge } from "../../state/session";
import { Series } from "../../state/series";
import { AcknowledgeButton, Holder, Refusal } from "../acknowledge";
import { deviceName, sensorOf, valueAndCondition } from "../alert-text";
import { ChartCard } from "../chart/chart-card";
import { marksOf } from "../chart/marks";
import { plotLimits } from "../device/limits";
import { SeverityBadge } from "../glyph";
import { devicePath, route, setQuery } from "../router";
import { Resolved } from "./resolved";
import { SnoozeMenu } from "./silences";

const around = 30 * 60_000;
const points = 800;
const mostAlike = 20;
const noCause = (): null => null;
const nothing = (): void => undefined;

/** From half an hour before until half an hour after, or now. */
function viewAround(a: Shown): { span: number; end: number | null } {
  const from = a.createdAt - around;
  const end = a.resolvedAt === null ? null : a.resolvedAt + around;
  const to = end === null || end > serverNow() ? serverNow() : end;
  return { span: to - from, end: end === null || end > serverNow() ? null : end };
}

function Around({ alert }: { alert: Shown }) {
  const range = useMemo(() => new TimeRange(viewAround(alert)), [alert.id, alert.resolvedAt]);
  const series = useMemo(() => new Series(alert.deviceId, alert.sensorType, range, points), [range, alert.deviceId, alert.sensorType]);
  useEffect(() => {
    series.start();
    const stop = watchDevice(alert.deviceId);
    return () => {
      series.stop();
      stop();
    };
  }, [series]);
  fleet.value;
  const sensor = sensorOf(deviceOf(alert.deviceId), alert.sensorType);
  const lines: readonly Line[] = useMemo(() => [{
    series, name: sensor.name, unit: sensor.unit, colour: "--series1", dashed: false, steps: sensor.boolean,
    decimals: sensor.decimals ?? readingOf(alert.deviceId, alert.sensorType)?.decimals ?? 1,
  }], [series, sensor.name, sensor.unit]);
  const rules = rulesFor(alert.deviceId, alert.sensorType).filter((r) => r.id === alert.ruleId);
  return <ChartCard title={sensor.name} lines={lines} range={range} limits={plotLimits(rules, sensor, alert.value)} marks={marksOf(alert.deviceId, [])} cause={noCause} onMark={nothing} />;
}

function Note({ alert }: { alert: Shown }) {
  const text = useSignal(alert.note ?? "");
  const problem = useSignal<string | null>(null);
  if (!mayAcknowledge.value || alert.resolved || alert.pending) return alert.note === null ? null : <p class="lead">“{alert.note}”</p>;
  const send = (event: Event): void => {
    event.preventDefault();
    sayNote(alert.id, text.value).then(() => { problem.value = null; }, (e: unknown) => { problem.value = problemText(e); });
  };
  return (
    <form class="note-form" onSubmit={send}>
      <label class="form-field">{tools.alerting.note} <input value={text} maxLength={1024} onInput={(e) => { text.value = e.currentTarget.value; }} /></label>
      <button type="submit" class="button" disabled={!fresh.value}>{alert.acknowledged ? tools.alerting.sayIt : tools.alerting.acknowledgeWith}</button>
      {problem.value !== null && <span class="problem" role="alert">{problem}</span>}
    </form>
  );
}

function Facts({ alert }: { alert: Shown }) {
  const lasted = useComputed(() => formatSpan((alert.resolvedAt ?? now.value) - alert.createdAt));
  const times: readonly (readonly [string, number | null])[] = [
    [tools.alerting.began, alert.createdAt], [tools.alerting.acknowledgedAt, alert.acknowledgedAt], [tools.alerting.resolvedAt, alert.resolvedAt],
  ];
  return (
    <section class="card details" aria-label={tools.alerting.facts}>
      <dl>
        {alert.ruleName !== null && <><dt>{tools.rules.one}</dt><dd><a href={`/rules/${encodeURIComponent(alert.ruleId)}`}>{alert.ruleName}</a></dd></>}
        {times.map(([words, t]) => t !== null && <><dt key={words}>{words}</dt><dd><time dateTime={new Date(t).toISOString()} title={formatExact(t)}>{formatDayTime(t)} {zoneName(t)}</time></dd></>)}
        <dt>{alert.resolved ? tools.alerting.lasted : tools.alerting.lasts}</dt><dd>{lasted}</dd>
        {alert.late && <><dt>{tools.alerting.late}</dt><dd>{tools.alerting.lateWords}</dd></>}
        {alert.muted !== null && <><dt>{tools.alerting.muted}</dt><dd>{tools.alerting.mutedBy(alert.muted, alert.mutedUntil === null ? null : formatDayTime(alert.mutedUntil))}</dd></>}
      </dl>
    </section>
  );
}

/** A notification whose act did not reach the server opens the page with it. */
function useAct(alert: Shown): void {
  useEffect(() => {
    const act = route.peek().query.get("do");
    if (act === null) return;
    setQuery("do", null);
    if (act === "acknowledge") void acknowledge(alert.id, fresh.peek());
    else if (act === "snooze") document.querySelector<HTMLElement>(".alert-acts .popover-holder button")?.click();
  }, [alert.id]);
}

function Found({ alert }: { alert: Shown }) {
  fleet.value;
  useAct(alert);
  const alike = recentAlerts.value.filter((a) => a.id !== alert.id && a.ruleId === alert.ruleId && a.deviceId === alert.deviceId && a.resolved).slice(0, mostAlike);
  return (
    <>
      <header class="device-head">
        <nav class="crumbs"><a href="/alerts">{say.alerts.title}</a> / <a href={devicePath(alert.deviceId)}>{deviceName(alert.deviceId)}</a></nav>
        <div class="device-line">
          <SeverityBadge alert={alert} />
          <h1>{deviceName(alert.deviceId)}: {valueAndCondition(alert)}</h1>
        </div>
      </header>
      <div class="alert-acts"><Holder alert={alert} /><AcknowledgeButton alert={alert} primary /><SnoozeMenu alert={alert} /><Refusal alert={alert} /></div>
      <Note key={alert.id} alert={alert} />
      <div class="alert-grid"><Around alert={alert} /><Facts alert={alert} /></div>
      {alike.length > 0 && <Resolved done={alike} />}
    </>
  );
}

export function AlertPage({ id }: { id: string }) {
  const failed = useSignal(false);
  useEffect(() => void loadAlert(id).then((there) => { failed.value = !there; }, () => { failed.value = true; }), [id]);
  const alert = [...recentAlerts.value, ...pendingAlerts.value].find((a) => a.id === id);
  return (
    <div class="page">
      {alert ? <Found alert={alert} /> : failed.value
        ? <><h1>{tools.alerting.gone}</h1><p><a href="/alerts">{tools.alerting.toList}</a></p></>
        : <p class="quiet">{say.loading}</p>}
    </div>
  );
}
