// SPDX-License-Identifier: Apache-2.0
// The sparklines of a table's column on one canvas, which costs a twentieth of one element each.

import { useEffect, useRef } from "preact/hooks";
import type { Samples } from "../net/wire";

interface Props {
  readonly rows: readonly (Samples | null)[];
  /** Rows whose device is not current, drawn in grey. */
  readonly muted: readonly boolean[];
  readonly top: number;
  readonly rowHeight: number;
  readonly width: number;
  readonly from: number;
  readonly to: number;
  readonly theme: number;
  readonly token: (name: string) => string;
}

const pad = 4;

function paint(c: CanvasRenderingContext2D, s: Samples, p: Props, y0: number, colour: string): void {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < s.t.length; i++) {
    low = Math.min(low, s.min[i] ?? Infinity);
    high = Math.max(high, s.max[i] ?? -Infinity);
  }
  if (low > high) return;
  const span = high - low || 1;
  const inner = p.rowHeight - 14;
  const usual = Math.max(s.step, (p.to - p.from) / 60) * 3;
  let before = -Infinity;
  let [x, y] = [0, 0];
  c.strokeStyle = c.fillStyle = colour;
  c.beginPath();
  for (let i = 0; i < s.t.length; i++) {
    const t = s.t[i] ?? 0;
    if (t < p.from) continue;
    x = pad + ((t - p.from) / (p.to - p.from)) * (p.width - 2 * pad);
    y = y0 + 7 + (high === low ? inner / 2 : ((high - (s.mean[i] ?? 0)) / span) * inner);
    if (t - before > usual) c.moveTo(x, y);
    else c.lineTo(x, y);
    before = t;
  }
  c.stroke();
  if (before === -Infinity) return;
  c.beginPath();
  c.arc(x, y, 2, 0, 7);
  c.fill();
}

export function SparkColumn(p: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const height = p.rows.length * p.rowHeight;
  useEffect(() => {
    const c = canvas.current?.getContext("2d");
    if (!canvas.current || !c) return;
    const ratio = Math.min(2, devicePixelRatio);
    canvas.current.width = p.width * ratio;
    canvas.current.height = height * ratio;
    c.scale(ratio, ratio);
    c.lineWidth = 1.5;
    c.lineJoin = "round";
    p.rows.forEach((s, i) => {
      if (s) paint(c, s, p, i * p.rowHeight, p.token(p.muted[i] ? "--text3" : "--series1"));
    });
  });
  return <canvas ref={canvas} class="spark-column" aria-hidden="true" style={{ top: `${p.top}px`, width: `${p.width}px`, height: `${height}px` }} />;
}
