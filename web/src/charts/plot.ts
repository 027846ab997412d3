// SPDX-License-Identifier: Apache-2.0
// uPlot's options for one series with its band, and what we paint over it: limits, gaps, the end.

import uPlot from "uplot";
import { formatNumber, formatMinute, formatSpan } from "../lib/format";
import { tickStep } from "../lib/track";
import type { Severity } from "../net/wire";
import type { Drawn } from "../state/join";

export interface PlotLimit {
  readonly value: number;
  readonly severity: Severity;
  readonly label: string;
  readonly crossed: boolean;
}

/** What the paint functions read at each drawing. */
export interface PlotModel {
  drawn: Drawn | null;
  from: number;
  to: number;
  current: boolean;
  limits: readonly PlotLimit[];
  decimals: number;
  gapWords: (span: string) => string;
  token: (name: string) => string;
}

const axisFont = "12px Inter, system-ui, sans-serif";
const steps = [60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000];

function timeSplits(min: number, max: number, room: number): number[] {
  const wanted = (max - min) / Math.max(2, Math.floor(room / 90));
  const step = steps.find((s) => s >= wanted) ?? 21_600_000;
  const offset = new Date(min).getTimezoneOffset() * 60_000;
  const out: number[] = [];
  for (let t = Math.ceil((min - offset) / step) * step + offset; t <= max; t += step) {
    // The zone's name stands at the left end, and no label may leave the plot at the right.
    const x = ((t - min) / (max - min)) * room;
    if (x > 18 && x < room - 4) out.push(t);
  }
  return out;
}

function yRange(model: PlotModel): [number, number] {
  const { drawn } = model;
  if (!drawn || drawn.low === null || drawn.high === null) return [0, 1];
  const span = drawn.high - drawn.low || Math.max(Math.abs(drawn.high) * 0.05, 0.5);
  let low = drawn.low - span * 0.05;
  let high = drawn.high + span * 0.05;
  if (drawn.high === drawn.low) {
    low -= span / 2;
    high += span / 2;
  }
  for (const { value } of model.limits) {
    if (value > high && value - high < span / 4) high = value + span * 0.05;
    if (value < low && low - value < span / 4) low = value - span * 0.05;
  }
  if (drawn.gaps.length > 0) low -= (high - low) * 0.08;
  return [low, high];
}

/** A token's colour, "#rrggbb", with a share of 0 to 1 of it left. */
function translucent(colour: string, share: number): string {
  return colour + Math.round(share * 255).toString(16).padStart(2, "0");
}

function paintLimits(u: uPlot, model: PlotModel): void {
  const c = u.ctx;
  const ratio = devicePixelRatio;
  const { left, width, top, height } = u.bbox;
  for (const limit of model.limits) {
    const y = u.valToPos(limit.value, "y", true);
    if (y < top || y > top + height) continue;
    const colour = limit.crossed ? model.token(`--${limit.severity === "critical" ? "crit" : limit.severity === "warning" ? "warn" : "accent"}`) : model.token("--control");
    c.strokeStyle = colour;
    c.lineWidth = 1.25 * ratio;
    c.setLineDash([6 * ratio, 4 * ratio]);
    c.beginPath();
    c.moveTo(left, y);
    c.lineTo(left + width, y);
    c.stroke();
    c.setLineDash([]);
    c.font = `${12 * ratio}px Inter, system-ui, sans-serif`;
    const textWidth = c.measureText(limit.label).width;
    c.fillStyle = translucent(model.token("--surface"), 0.86);
    c.fillRect(left + width - textWidth - 12 * ratio, y - 20 * ratio, textWidth + 8 * ratio, 17 * ratio);
    c.fillStyle = model.token("--text2");
    c.textAlign = "left";
    c.textBaseline = "alphabetic";
    c.fillText(limit.label, left + width - textWidth - 8 * ratio, y - 7 * ratio);
  }
}

function paintGaps(u: uPlot, model: PlotModel): void {
  const c = u.ctx;
  const ratio = devicePixelRatio;
  const { left, width, top, height } = u.bbox;
  const bottom = top + height;
  c.font = `${12 * ratio}px Inter, system-ui, sans-serif`;
  for (const [from, to] of model.drawn?.gaps ?? []) {
    const x0 = Math.max(left, u.valToPos(from, "x", true));
    const x1 = Math.min(left + width, u.valToPos(to, "x", true));
    if (x1 - x0 < 2 * ratio) continue;
    c.save();
    c.beginPath();
    c.rect(x0, bottom - 8 * ratio, x1 - x0, 8 * ratio);
    c.clip();
    c.strokeStyle = model.token("--control");
    c.lineWidth = ratio;
    c.beginPath();
    for (let x = x0 - 8 * ratio; x < x1; x += 6 * ratio) {
      c.moveTo(x, bottom);
      c.lineTo(x + 8 * ratio, bottom - 8 * ratio);
    }
    c.stroke();
    c.restore();
    const words = model.gapWords(formatSpan(to - from));
    const textWidth = c.measureText(words).width;
    if (textWidth > (x1 - x0) * 2.5 && x1 - x0 < 24 * ratio) continue;
    const middle = Math.min(Math.max((x0 + x1) / 2, left + textWidth / 2), left + width - textWidth / 2);
    c.fillStyle = model.token("--text3");
    c.textAlign = "center";
    c.fillText(words, middle, bottom - 12 * ratio);
  }
}

/** The end of the line, and readings that stand alone between gaps, which a line can't show. */
function paintDots(u: uPlot, model: PlotModel): void {
  const { drawn } = model;
  if (!drawn) return;
  const c = u.ctx;
  const ratio = devicePixelRatio;
  c.fillStyle = lineColour(model);
  const dot = (t: number, v: number, r: number): void => {
    const x = u.valToPos(t, "x", true);
    if (x < u.bbox.left - 1) return;
    c.beginPath();
    c.arc(x, u.valToPos(v, "y", true), r * ratio, 0, 7);
    c.fill();
  };
  drawn.mean.forEach((v, i) => {
    const alone = v !== null && (drawn.mean[i - 1] ?? null) === null && (drawn.mean[i + 1] ?? null) === null;
    if (alone) dot(drawn.t[i] ?? 0, v, 1.75);
  });
  const last = drawn.mean[drawn.mean.length - 1];
  if (last !== null && last !== undefined) dot(drawn.t[drawn.t.length - 1] ?? 0, last, 2.75);
}

function lineColour(model: PlotModel): string {
  return model.token(model.current ? "--series1" : "--text3");
}

export function plotOptions(model: PlotModel, width: number, height: number,
  onCursor: (index: number | null) => void): uPlot.Options {
  return {
    width, height, ms: 1, pxAlign: 1, padding: [20, 14, 0, 0], legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, sync: { key: "telltale" }, points: { size: 7 } },
    scales: { x: { range: () => [model.from, model.to] }, y: { range: () => yRange(model) } },
    series: [
      {},
      { stroke: () => lineColour(model), width: 1.5, points: { show: false } },
      { stroke: "transparent", width: 0, points: { show: false } },
      { stroke: "transparent", width: 0, points: { show: false } },
    ],
    bands: [{ series: [3, 2], fill: () => translucent(lineColour(model), 0.18) }],
    axes: [
      {
        size: 26, gap: 6, font: axisFont, stroke: () => model.token("--text3"), grid: { show: false }, ticks: { show: false },
        splits: (u, _i, min, max) => timeSplits(min, max, u.bbox.width / devicePixelRatio),
        values: (_u, splits) => splits.map((t) => formatMinute(t)),
      },
      {
        size: 46, gap: 8, font: axisFont, stroke: () => model.token("--text3"), ticks: { show: false },
        grid: { stroke: () => model.token("--gridline"), width: 1 },
        splits: (_u, _i, min, max) => {
          const step = tickStep(max - min, 4);
          const out: number[] = [];
          for (let v = Math.ceil(min / step) * step; v <= max + step * 1e-6; v += step) out.push(Math.abs(v) < step * 1e-6 ? 0 : v);
          return out;
        },
        values: (_u, splits) => {
          const step = splits.length > 1 ? Math.abs((splits[1] ?? 0) - (splits[0] ?? 0)) : 1;
          const places = Math.max(0, Math.min(4, Math.ceil(-Math.log10(step) - 1e-9)));
          return splits.map((v) => formatNumber(v, places));
        },
      },
    ],
    hooks: {
      draw: [(u) => paintGaps(u, model), (u) => paintLimits(u, model), (u) => paintDots(u, model)],
      setCursor: [(u) => onCursor(u.cursor.idx ?? null)],
    },
  };
}

