// SPDX-License-Identifier: Apache-2.0
// The past, beside a rule: what it would have done on real history, by the very engine that will run it.

import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { formatSpan } from "../../lib/format";
import { hasRange, hasThreshold, lacking, ruleOf, type RuleForm } from "../../lib/rule-form";
import type { Backtest, Firing, Samples } from "../../net/wire";
import { BacktestJob, pastOf } from "../../state/backtest";
import { serverNow } from "../../state/clock";
import { deviceOf } from "../../state/fleet";
import { devicesOfScope } from "../../state/rule-scope";
import { deviceName, sensorOf } from "../alert-text";
import { HistoryChart } from "./history-chart";

const day = 86_400_000;
const spans = [1, 7, 30] as const;
const points = 800;
const mostLanes = 20;
/** More than this a day and device, and people stop reading. */
const tooMany = 10;

function useHistory(device: string | null, sensor: string, from: number, to: number): Samples | null {
  const samples = useSignal<Samples | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    samples.value = null;
    if (device === null || sensor === "") return;
    pastOf({ device, sensor }, from, to, points, abort.signal).then((found) => { samples.value = found; }, () => undefined);
    return () => abort.abort();
  }, [device, sensor, from, to]);
  return samples.value;
}

function Lanes({ firings, from, to, onChoose }: { firings: readonly Firing[]; from: number; to: number; onChoose: (device: string) => void }) {
  const byDevice = new Map<string, Firing[]>();
  for (const f of firings) byDevice.set(f.device, [...byDevice.get(f.device) ?? [], f]);
  const worst = [...byDevice].sort((a, b) => b[1].length - a[1].length).slice(0, mostLanes);
  if (worst.length < 2) return null;
  return (
    <ul class="lanes">
      {worst.map(([device, own]) => (
        <li key={device}>
          <button type="button" class="link" onClick={() => onChoose(device)}>{deviceName(device)}</button>
          <span class="lane-track" aria-hidden="true">
            {own.map((f) => <i key={f.from} class="would" style={{ left: `${((f.from - from) / (to - from)) * 100}%`, width: `${Math.max(0.3, (((f.to ?? to) - f.from) / (to - from)) * 100)}%` }} />)}
          </span>
          <span class="quiet">{tools.rules.times(own.length)}</span>
        </li>
      ))}
    </ul>
  );
}

function Verdict({ result, days }: { result: Backtest; days: number }) {
  const devices = new Set(result.firings.map((f) => f.device)).size;
  const perDay = result.count / days / Math.max(1, devices);
  return (
    <>
      <p class="verdict">
        <b>{result.count === 0 ? tools.rules.never(days) : tools.rules.wouldHave(result.count, devices, days)}</b>
        {result.count > 0 && <span class="quiet"> {tools.rules.inAll(formatSpan(result.totalMs), formatSpan(result.longestMs))}</span>}
        {result.saved !== null && result.saved !== result.count && <span class="quiet"> {tools.rules.against(result.count - result.saved)}</span>}
      </p>
      {perDay > tooMany && <p class="problem">{tools.rules.tooMany(Math.round(perDay))}</p>}
    </>
  );
}

export function Past({ form, body, saved, onChange }: { form: RuleForm | null; body: object | null; saved: string | null; onChange: (form: RuleForm) => void }) {
  const days = useSignal<(typeof spans)[number]>(7);
  const chosen = useSignal<string | null>(null);
  const job = useMemo(() => new BacktestJob(), []);
  const [from, to] = useMemo(() => {
    const end = serverNow();
    return [end - days.value * day, end];
  }, [days.value]);
  const scope = form === null ? [] : devicesOfScope(form);
  const device = chosen.value !== null && scope.includes(chosen.value) ? chosen.value : scope[0] ?? null;
  const rule = body ?? (form !== null && lacking(form) === null ? ruleOf(form) : null);
  const key = rule === null ? "" : JSON.stringify(rule);
  useEffect(() => {
    if (rule === null) job.clear();
    else job.ask(rule, from, to, saved);
    return () => job.stop();
  }, [key, from, to]);
  const samples = useHistory(device, form?.sensor ?? "", from, to);
  const state = job.state.value;
  const result = state.kind === "ready" ? state.result : state.kind === "asking" ? state.before : null;
  const sensor = sensorOf(device === null ? undefined : deviceOf(device), form?.sensor ?? "");
  const limits = form === null ? [] : [
    ...(hasThreshold(form.condition) && form.condition !== "rate_of_change" ? [{ key: "threshold", value: form.threshold, label: tools.rules.limit, onMove: (threshold: number) => onChange({ ...form, threshold }) }] : []),
    ...(hasRange(form.condition) ? [
      { key: "low", value: form.low, label: tools.rules.low, onMove: (low: number) => onChange({ ...form, low }) },
      { key: "high", value: form.high, label: tools.rules.high, onMove: (high: number) => onChange({ ...form, high }) },
    ] : []),
  ];
  return (
    <section class="card past" aria-labelledby="past">
      <header class="card-head">
        <h2 id="past">{tools.rules.past}</h2><span class="quiet">{device !== null && deviceName(device)}</span><span class="card-space" />
        <div class="segments" role="group" aria-label={say.range.label}>
          {spans.map((n) => <button key={n} type="button" aria-pressed={days.value === n} onClick={() => { days.value = n; }}>{tools.rules.days(n)}</button>)}
        </div>
      </header>
      <div class="past-body" aria-busy={state.kind === "asking"}>
        {state.kind === "none" && <p class="empty">{tools.rules.fillIn}</p>}
        {state.kind === "failed" && <p class="problem" role="alert">{state.message}</p>}
        {result && <Verdict result={result} days={days.value} />}
        {samples && samples.t.length > 0
          ? <HistoryChart samples={samples} from={from} to={to} unit={sensor.unit} decimals={sensor.decimals ?? 1} limits={limits} firings={result?.firings.filter((f) => f.device === device) ?? []} />
          : device !== null && form?.sensor !== "" && samples && <p class="empty">{say.chart.empty}</p>}
        {result && <Lanes firings={result.firings} from={from} to={to} onChoose={(d) => { chosen.value = d; }} />}
      </div>
    </section>
  );
}
