// SPDX-License-Identifier: Apache-2.0
// What happened, who has it, is it over? The state, the minutes around it, what was said, and earlier ones alike.

import "../chart/parts";
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Line } from "../../charts/model";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { formatDayTime, formatSpan } from "../../lib/format";
import { toShown } from "../../lib/units";
import { problemText } from "../../lib/problem";
import { acknowledge, sayNote } from "../../state/alert-acts";
import { loadAlert, pendingAlerts, recentAlerts, type Shown } from "../../state/alerts";
import { now, serverNow } from "../../state/clock";
import { fresh, watchDevice } from "../../state/connection";
import { deviceOf, fleet } from "../../state/fleet";
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
import { addPageKeys } from "../page-keys";
import { devicePath, route, setQuery } from "../router";
import { Resolved } from "./resolved";
import { SnoozeMenu, WakeButton } from "./snooze";
import { isSnoozed } from "./snoozed";
import { lineParts } from "../value";
import { Timeline } from "./timeline";

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
    series, name: sensor.name, ...lineParts(alert.deviceId, sensor), colour: "--series1", dashed: false,
  }], [series, sensor.name, sensor.unit]);
  const rules = rulesFor(alert.deviceId, alert.sensorType).filter((r) => r.id === alert.ruleId);
  return <ChartCard title={sensor.name} lines={lines} range={range} limits={plotLimits(rules, sensor, toShown(alert.value, sensor.unit))} marks={marksOf(alert.deviceId, [])} cause={noCause} onMark={nothing} />;
}

function Note({ alert }: { alert: Shown }) {
  const text = useSignal(alert.note ?? "");
  const problem = useSignal<string | null>(null);
  if (!mayAcknowledge.value || alert.resolved || alert.pending) return null;
  const send = (event: Event): void => {
    event.preventDefault();
    problem.value = null;
    if (!alert.acknowledged) void acknowledge(alert.id, fresh.peek(), text.peek().trim());
    else sayNote(alert.id, text.peek().trim()).catch((e: unknown) => { problem.value = tools.alerting.noteNotSaved(problemText(e)); });
  };
  return (
    <form class="note-form" onSubmit={send}>
      <label class="form-field">{tools.alerting.note} <input value={text} maxLength={1024} placeholder={tools.alerting.noteHint} onInput={(e) => { text.value = e.currentTarget.value; }} /></label>
      <button type="submit" class="button" disabled={alert.acknowledged && !fresh.value}>{alert.acknowledged ? tools.alerting.sayIt : tools.alerting.acknowledgeWith}</button>
      {problem.value !== null && <span class="problem" role="alert">{problem}</span>}
    </form>
  );
}

function Facts({ alert }: { alert: Shown }) {
  const lasted = useComputed(() => formatSpan((alert.resolvedAt ?? now.value) - alert.createdAt));
  return (
    <section class="card details" aria-label={tools.alerting.facts}>
      <dl>
        <dt>{tools.rules.one}</dt><dd><a href={`/rules/${encodeURIComponent(alert.ruleId)}`}>{alert.ruleName ?? tools.rules.one}</a></dd>
        <dt>{alert.resolved ? tools.alerting.lasted : tools.alerting.lasts}</dt><dd>{lasted}</dd>
        {alert.late && <><dt>{tools.alerting.late}</dt><dd>{tools.alerting.lateWords}</dd></>}
      </dl>
    </section>
  );
}


/** Is it over, and who has it: one line. */
function State({ alert }: { alert: Shown }) {
  const words = tools.alerting;
  const line = useComputed(() => {
    const span = formatSpan((alert.resolvedAt ?? now.value) - alert.createdAt);
    if (alert.pending) return words.statePending(span);
    return alert.resolved ? words.stateOver(formatDayTime(alert.resolvedAt ?? alert.updatedAt), span) : words.stateOpen(span);
  });
  return <p class="lead state-line">{line} {!alert.resolved && !alert.pending && <Holder alert={{ ...alert, muted: null }} />} {!alert.resolved && alert.snoozing !== null && <span class="holder">{words.untilQueued(formatDayTime(alert.snoozing))}</span>} {!alert.resolved && alert.snoozing === null && alert.muted !== null && <span class="holder">{words.muted} {words.mutedBy(alert.muted, alert.mutedUntil === null ? null : formatDayTime(alert.mutedUntil))}</span>}</p>;
}

/** A notification whose act did not reach the server opens the page with it. */
function useAct(alert: Shown): void {
  useEffect(() => {
    const act = route.peek().query.get("do");
    if (act === null) return;
    setQuery("do", null);
    if (act === "acknowledge") void acknowledge(alert.id, fresh.peek());
    else if (act === "snooze") document.querySelector<HTMLElement>(".alert-acts .snooze-act")?.click();
  }, [alert.id]);
}

/** The keys of a row, on the page of one alert. */
function useKeys(id: string): void {
  useEffect(() => addPageKeys((key) => {
    const selector = { a: ".acknowledge-act", s: ".snooze-act", z: ".undo-act", c: ".note-form input" }[key];
    const found = selector === undefined ? null : document.querySelector<HTMLElement>(key === "c" ? selector : `.alert-acts ${selector}`);
    if (key === "c") found?.focus();
    else found?.click();
    return found !== null;
  }), [id]);
}

function Found({ alert }: { alert: Shown }) {
  fleet.value;
  useAct(alert);
  useKeys(alert.id);
  const alike = recentAlerts.value.filter((a) => a.id !== alert.id && a.ruleId === alert.ruleId && a.deviceId === alert.deviceId && a.resolved).slice(0, mostAlike);
  return (
    <>
      <header class="device-head">
        <nav class="crumbs"><a href="/alerts">{say.alerts.title}</a> / <a href={devicePath(alert.deviceId)}>{deviceName(alert.deviceId)}</a></nav>
        <div class="device-line">
          <SeverityBadge alert={alert} />
          <h1>{deviceName(alert.deviceId)}: {valueAndCondition(alert)}</h1>
        </div>
        <State alert={alert} />
      </header>
      <div class="alert-acts"><AcknowledgeButton alert={alert} primary />{isSnoozed(alert) ? <WakeButton alert={alert} /> : <SnoozeMenu alert={alert} />}<Refusal alert={alert} /></div>
      <Note key={alert.id} alert={alert} />
      <div class="alert-grid"><Around alert={alert} /><div class="alert-side"><Timeline alert={alert} /><Facts alert={alert} /></div></div>
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
