// SPDX-License-Identifier: Apache-2.0
// Lines with their bands, gaps, limits, and the ends of lines.

import { formatSpan } from "../lib/format";
import { paintGlyph } from "./lanes";
import type { Drawn } from "../state/drawn";
import { font, lineColour, named, translucent, type Frame, type PlotLimit, type PlotModel } from "./model";

function paintBand(f: Frame, d: Drawn, unit: string, colour: string): void {
  const { c } = f;
  c.fillStyle = translucent(colour, 0.18);
  let i = 0;
  while (i < d.length) {
    while (i < d.length && Number.isNaN(d.max[i])) i++;
    const start = i;
    c.beginPath();
    for (; i < d.length && !Number.isNaN(d.max[i]); i++) c.lineTo(f.x(d.t[i] ?? 0), f.y(d.max[i] ?? 0, unit));
    for (let k = i - 1; k >= start; k--) c.lineTo(f.x(d.t[k] ?? 0), f.y(d.min[k] ?? 0, unit));
    c.fill();
  }
}

/** Drawn later by `shift`: the window before lies below the one that is shown. */
function paintLine(f: Frame, d: Drawn, unit: string, colour: string, dashed: boolean, shift = 0): void {
  const { c } = f;
  c.strokeStyle = colour;
  c.lineWidth = 1.5;
  c.lineJoin = "round";
  c.setLineDash(dashed ? [6, 3] : []);
  c.beginPath();
  let down = false;
  for (let i = 0; i < d.length; i++) {
    const v = d.mean[i] ?? NaN;
    if (Number.isNaN(v)) {
      down = false;
      continue;
    }
    const x = f.x((d.t[i] ?? 0) + shift);
    const y = f.y(v, unit);
    if (down) c.lineTo(x, y);
    else c.moveTo(x, y);
    down = true;
  }
  c.stroke();
  c.setLineDash([]);
}

function dot(f: Frame, x: number, y: number, r: number): void {
  f.c.beginPath();
  f.c.arc(x, y, r, 0, 7);
  f.c.fill();
}

/** Readings that stand alone between gaps, which a line can't show, and its end. */
function paintDots(f: Frame, model: PlotModel, d: Drawn, unit: string, colour: string): void {
  f.c.fillStyle = colour;
  for (let i = 0; i < d.length; i++) {
    const v = d.mean[i] ?? NaN;
    if (!Number.isNaN(v) && Number.isNaN(d.mean[i - 1] ?? NaN) && (i + 1 >= d.length || Number.isNaN(d.mean[i + 1]))) {
      dot(f, f.x(d.t[i] ?? 0), f.y(v, unit), 1.75);
    }
  }
  if (d.last !== null && d.lastTime !== null && d.lastTime >= model.from && d.t[d.length - 1] === d.lastTime) {
    dot(f, f.x(d.lastTime), f.y(d.last, unit), 2.75);
  }
}

/** Names at the ends of lines, 16 apart at least. */
function paintNames(f: Frame, model: PlotModel): void {
  if (!named(model.lines)) return;
  const ends: { name: string; colour: string; x: number; y: number; at: number }[] = [];
  model.lines.forEach((line, i) => {
    const d = model.drawn[i];
    if (!d || d.last === null || d.lastTime === null || line.steps || model.hidden.has(i)) return;
    const y = f.y(d.last, line.unit);
    ends.push({ name: line.name, colour: lineColour(model, i), x: f.x(Math.max(model.from, d.lastTime)), y, at: y });
  });
  ends.sort((a, b) => a.y - b.y);
  ends.forEach((e, i) => {
    e.at = Math.max(e.y, (ends[i - 1]?.at ?? -Infinity) + 16);
  });
  const { c } = f;
  c.font = font;
  c.textAlign = "left";
  c.textBaseline = "middle";
  for (const e of ends) {
    const x = f.left + f.width + 8;
    c.strokeStyle = e.colour;
    c.lineWidth = 1.5;
    c.beginPath();
    c.moveTo(x, e.at);
    c.lineTo(x + 10, e.at);
    c.stroke();
    c.fillStyle = model.token("--text");
    c.fillText(e.name, x + 14, e.at, 80);
  }
}

export function hatch(f: Frame, x0: number, x1: number, bottom: number, colour: string): void {
  const { c } = f;
  c.save();
  c.beginPath();
  c.rect(x0, bottom - 8, x1 - x0, 8);
  c.clip();
  c.strokeStyle = colour;
  c.lineWidth = 1;
  c.beginPath();
  for (let x = x0 - 8; x < x1; x += 6) {
    c.moveTo(x, bottom);
    c.lineTo(x + 8, bottom - 8);
  }
  c.stroke();
  c.restore();
}

function paintGaps(f: Frame, model: PlotModel, d: Drawn, withWords: boolean): void {
  const { c } = f;
  const bottom = f.top + f.height;
  c.font = font;
  let wordsEnd = -Infinity;
  for (let i = 0; i + 1 < d.gaps.length; i += 2) {
    const from = d.gaps[i] ?? 0;
    const to = d.gaps[i + 1] ?? 0;
    const x0 = Math.max(f.left, f.x(from));
    const x1 = Math.min(f.left + f.width, f.x(to));
    if (x1 - x0 < 2) continue;
    hatch(f, x0, x1, bottom, model.token("--control"));
    if (!withWords) continue;
    const words = model.words.gap(formatSpan(to - from), model.cause(from, to));
    const wide = c.measureText(words).width;
    const middle = Math.min(Math.max((x0 + x1) / 2, f.left + wide / 2), f.left + f.width - wide / 2);
    // Short breaks of a line are seen; words for each would cover it.
    if ((wide > (x1 - x0) * 2.5 && x1 - x0 < 24) || middle - wide / 2 < wordsEnd + 8) continue;
    wordsEnd = middle + wide / 2;
    c.fillStyle = model.token("--text3");
    c.textAlign = "center";
    c.textBaseline = "alphabetic";
    c.fillText(words, middle, bottom - 12);
  }
}

/** Whether a line runs through a box. */
function covered(f: Frame, model: PlotModel, left: number, right: number, top: number, bottom: number): boolean {
  return model.lines.some((line, index) => {
    const d = model.drawn[index];
    if (!d || line.steps || model.hidden.has(index)) return false;
    for (let i = 0; i < d.length; i++) {
      const x = f.x(d.t[i] ?? 0);
      if (x < left - 4 || x > right + 4) continue;
      const y = f.y(d.mean[i] ?? NaN, line.unit);
      if (y > top - 2 && y < bottom + 2) return true;
    }
    return false;
  });
}

function toneOf(limit: PlotLimit): string {
  if (!limit.crossed) return "--control";
  return limit.severity === "critical" ? "--crit" : limit.severity === "warning" ? "--warn" : "--accent";
}

/** A dashed line over the plot. Null: the value lies beside it. */
function paintLevel(f: Frame, at: number, unit: string, colour: string, width: number, dash: number): number | null {
  const { c } = f;
  const y = f.y(at, unit);
  if (y < f.top || y > f.top + f.height) return null;
  c.strokeStyle = colour;
  c.lineWidth = width;
  c.setLineDash([dash, 4]);
  c.beginPath();
  c.moveTo(f.left, y);
  c.lineTo(f.left + f.width, y);
  c.stroke();
  c.setLineDash([]);
  return y;
}

function paintLimit(f: Frame, model: PlotModel, limit: PlotLimit): void {
  const { c } = f;
  const { unit } = limit;
  const colour = model.token(toneOf(limit));
  // Where it ends: thinner, and without words.
  if (limit.clear !== null) paintLevel(f, limit.clear, unit, colour, 0.75, 3);
  const y = paintLevel(f, limit.value, unit, colour, 1.25, 6);
  if (y === null) return;
  c.font = font;
  const glyph = limit.severity === "info" ? 0 : 15;
  const wide = c.measureText(limit.label).width + glyph;
  const above = y - 22 >= f.top;
  const top = above ? y - 21 : y + 4;
  let right = f.left + f.width - 4;
  while (right - wide - 8 > f.left && covered(f, model, right - wide - 8, right, top, top + 17)) right -= 12;
  if (right - wide - 8 <= f.left) right = f.left + f.width - 4;
  c.fillStyle = translucent(model.token("--surface"), 0.86);
  c.fillRect(right - wide - 8, top, wide + 8, 17);
  c.fillStyle = model.token("--text2");
  c.textAlign = "left";
  c.textBaseline = "middle";
  c.fillText(limit.label, right - wide - 4 + glyph, top + 9);
  if (glyph > 0) paintGlyph(f, limit.severity, right - wide + 1, top + 8, 10, model.token(limit.severity === "critical" ? "--crit" : "--warn"));
}

export function paintPlot(f: Frame, model: PlotModel): void {
  const { c } = f;
  c.save();
  c.beginPath();
  c.rect(f.left, f.top - 4, f.width + 4, f.height + 4);
  c.clip();
  model.lines.forEach((line, i) => {
    const d = model.before[i];
    if (d && !line.steps && !model.hidden.has(i)) paintLine(f, d, line.unit, model.token("--text3"), line.dashed, model.to - model.from);
  });
  let said = false;
  model.lines.forEach((line, i) => {
    const d = model.drawn[i];
    if (!d || line.steps || model.hidden.has(i)) return;
    paintGaps(f, model, d, !said);
    said = true;
    paintBand(f, d, line.unit, lineColour(model, i));
  });
  for (const limit of model.limits) paintLimit(f, model, limit);
  model.lines.forEach((line, i) => {
    const d = model.drawn[i];
    if (!d || line.steps || model.hidden.has(i)) return;
    paintLine(f, d, line.unit, lineColour(model, i), line.dashed);
    paintDots(f, model, d, line.unit, lineColour(model, i));
  });
  c.restore();
  paintNames(f, model);
}
