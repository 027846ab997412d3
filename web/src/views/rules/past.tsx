// SPDX-License-Identifier: Apache-2.0
// The past, beside a rule: what it would have done on real history, by the very engine that will run it.

import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { byDevice, type DeviceFirings } from "../../lib/firings";
import { converter, shownUnit } from "../../lib/units";
import { formatCount } from "../../lib/format";
import { formatLength } from "../../lib/length";
import { problemText } from "../../lib/problem";
import { backAt, hasOrder, hasRange, hasThreshold, rises, withBack, type RuleForm } from "../../lib/rule-form";
import type { Backtest, Firing, Samples } from "../../net/wire";
import { pastOf, type BacktestState } from "../../state/backtest";
import { deviceOf } from "../../state/fleet";
import { devicesOfScope } from "../../state/rule-scope";
import { deviceName, limitText, sensorOf } from "../alert-text";
import { HistoryChart, type ChartLimit } from "./history-chart";

const points = 800;
const mostLanes = 20;

export const spans = [1, 7, 30] as const;
export type Days = (typeof spans)[number];

const stored = (v: number, unit: string): number => converter?.stored.limit(v, unit) ?? v;

type History = Samples | "loading" | { readonly problem: string } | null;

function useHistory(device: string | null, sensor: string, from: number, to: number): readonly [History, () => void] {
  const samples = useSignal<History>(null);
  const again = useSignal(0);
  useEffect(() => {
    const abort = new AbortController();
    samples.value = device === null || sensor === "" ? null : "loading";
    if (device === null || sensor === "") return;
    pastOf({ device, sensor }, from, to, points, abort.signal).then((found) => { samples.value = found; }, (e: unknown) => { if (!abort.signal.aborted) samples.value = { problem: problemText(e) }; });
    return () => abort.abort();
  }, [device, sensor, from, to, again.value]);
  return [samples.value, () => { again.value++; }];
}

function Lanes({ lanes, from, to, fresh, shown, onChoose }: { lanes: readonly DeviceFirings[]; from: number; to: number; fresh: ReadonlySet<Firing> | null; shown: string | null; onChoose: (device: string) => void }) {
  const x = (t: number): string => `${(((t - from) / (to - from)) * 100).toFixed(3)}%`;
  const w = (f: Firing): string => `${Math.max(0.4, (((f.to ?? to) - f.from) / (to - from)) * 100).toFixed(3)}%`;
  const words = tools.rules;
  if (lanes.length === 0) return null;
  return (
    <div class="lanes-scroll" tabIndex={0} role="group" aria-label={words.worst(Math.min(mostLanes, lanes.length))}>
      <table class="lanes-table">
        <thead><tr><th scope="col">{words.worst(Math.min(mostLanes, lanes.length))}</th><th scope="col"><span class="visually-hidden">{words.past}</span></th><th scope="col" class="cell-number">{words.timesHead}</th><th scope="col" class="cell-number">{words.inAllHead}</th><th scope="col" class="cell-number">{words.longestHead}</th></tr></thead>
        <tbody>
          {lanes.slice(0, mostLanes).map((lane) => (
            <tr key={lane.device} class={lane.firings.length === 0 ? "none" : undefined}>
              <th scope="row"><button type="button" class="link" aria-pressed={lane.device === shown} onClick={() => onChoose(lane.device)}>{deviceName(lane.device)}</button></th>
              <td><svg width="100%" height="14" aria-hidden="true"><rect class="noise-ground" width="100%" height="14" rx="3" />{lane.firings.map((f) => <rect key={f.from} class={fresh?.has(f) ? "would would-new" : fresh ? "would would-old" : "would"} x={x(f.from)} width={w(f)} height="14" />)}</svg></td>
              <td class="cell-number">{lane.firings.length === 0 ? "–" : formatCount(lane.firings.length)}</td>
              <td class="cell-number">{lane.firings.length === 0 ? "–" : formatLength(lane.totalMs)}</td>
              <td class="cell-number">{lane.firings.length === 0 ? "–" : formatLength(lane.longestMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** In the unit that is shown, as the history behind them. */
function limitsOf(form: RuleForm, unit: string, onChange: (form: RuleForm) => void): ChartLimit[] {
  const line = (key: "threshold" | "low" | "high", label: string, sign: string): ChartLimit => ({
    key, value: converter?.limit(form[key], unit) ?? form[key], label, kind: "raise", words: `${sign} ${limitText(form[key], unit)}`, onMove: (v) => onChange({ ...form, [key]: stored(v, unit) }),
  });
  if (hasRange(form.condition)) return [line("low", tools.rules.low, form.condition === "between" ? "≥" : "<"), line("high", tools.rules.high, form.condition === "between" ? "≤" : ">")];
  if (!hasThreshold(form.condition) || form.condition === "rate_of_change") return [];
  const back = backAt(form);
  const resolve: ChartLimit[] = back === null || !hasOrder(form.condition) ? []
    : [{ key: "back", value: converter?.limit(back, unit) ?? back, label: tools.rules.resolveLimit, kind: "resolve", words: `${rises(form.condition) ? "≤" : "≥"} ${limitText(back, unit)}`, onMove: (v) => onChange(withBack(form, stored(v, unit))) }];
  return [...resolve, line("threshold", tools.rules.limit, say.sign(form.condition))];
}

export function Past({ form, state, from, to, days, onDays, fresh, onChange }: {
  form: RuleForm | null; state: BacktestState; from: number; to: number; days: Days; onDays: (d: Days) => void; fresh: readonly Firing[] | null; onChange: (form: RuleForm) => void;
}) {
  const chosen = useSignal<string | null>(null);
  const result: Backtest | null = state.kind === "ready" ? state.result : state.kind === "asking" ? state.before : null;
  const scope = form === null ? [] : devicesOfScope(form);
  const lanes = useMemo(() => byDevice(result?.firings ?? [], to, scope), [result, to, scope.join("\n")]);
  const worst = lanes[0];
  const device = chosen.value !== null && lanes.some((l) => l.device === chosen.value) ? chosen.value : worst?.device ?? null;
  const [samples, again] = useHistory(device, form?.sensor ?? "", from, to);
  const sensor = sensorOf(device === null ? undefined : deviceOf(device), form?.sensor ?? "");
  const devices = new Set(result?.firings.map((f) => f.device) ?? []).size;
  const own = lanes.find((l) => l.device === device)?.firings ?? [];
  const limits = form === null ? [] : limitsOf(form, sensor.unit, onChange);
  const words = tools.rules;
  return (
    <section class="card past" aria-label={words.past}>
      <header class="past-head" aria-busy={state.kind === "asking"}>
        <div class="verdict" role="status">
          <h2>{result ? result.count === 0 ? words.never(days) : words.wouldHave(result.count, devices, days) : words.past}</h2>
          {result && result.count > 0 && <p class="quiet">{words.inAll(formatLength(result.totalMs), formatLength(result.longestMs))}</p>}
        </div>
        <div class="segments" role="group" aria-label={say.range.label}>
          {spans.map((n) => <button key={n} type="button" aria-pressed={days === n} onClick={() => onDays(n)}>{words.days(n)}</button>)}
        </div>
      </header>
      <div class="past-body">
        {state.kind === "none" && <p class="empty">{words.fillIn}</p>}
        {state.kind === "failed" && <p class="problem" role="alert">{words.notTried(state.message)}</p>}
        {device !== null && <p class="past-device"><span class="line-sample" aria-hidden="true" /><b>{deviceName(device)}</b>{lanes.length > 1 && <span class="quiet">{worst && device === worst.device ? words.worstOf(lanes.length) : words.oneOf(lanes.length)}</span>}</p>}
        {samples === "loading" && <div class="plot-waiting history-waiting" aria-hidden="true" />}
        {samples !== null && typeof samples === "object" && "problem" in samples && <p class="problem" role="alert">{samples.problem} <button type="button" class="button" onClick={again}>{say.chart.retry}</button></p>}
        {samples !== null && typeof samples === "object" && "t" in samples && (samples.t.length > 0
          ? (
            <>
              <HistoryChart samples={converter?.samples(samples, sensor.unit) ?? samples} from={from} to={to} unit={shownUnit(sensor.unit)} severity={form?.severity ?? "warning"} limits={limits} firings={own} />
              <p class={`past-legend tone-${form?.severity ?? "warning"}`}><span><i class="key-would" aria-hidden="true" />{words.keyWould}</span>{limits.length > 0 && <span><i class="key-raise" aria-hidden="true" />{words.keyRaise}</span>}{limits.some((l) => l.kind === "resolve") && <span><i class="key-resolve" aria-hidden="true" />{words.keyResolve}</span>}{limits.length > 0 && <span class="past-how">{words.dragHow}</span>}</p>
            </>
          )
          : <p class="empty">{say.chart.empty}</p>)}
        {result && <Lanes lanes={lanes} from={from} to={to} fresh={fresh === null ? null : new Set(fresh)} shown={device} onChoose={(d) => { chosen.value = d; }} />}
      </div>
    </section>
  );
}
