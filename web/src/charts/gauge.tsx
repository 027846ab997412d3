// SPDX-License-Identifier: Apache-2.0
// A linear gauge: track, fill, round ticks, the limits of rules as segments with their glyph on the
// track's edge, thin marks for the lowest and highest value of the time shown.

import { useComputed, type ReadonlySignal } from "@preact/signals";
import { formatNumber } from "../lib/format";
import { shapes } from "../lib/shapes";
import { share, type Range } from "../lib/track";
import type { Severity } from "../net/wire";

export interface GaugeLimit {
  readonly from: number;
  readonly to: number;
  readonly severity: Severity;
  readonly crossed: boolean;
}

/** What a gauge of any shape is given. */
export interface GaugeProps {
  readonly value: ReadonlySignal<number | null>;
  readonly range: Range;
  readonly limits: readonly GaugeLimit[];
  readonly marks: readonly number[];
  readonly name: string;
  readonly valueText: ReadonlySignal<string>;
}

function percent(v: number, range: Range): string {
  return `${(share(v, range) * 100).toFixed(2)}%`;
}

function Limit({ limit, range }: { limit: GaugeLimit; range: Range }) {
  const start = share(limit.from, range);
  const end = share(limit.to, range);
  const edge = limit.to >= range.max ? start : end;
  return (
    <>
      <i class={`gauge-limit tone-${limit.severity}`} style={{ left: `${start * 100}%`, width: `${Math.max(0, end - start) * 100}%` }} />
      <svg class={`gauge-glyph tone-${limit.severity}`} style={{ left: `${Math.min(0.97, Math.max(0.03, edge)) * 100}%` }}
        width="9" height="9" viewBox="0 0 12 12" aria-hidden="true">
        {shapes[limit.severity].map((p) => <path key={p.d} d={p.d} fill="currentColor" fill-rule="evenodd" />)}
      </svg>
    </>
  );
}

function numbers(range: Range): number[] {
  return [range.min, (range.min + range.max) / 2, range.max];
}

function tickDecimals(list: readonly number[]): number {
  const fits = (d: number): boolean => list.every((v) => Math.abs(v * 10 ** d - Math.round(v * 10 ** d)) < 1e-6);
  return fits(0) ? 0 : fits(1) ? 1 : 2;
}

export function Gauge({ value, range, limits, marks, name, valueText }: GaugeProps) {
  const fill = useComputed(() => value.value === null ? "0%" : percent(value.value, range));
  const beyond = useComputed(() => value.value === null ? "" : value.value > range.max ? "gauge-over" : value.value < range.min ? "gauge-under" : "");
  const classes = useComputed(() => `gauge-track ${beyond.value}`);
  const style = useComputed(() => `width:${fill.value}`);
  const now = useComputed(() => value.value ?? undefined);
  const ends = numbers(range);
  const places = tickDecimals(ends);
  const labels = ends.map((v) => formatNumber(v, places));
  const wide = labels.some((text) => text.length > 4);
  return (
    <div class="gauge" role="meter" aria-label={name} aria-valuemin={range.min} aria-valuemax={range.max}
      aria-valuenow={now} aria-valuetext={valueText}>
      <div class="gauge-limits">{limits.map((l) => <Limit key={`${l.from}:${l.to}`} limit={l} range={range} />)}</div>
      <div class={classes}>
        <i class="gauge-fill" style={style} />
        {marks.map((m, i) => <i key={i} class="gauge-mark" style={{ left: percent(m, range) }} />)}
      </div>
      <div class={wide ? "gauge-ticks gauge-ticks-wide" : "gauge-ticks"}>
        {ends.map((v, i) => <span key={v} style={{ left: percent(v, range) }}>{labels[i]}</span>)}
      </div>
    </div>
  );
}
