// SPDX-License-Identifier: Apache-2.0
// Real history of one series with its band, and the limits as lines that can be dragged: by pointer, by finger, by the arrow keys.
// Stretches in which the rule would have fired are shaded.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { timeLabels, timeSplits, valueLabels, valueSplits } from "../../charts/axes";
import { tools } from "../../i18n/tools";
import { formatDayTime, formatValue, zoneName } from "../../lib/format";
import type { Firing, Samples, Severity } from "../../net/wire";

const height = 320;
const left = 46;
const right = 16;
const bottom = 24;
const top = 8;
const smallest = 280;
/** So many usual distances without a reading are a gap. */
const gapAfter = 5;

export interface ChartLimit {
  readonly key: string;
  readonly value: number;
  readonly label: string;
  /** "> 30 °C", beside the line. */
  readonly words: string;
  readonly kind: "raise" | "resolve";
  readonly onMove: (value: number) => void;
}

interface Props {
  readonly samples: Samples;
  readonly from: number;
  readonly to: number;
  readonly unit: string;
  readonly severity: Severity;
  readonly limits: readonly ChartLimit[];
  readonly firings: readonly Firing[];
}

/** Data and limits with a twentieth of room around. */
function boundsOf({ samples, limits }: Props): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < samples.t.length; i++) {
    low = Math.min(low, samples.min[i] ?? low);
    high = Math.max(high, samples.max[i] ?? high);
  }
  for (const { value } of limits) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (!Number.isFinite(low)) return [0, 1];
  const room = (high - low || Math.abs(high) || 1) / 20;
  return [low - room, high + room];
}

/** Runs of readings without a gap, as [first, last] indices. */
export function runsOf(t: ArrayLike<number>, step: number): [number, number][] {
  const usual = step > 0 ? step : ((t[t.length - 1] ?? 0) - (t[0] ?? 0)) / Math.max(1, t.length - 1);
  const runs: [number, number][] = [];
  for (let i = 0; i < t.length; i++) {
    const last = runs[runs.length - 1];
    if (last && (t[i] ?? 0) - (t[i - 1] ?? 0) <= gapAfter * usual) last[1] = i;
    else runs.push([i, i]);
  }
  return runs;
}

/** A step of the keys: a fiftieth of what is shown, in round numbers. */
function stepOf(low: number, high: number): number {
  return 10 ** Math.floor(Math.log10((high - low) / 50));
}

function Curve({ samples, x, y }: { samples: Samples; x: (t: number) => number; y: (v: number) => number }) {
  const at = (t: number | undefined, v: number | undefined): string => `${x(t ?? 0).toFixed(1)} ${y(v ?? 0).toFixed(1)}`;
  const { t, min, max, mean } = samples;
  const runs = runsOf(t, samples.step);
  const path = (a: number, b: number, of: ArrayLike<number>): string => Array.from({ length: b - a + 1 }, (_, i) => at(t[a + i], of[a + i])).join("L");
  const band = (a: number, b: number): string => `M${path(a, b, max)}L${Array.from({ length: b - a + 1 }, (_, i) => at(t[b - i], min[b - i])).join("L")}Z`;
  const last = t.length - 1;
  return (
    <>
      {samples.n !== null && <path class="backtest-band" d={runs.map(([a, b]) => band(a, b)).join("")} />}
      <path class="backtest-line" d={runs.map(([a, b]) => `M${path(a, b, mean)}${a === b ? "h.1" : ""}`).join("")} />
      {last >= 0 && <circle class="backtest-dot" cx={x(t[last] ?? 0)} cy={y(mean[last] ?? 0)} r="2.75" />}
    </>
  );
}

/** The width that the chart has, in pixels, so that its words keep their size. */
function useWidth(frame: { readonly current: Element | null }): number {
  const width = useSignal(720);
  useEffect(() => {
    if (!frame.current) return;
    const observer = new ResizeObserver(([entry]) => { if (entry) width.value = Math.max(smallest, Math.round(entry.contentRect.width)); });
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  return width.value;
}

export function HistoryChart(props: Props) {
  const { samples, from, to, unit, limits, firings, severity } = props;
  const frame = useRef<SVGSVGElement>(null);
  const held = useRef<readonly [number, number] | null>(null);
  const width = useWidth(frame);
  const [low, high] = held.current ?? boundsOf(props);
  const plot = height - bottom - top;
  const x = (t: number): number => left + ((t - from) / (to - from || 1)) * (width - left - right);
  const y = (v: number): number => top + plot * (1 - (v - low) / (high - low));
  const step = stepOf(low, high);
  const places = Math.max(0, Math.min(6, -Math.floor(Math.log10(step))));
  const round = (v: number): number => Number(v.toFixed(places));
  const valueAt = (clientY: number): number => {
    const box = frame.current?.getBoundingClientRect();
    const share = box ? (((clientY - box.top) / box.height) * height - top) / plot : 0;
    return Math.round((high - share * (high - low)) / step) * step;
  };
  const values = valueSplits(low, high);
  const times = timeSplits(from, to, width - left - right);
  const onKey = (e: KeyboardEvent, l: ChartLimit): void => {
    const by = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[e.key];
    if (by === undefined) return;
    e.preventDefault();
    l.onMove(round(l.value + by * step));
  };
  const grab = (e: PointerEvent): void => {
    (e.currentTarget as Element).setPointerCapture(e.pointerId);
    held.current = [low, high];
  };
  const drop = (): void => { held.current = null; };
  return (
    <svg ref={frame} class={`backtest-chart tone-${severity}`} width="100%" height={height} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="group" aria-label={tools.rules.chart(formatDayTime(from), formatDayTime(to), firings.length)}>
      {firings.map((f) => {
        const start = Math.max(left, x(f.from));
        return <rect key={`${f.device}${f.from}`} class="would-have" x={start} y={top} width={Math.max(3, Math.min(width - right, x(f.to ?? to)) - start)} height={plot} />;
      })}
      <text class="tick" x={left - 8} y={top + 4} text-anchor="end">{unit}</text>
      {values.map((v, i) => (
        <g key={v}><line class="grid" x1={left} x2={width - right} y1={y(v)} y2={y(v)} />{y(v) > top + 14 && <text class="tick" x={left - 8} y={y(v) + 4} text-anchor="end">{valueLabels(values)[i]}</text>}</g>
      ))}
      <Curve samples={samples} x={x} y={y} />
      <text class="tick" x={0} y={height - 6}>{zoneName(to)}</text>
      {times.map((t, i) => <text key={t} class="tick" x={x(t)} y={height - 6} text-anchor="middle">{timeLabels(times, to - from, width - left - right)[i]}</text>)}
      {limits.map((l) => (
        <g key={l.key} class={`limit limit-${l.kind}`} role="slider" tabindex={0} aria-label={l.label} aria-orientation="vertical" aria-valuemin={low} aria-valuemax={high}
          aria-valuenow={l.value} aria-valuetext={formatValue(l.value, places, unit)} onKeyDown={(e) => onKey(e, l)} onPointerDown={grab}
          onPointerMove={(e) => { if (held.current) l.onMove(round(valueAt(e.clientY))); }} onPointerUp={drop} onPointerCancel={drop}>
          <line class="limit-line" x1={left} x2={width - right} y1={y(l.value)} y2={y(l.value)} />
          <rect class="limit-grip" x={left} y={y(l.value) - 14} width={width - left} height={28} />
          <g transform={`translate(${width - 36} ${y(l.value) - 12})`} class="limit-handle"><rect width="30" height="24" rx="5" /><path d="M9 12h12M11 8.5 15 5l4 3.5M11 15.500l4 3.5 4-3.5" /></g>
          <text class="limit-label" x={width - 44} y={y(l.value) + (y(l.value) < top + 24 ? 18 : -7)} text-anchor="end">{l.words}</text>
        </g>
      ))}
    </svg>
  );
}
