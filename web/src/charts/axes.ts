// SPDX-License-Identifier: Apache-2.0
// Where the ticks of both axes stand and what they say; and the range of values that is shown.

import { formatClock, formatDate, formatMinute, formatMonth, formatNumber, zoneOffset } from "../lib/format";
import { tickStep } from "../lib/track";
import type { PlotModel } from "./model";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const steps = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second), ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour), ...[1, 2, 7, 14, 30, 61, 91, 183, 365].map((n) => n * day),
];

function stepFor(span: number, room: number): number {
  const wanted = span / Math.max(2, Math.floor(room / 88));
  return steps.find((s) => s >= wanted) ?? 365 * day;
}

/** Round times of the page's zone. The zone's name stands at the left end, and no label may leave the plot at the right. */
export function timeSplits(min: number, max: number, room: number): number[] {
  const step = stepFor(max - min, room);
  const out: number[] = [];
  let t = min;
  for (let i = 0; i < 64; i++) {
    const offset = zoneOffset(t);
    let next = Math.ceil((t + offset) / step) * step - offset;
    // Summer time may begin or end in between.
    next += offset - zoneOffset(next);
    if (next > max) break;
    const x = ((next - min) / (max - min)) * room;
    if (x > 18 && x < room - 4 && next >= min) out.push(next);
    t = next + Math.max(1, step / 4);
  }
  return out;
}

export function timeLabels(splits: readonly number[], span: number, room: number): string[] {
  const step = stepFor(span, room);
  if (step < minute) return splits.map(formatClock);
  if (step < day) {
    return splits.map((t) => (span > day && (t + zoneOffset(t)) % day === 0 ? formatDate(t) : formatMinute(t)));
  }
  return splits.map(step < 61 * day ? formatDate : formatMonth);
}

/** The range of a unit's values that are shown: data and 5 %, limits that are near, zero for a rate. */
export function valueRange(model: PlotModel, unit: string): [number, number] {
  const held = model.locked?.get(unit);
  if (held) return [...held];
  let low = Infinity;
  let high = -Infinity;
  let gaps = false;
  model.lines.forEach((line, i) => {
    const d = model.drawn[i];
    if (line.steps || line.unit !== unit || model.hidden.has(i) || !d) return;
    if (d.low !== null && d.high !== null) {
      low = Math.min(low, d.low);
      high = Math.max(high, d.high);
    } else if (d.last !== null) {
      low = Math.min(low, d.last);
      high = Math.max(high, d.last);
    }
    gaps ||= d.gaps.length > 0;
    const earlier = model.before[i];
    low = Math.min(low, earlier?.low ?? low);
    high = Math.max(high, earlier?.high ?? high);
  });
  for (const line of model.beside) {
    const d = line.unit === unit && !line.steps ? line.series.draw(model.from, model.to) : null;
    if (d?.low === null || !d || d.high === null) continue;
    low = Math.min(low, d.low);
    high = Math.max(high, d.high);
  }
  if (low > high) return [0, 1];
  const span = high - low || Math.max(Math.abs(high) * 0.05, 0.5);
  let [min, max] = high === low ? [low - span * 0.55, high + span * 0.55] : [low - span * 0.05, high + span * 0.05];
  for (const { value, unit: of } of model.limits) {
    if (of !== unit) continue;
    if (value > max && value - max < span / 4) max = value + span * 0.05;
    if (value < min && min - value < span / 4) min = value - span * 0.05;
  }
  if (low >= 0 && (/\/(s|min|h)$/.test(unit) || low < span / 4)) min = Math.min(min, 0);
  // The words of a gap never lie on a line.
  if (gaps && min !== 0) min -= (max - min) * 0.1;
  return [min, max];
}

export function valueSplits(min: number, max: number): number[] {
  const step = tickStep(max - min, 4);
  const out: number[] = [];
  for (let v = Math.ceil(min / step) * step; v <= max + step * 1e-6; v += step) out.push(Math.abs(v) < step * 1e-6 ? 0 : v);
  return out;
}

export function valueLabels(splits: readonly number[]): string[] {
  const step = splits.length > 1 ? Math.abs((splits[1] ?? 0) - (splits[0] ?? 0)) : 1;
  const places = Math.max(0, Math.min(4, Math.ceil(-Math.log10(step) - 1e-9)));
  return splits.map((v) => formatNumber(v, places));
}
