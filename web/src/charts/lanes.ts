// SPDX-License-Identifier: Apache-2.0
// The lane of events above the plot, and lanes for what is only on or off.

import { shapes, type GlyphName } from "../lib/shapes";
import { font, laneHeight, lineColour, type Frame, type Mark, type PlotModel } from "./model";
import { hatch } from "./paint";

const rowHeight = 20;
const rowGap = 52;
const leastBar = 14;
const leastStatus = 18;

function inkOf(mark: Mark, model: PlotModel): { ink: string; ground: string | null; edge: string | null } {
  const { token } = model;
  switch (mark.glyph) {
    case "critical": return { ink: token("--fill-crit-text"), ground: token("--fill-crit"), edge: null };
    case "warning": return { ink: token("--fill-warn-text"), ground: token("--fill-warn"), edge: token("--fill-warn-edge") };
    case "info": return { ink: token("--fill-info-text"), ground: token("--fill-info"), edge: null };
    case "critical-held": return { ink: token("--crit"), ground: null, edge: token("--crit") };
    case "warning-held": return { ink: token("--warn"), ground: null, edge: token("--warn") };
    case "info-held": return { ink: token("--accent"), ground: null, edge: token("--accent") };
    case "offline": return { ink: token("--off"), ground: token("--raised"), edge: token("--control") };
    case "unknown": return { ink: token("--unknown"), ground: token("--raised"), edge: token("--unknown") };
    case "online": return { ink: token("--ok"), ground: null, edge: null };
    default: return { ink: token("--text2"), ground: null, edge: null };
  }
}

export function paintGlyph(f: Frame, name: GlyphName, x: number, y: number, size: number, ink: string): void {
  const { c } = f;
  c.save();
  c.translate(x - size / 2, y - size / 2);
  c.scale(size / 12, size / 12);
  c.fillStyle = c.strokeStyle = ink;
  for (const part of shapes[name]) {
    const path = new Path2D(part.d);
    if (part.width === undefined) {
      c.fill(path, "evenodd");
      continue;
    }
    c.lineWidth = part.width;
    c.setLineDash(part.dash ? [...part.dash] : []);
    c.stroke(path);
  }
  c.restore();
}

/** Where a mark lies, cut at the lane's ends; null when it is outside the window. */
function boxOf(f: Frame, mark: Mark, model: PlotModel): readonly [left: number, right: number] | null {
  const until = mark.until ?? model.to;
  if (until < model.from || mark.at > model.to) return null;
  const moment = until === mark.at;
  const least = mark.glyph === "offline" || mark.glyph === "unknown" ? leastStatus : leastBar;
  const right = f.left + f.width;
  let x0 = Math.max(f.left, f.x(mark.at));
  let x1 = Math.min(right, f.x(until));
  if (moment) [x0, x1] = [x0 - leastBar / 2, x0 + leastBar / 2];
  else if (x1 - x0 < least) x1 = x0 + least;
  const over = Math.max(0, x1 - right);
  const under = Math.max(0, f.left - (x0 - over));
  return [x0 - over + under, x1 - over + under];
}

export function paintLane(f: Frame, model: PlotModel): void {
  const { c } = f;
  c.fillStyle = model.token("--inset");
  c.beginPath();
  c.roundRect(f.left, 0, f.width, laneHeight, 3);
  c.fill();
  for (const mark of model.marks) {
    const box = boxOf(f, mark, model);
    if (!box) continue;
    const { ink, ground, edge } = inkOf(mark, model);
    const bar = mark.until !== mark.at;
    if (bar) {
      c.beginPath();
      c.roundRect(box[0] + 0.5, 1.5, Math.max(2, box[1] - box[0] - 1), laneHeight - 3, 3);
      c.fillStyle = ground ?? model.token("--inset");
      c.fill();
      if (edge) {
        c.strokeStyle = edge;
        c.lineWidth = 1;
        c.stroke();
      }
    }
    paintGlyph(f, mark.glyph, bar ? box[0] + 7 : (box[0] + box[1]) / 2, laneHeight / 2, 9, ink);
  }
}

/** The mark at a place in the lane, the newest on top. */
export function markAt(f: Frame, model: PlotModel, x: number, y: number): Mark | null {
  if (y < 0 || y > laneHeight) return null;
  for (let i = model.marks.length - 1; i >= 0; i--) {
    const mark = model.marks[i];
    const box = mark && boxOf(f, mark, model);
    if (mark && box && x >= box[0] - 2 && x <= box[1] + 2) return mark;
  }
  return null;
}

/** A lane each for series that are on or off. A mean between both, of a coarse bucket, is as bright as its share. */
export function paintSteps(f: Frame, model: PlotModel): void {
  const { c } = f;
  let row = 0;
  model.lines.forEach((line, index) => {
    const d = model.drawn[index];
    if (!line.steps || model.hidden.has(index)) return;
    const top = f.top + 18 + row++ * rowGap;
    c.font = font;
    c.textBaseline = "alphabetic";
    c.textAlign = "left";
    c.fillStyle = model.token("--text2");
    c.fillText(line.name, f.left, top - 6);
    c.fillStyle = model.token("--inset");
    c.fillRect(f.left, top, f.width, rowHeight);
    if (!d) return;
    c.textAlign = "right";
    c.fillStyle = model.token("--text2");
    if (d.last !== null) c.fillText(d.last > 0 ? line.states?.[1] ?? model.words.on : line.states?.[0] ?? model.words.off, f.left + f.width, top - 6);
    const colour = lineColour(model, index);
    for (let i = 0; i < d.length; i++) {
      const v = d.mean[i] ?? NaN;
      if (Number.isNaN(v) || v <= 0) continue;
      const until = i + 1 < d.length && !Number.isNaN(d.mean[i + 1]) ? d.t[i + 1] ?? 0 : Math.min(model.to, (d.t[i] ?? 0) + 1);
      const x0 = Math.max(f.left, f.x(d.t[i] ?? 0));
      const x1 = Math.min(f.left + f.width, Math.max(f.x(until), x0 + 1));
      if (x1 <= f.left || x0 >= f.left + f.width) continue;
      c.globalAlpha = Math.min(1, Math.max(0.25, v));
      c.fillStyle = colour;
      c.fillRect(x0, top, x1 - x0, rowHeight);
      c.globalAlpha = 1;
    }
    for (let i = 0; i + 1 < d.gaps.length; i += 2) {
      const x0 = Math.max(f.left, f.x(d.gaps[i] ?? 0));
      const x1 = Math.min(f.left + f.width, f.x(d.gaps[i + 1] ?? 0));
      if (x1 - x0 >= 2) hatch(f, x0, x1, top + rowHeight, model.token("--control"));
    }
  });
}
