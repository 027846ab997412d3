// SPDX-License-Identifier: Apache-2.0
// A chart as a picture, drawn anew at twice the pixels with its title, range and zone; and as CSV.

import { formatExact } from "../lib/format";
import { converter } from "../lib/units";
import { unitOf } from "../state/fleet";
import { csvField } from "./csv";
import { lineColour, type Line, type PlotModel } from "./model";
import { Plot } from "./plot";

export interface Picture {
  readonly title: string;
  readonly note: string;
}

const ratio = 2;
const width = 960;
const height = 420;
const head = 56;
const foot = 40;
const margin = 16;

export async function exportPicture(model: PlotModel, about: Picture): Promise<Blob | null> {
  const plot = new Plot({ ...model, bright: -1 }, width, height, ratio);
  plot.draw();
  const canvas = document.createElement("canvas");
  canvas.width = (width + 2 * margin) * ratio;
  canvas.height = (head + height + foot) * ratio;
  const c = canvas.getContext("2d");
  if (!c) return null;
  c.scale(ratio, ratio);
  c.fillStyle = model.token("--surface");
  c.fillRect(0, 0, width + 2 * margin, head + height + foot);
  c.fillStyle = model.token("--text");
  c.font = "600 16px Inter, system-ui, sans-serif";
  c.fillText(about.title, margin, 26);
  c.fillStyle = model.token("--text3");
  c.font = "12px Inter, system-ui, sans-serif";
  c.fillText(about.note, margin, 44);
  c.drawImage(plot.canvas, margin, head, width, height);
  let x = margin + 8;
  model.lines.forEach((line, i) => {
    if (model.hidden.has(i)) return;
    c.fillStyle = lineColour(model, i);
    c.fillRect(x, head + height + 17, 12, 2);
    c.fillStyle = model.token("--text");
    const words = line.unit === "" ? line.name : `${line.name} (${line.unit})`;
    c.fillText(words, x + 18, head + height + 22);
    x += 40 + c.measureText(words).width;
  });
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/** What is drawn, a row a point: time in UTC and local, then the values in the stored unit. */
export function csvOf(lines: readonly Line[], from: number, to: number): string {
  const rows = ["series,unit,time_ms,utc,local,min,mean,max"];
  for (const line of lines) {
    const unit = unitOf(line.series.device, line.series.sensor);
    const stored = (v: number | undefined): number => converter?.stored.limit(v ?? NaN, unit) ?? v ?? NaN;
    const d = line.series.draw(from, to);
    for (let i = 0; d && i < d.length; i++) {
      const t = d.t[i] ?? 0;
      const mean = d.mean[i] ?? NaN;
      if (Number.isNaN(mean) || t < from || t > to) continue;
      const min = Number.isNaN(d.min[i]) ? mean : d.min[i];
      const max = Number.isNaN(d.max[i]) ? mean : d.max[i];
      rows.push([csvField(line.name), csvField(unit), t, new Date(t).toISOString(), csvField(formatExact(t)), stored(min), stored(mean), stored(max)].join(","));
    }
  }
  return `${rows.join("\n")}\n`;
}
