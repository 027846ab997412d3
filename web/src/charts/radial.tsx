// SPDX-License-Identifier: Apache-2.0
// A radial gauge, 240 degrees: the same parts as the linear one, for walls and habit. The limits of rules are an arc outside
// the track with their glyph where they begin; thin marks show the lowest and highest value.

import { useComputed, type ReadonlySignal } from "@preact/signals";
import { formatNumber } from "../lib/format";
import { shapes } from "../lib/shapes";
import { share, type Range } from "../lib/track";
import type { GaugeLimit, GaugeProps } from "./gauge";

interface Props extends GaugeProps {
  readonly text: ReadonlySignal<string>;
  readonly unit: string;
}

const size = 200;
const middle = size / 2;
const radius = 72;
const outside = 85;
const sweep = 240;

/** Where a share of the track lies, at a distance from the middle. Angles run clockwise from the lower left. */
export function pointAt(part: number, r: number): readonly [number, number] {
  const angle = ((part * sweep - sweep / 2 - 90) * Math.PI) / 180;
  return [middle + r * Math.cos(angle), middle + r * Math.sin(angle)];
}

/** The path of an arc between two shares of the track; empty where they do not differ. */
export function arcPath(from: number, to: number, r: number): string {
  if (!(to > from)) return "";
  const [x0, y0] = pointAt(from, r);
  const [x1, y1] = pointAt(to, r);
  return `M${x0.toFixed(2)} ${y0.toFixed(2)}A${r} ${r} 0 ${(to - from) * sweep > 180 ? 1 : 0} 1 ${x1.toFixed(2)} ${y1.toFixed(2)}`;
}

function Limit({ limit, range }: { limit: GaugeLimit; range: Range }) {
  const from = share(limit.from, range);
  const to = share(limit.to, range);
  const [x, y] = pointAt(limit.to >= range.max ? from : to, outside);
  return (
    <g class={`tone-${limit.severity}`}>
      <path class="radial-limit" d={arcPath(from, to, outside)} />
      <g transform={`translate(${(x - 7).toFixed(2)} ${(y - 7).toFixed(2)}) scale(1.17)`}>
        {shapes[limit.severity].map((p) => <path key={p.d} d={p.d} fill="currentColor" fill-rule="evenodd" />)}
      </g>
    </g>
  );
}

function Mark({ part }: { part: number }) {
  const [x0, y0] = pointAt(part, radius - 10);
  const [x1, y1] = pointAt(part, radius + 10);
  return <line class="radial-mark" x1={x0} y1={y0} x2={x1} y2={y1} />;
}

/** The ends of the range beside the ends of the arc. */
function Ends({ range }: { range: Range }) {
  const places = Number.isInteger(range.min) && Number.isInteger(range.max) ? 0 : 1;
  return (
    <>
      {[range.min, range.max].map((v, i) => {
        const [x, y] = pointAt(i, radius);
        return <text key={i} class="radial-end" x={x} y={y + 22} text-anchor="middle">{formatNumber(v, places)}</text>;
      })}
    </>
  );
}

/** Beyond the range the arrow stands at its end, and the number tells the truth. */
function Beyond({ value, range }: { value: ReadonlySignal<number | null>; range: Range }) {
  const side = useComputed(() => value.value === null ? 0 : value.value > range.max ? 1 : value.value < range.min ? -1 : 0);
  if (side.value === 0) return null;
  const [x, y] = pointAt(side.value > 0 ? 1 : 0, radius);
  const turn = side.value > 0 ? sweep / 2 + 90 : -sweep / 2 - 90;
  return <path class="radial-beyond" d="M-6-7 6 0-6 7z" transform={`translate(${x} ${y}) rotate(${turn})`} />;
}

export function Radial({ value, range, limits, marks, name, valueText, text, unit }: Props) {
  const fill = useComputed(() => value.value === null ? "" : arcPath(0, share(value.value, range), radius));
  const now = useComputed(() => value.value ?? undefined);
  const long = useComputed(() => (text.value.length > 5 ? "radial-value radial-long" : "radial-value"));
  return (
    <div class="radial" role="meter" aria-label={name} aria-valuemin={range.min} aria-valuemax={range.max} aria-valuenow={now} aria-valuetext={valueText}>
      <svg viewBox={`0 0 ${size} 172`} aria-hidden="true">
        <path class="radial-track" d={arcPath(0, 1, radius)} />
        <path class="radial-fill" d={fill} />
        {limits.map((l) => <Limit key={`${l.from}:${l.to}`} limit={l} range={range} />)}
        {marks.map((m, i) => <Mark key={i} part={share(m, range)} />)}
        <Beyond value={value} range={range} />
        <Ends range={range} />
        <text class={long} x={middle} y={middle + 8} text-anchor="middle">{text}</text>
        <text class="radial-unit" x={middle} y={middle + 32} text-anchor="middle">{unit}</text>
      </svg>
    </div>
  );
}
