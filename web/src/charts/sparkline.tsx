// SPDX-License-Identifier: Apache-2.0
// A small line of one series: gaps stay open, the end is a dot, a missing stretch up to now is
// hatched. It is an SVG path, which costs a tenth of a chart.

import { useComputed, type ReadonlySignal } from "@preact/signals";
import type { Drawn } from "../state/drawn";

export interface SparkLimit {
  readonly value: number;
  readonly tone: "plain" | "warning" | "critical" | "info";
}

interface Props {
  /** Reads signals: the line is made anew when they move. */
  readonly draw: () => Drawn | null;
  readonly from: ReadonlySignal<number>;
  readonly to: ReadonlySignal<number>;
  readonly width: number;
  readonly height: number;
  readonly limit: SparkLimit | null;
  readonly label: string;
}

interface Shape {
  readonly line: string;
  readonly dotX: number;
  readonly dotY: number;
  readonly limitY: number | null;
  readonly hatch: string;
}

const pad = 4;
const nowhere: Shape = { line: "", dotX: -20, dotY: -20, limitY: null, hatch: "" };

function hatch(from: number, to: number, bottom: number): string {
  let d = "";
  for (let x = from; x < to - 2; x += 5) d += `M${x.toFixed(1)} ${bottom}l4 -5`;
  return d;
}

function shape(drawn: Drawn | null, from: number, to: number, width: number, height: number, limit: SparkLimit | null): Shape {
  if (!drawn || drawn.low === null || drawn.high === null) return nowhere;
  let low = drawn.low;
  let high = drawn.high;
  const span = high - low || Math.max(Math.abs(high) * 0.02, 0.01);
  const near = limit !== null && limit.value > low - span && limit.value < high + span;
  if (near) {
    low = Math.min(low, limit.value);
    high = Math.max(high, limit.value);
  }
  if (high === low) {
    low -= span;
    high += span;
  }
  const x = (t: number): number => ((t - from) / (to - from)) * (width - 2 * pad) + pad;
  const y = (v: number): number => height - pad - ((v - low) / (high - low)) * (height - 2 * pad);
  let line = "";
  let down = false;
  let dotX = -20;
  let dotY = -20;
  for (let i = 0; i < drawn.length; i++) {
    const v = drawn.mean[i] ?? NaN;
    const t = drawn.t[i] ?? 0;
    if (Number.isNaN(v) || t < from) {
      down = false;
      continue;
    }
    dotX = x(t);
    dotY = y(v);
    line += `${down ? "L" : "M"}${dotX.toFixed(1)} ${dotY.toFixed(1)}`;
    down = true;
  }
  const open = drawn.gaps.length > 0 && drawn.gaps[drawn.gaps.length - 2] === drawn.lastTime ? hatch(dotX + 4, width - pad, height - 1) : "";
  return { line, dotX, dotY, limitY: near ? y(limit.value) : null, hatch: open };
}

export function Sparkline({ draw, from, to, width, height, limit, label }: Props) {
  const s = useComputed(() => shape(draw(), from.value, to.value, width, height, limit));
  const line = useComputed(() => s.value.line);
  const dotX = useComputed(() => s.value.dotX);
  const dotY = useComputed(() => s.value.dotY);
  const limitLine = useComputed(() => s.value.limitY === null ? "" : `M${pad} ${s.value.limitY.toFixed(1)}H${width - pad}`);
  const hatched = useComputed(() => s.value.hatch);
  return (
    <svg class="spark" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <path class={`spark-limit spark-limit-${limit?.tone ?? "plain"}`} d={limitLine} />
      <path class="spark-hatch" d={hatched} />
      <path class="spark-line" d={line} />
      <circle class="spark-dot" cx={dotX} cy={dotY} r="2.25" />
    </svg>
  );
}
