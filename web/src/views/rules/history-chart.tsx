// SPDX-License-Identifier: Apache-2.0
// Real history of one series with the limit as a line that can be dragged; stretches in which the rule would have fired are shaded.

import { useRef } from "preact/hooks";
import { tools } from "../../i18n/tools";
import { formatDayTime, formatNumber, formatValue } from "../../lib/format";
import type { Firing, Samples } from "../../net/wire";

const width = 900;
const height = 260;
const left = 56;
const bottom = 22;

interface Props {
  readonly samples: Samples;
  readonly from: number;
  readonly to: number;
  readonly unit: string;
  readonly decimals: number;
  /** The limits that are drawn; each calls back when it was dragged. */
  readonly limits: readonly { readonly key: string; readonly value: number; readonly label: string; readonly onMove: (value: number) => void }[];
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

/** Broken where a stretch is longer than five usual distances. */
function lineOf(samples: Samples, x: (t: number) => number, y: (v: number) => number): string {
  const usual = samples.step > 0 ? samples.step : ((samples.t[samples.t.length - 1] ?? 0) - (samples.t[0] ?? 0)) / Math.max(1, samples.t.length - 1);
  const parts: string[] = [];
  samples.t.forEach((t, i) => {
    const joined = i > 0 && t - (samples.t[i - 1] ?? 0) <= 5 * usual;
    parts.push(`${joined ? "L" : "M"}${x(t).toFixed(1)} ${y(samples.mean[i] ?? 0).toFixed(1)}`);
  });
  return parts.join("");
}

/** A step of the keys: a two-hundredth of what is shown, in round numbers. */
function stepOf(low: number, high: number): number {
  return 10 ** Math.floor(Math.log10((high - low) / 50));
}

export function HistoryChart(props: Props) {
  const { samples, from, to, unit, decimals, limits, firings } = props;
  const frame = useRef<SVGSVGElement>(null);
  const held = useRef<readonly [number, number] | null>(null);
  const [low, high] = held.current ?? boundsOf(props);
  const x = (t: number): number => left + ((t - from) / (to - from || 1)) * (width - left);
  const y = (v: number): number => (height - bottom) * (1 - (v - low) / (high - low));
  const step = stepOf(low, high);
  const valueAt = (clientY: number): number => {
    const box = frame.current?.getBoundingClientRect();
    const share = box ? ((clientY - box.top) / box.height) * height / (height - bottom) : 0;
    return Math.round((high - share * (high - low)) / step) * step;
  };
  const places = Math.max(0, Math.min(6, -Math.floor(Math.log10(step))));
  const round = (v: number): number => Number(v.toFixed(places));
  return (
    <svg ref={frame} class="backtest-chart" viewBox={`0 0 ${width} ${height}`} role="group" aria-label={tools.rules.chart(formatDayTime(from), formatDayTime(to), firings.length)}>
      {firings.map((f) => {
        const start = Math.max(left, x(f.from));
        return <rect key={`${f.device}${f.from}`} class="would-have" x={start} y={0} width={Math.max(2, Math.min(width, x(f.to ?? to)) - start)} height={height - bottom} />;
      })}
      {[low + (high - low) * 0.05, (low + high) / 2, high - (high - low) * 0.05].map((v) => (
        <g key={v}><line class="grid" x1={left} x2={width} y1={y(v)} y2={y(v)} /><text class="tick" x={left - 8} y={y(v) + 4} text-anchor="end">{formatNumber(v, decimals)}</text></g>
      ))}
      <path class="backtest-line" d={lineOf(samples, x, y)} />
      <text class="tick" x={left} y={height - 6}>{formatDayTime(from)}</text>
      <text class="tick" x={width} y={height - 6} text-anchor="end">{formatDayTime(to)}</text>
      {limits.map((l) => (
        <g key={l.key} class="limit" role="slider" tabindex={0} aria-label={l.label} aria-orientation="vertical" aria-valuemin={low} aria-valuemax={high}
          aria-valuenow={l.value} aria-valuetext={formatValue(l.value, places, unit)}
          onKeyDown={(e) => {
            const by = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[e.key];
            if (by === undefined) return;
            e.preventDefault();
            l.onMove(round(l.value + by * step));
          }}
          onPointerDown={(e) => {
            (e.currentTarget as Element).setPointerCapture(e.pointerId);
            held.current = [low, high];
          }}
          onPointerMove={(e) => { if (held.current) l.onMove(round(valueAt(e.clientY))); }}
          onPointerUp={() => { held.current = null; }} onPointerCancel={() => { held.current = null; }}>
          <line class="limit-line" x1={left} x2={width} y1={y(l.value)} y2={y(l.value)} />
          <rect class="limit-grip" x={left} y={y(l.value) - 14} width={width - left} height={28} />
          <text class="limit-label" x={width - 6} y={y(l.value) + (y(l.value) < 24 ? 16 : -6)} text-anchor="end">{l.label}</text>
        </g>
      ))}
    </svg>
  );
}
