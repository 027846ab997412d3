// SPDX-License-Identifier: Apache-2.0
// A chart's canvas: its frame, scales and axes. What lies between them is painted from columns that are
// filled again and again, so no array is made for a drawing. Why this is ours: docs/adr/0040.

import { timeLabels, timeSplits, valueLabels, valueRange, valueSplits } from "./axes";
import { paintLane, paintSteps } from "./lanes";
import { bottomRoom, font, leftRoom, rightRoom, topRoom, unitsOf, type Frame, type PlotModel } from "./model";
import { paintPlot } from "./paint";

function paintValues(f: Frame, model: PlotModel, range: readonly [number, number], unit: string, side: "left" | "right"): void {
  const { c } = f;
  const splits = valueSplits(range[0], range[1]);
  const labels = valueLabels(splits);
  c.strokeStyle = model.token("--gridline");
  c.fillStyle = model.token("--text3");
  c.lineWidth = 1;
  c.font = font;
  c.textBaseline = "middle";
  c.textAlign = side === "left" ? "right" : "left";
  splits.forEach((v, i) => {
    const y = Math.round(f.y(v, unit)) + 0.5;
    if (side === "left") {
      c.beginPath();
      c.moveTo(f.left, y);
      c.lineTo(f.left + f.width, y);
      c.stroke();
    }
    c.fillText(labels[i] ?? "", side === "left" ? f.left - 8 : f.left + f.width + 8, y);
  });
}

function paintTimes(f: Frame, model: PlotModel): void {
  const { c } = f;
  const splits = timeSplits(model.from, model.to, f.width);
  const labels = timeLabels(splits, model.to - model.from, f.width);
  c.fillStyle = model.token("--text3");
  c.font = font;
  c.textAlign = "center";
  c.textBaseline = "top";
  splits.forEach((t, i) => c.fillText(labels[i] ?? "", f.x(t), f.top + f.height + 8));
}

/** A wall draws the page larger: the canvas has as many pixels as are seen. */
function zoomed(): number {
  return Number(document.documentElement.style.getPropertyValue("--wall-zoom")) || 1;
}

export class Plot {
  readonly canvas = document.createElement("canvas");
  private readonly c: CanvasRenderingContext2D | null;
  private readonly ranges = new Map<string, [number, number]>();
  private box = { left: leftRoom, top: topRoom, width: 1, height: 1 };

  /** `ratio` is how many pixels of the canvas a CSS pixel gets. */
  constructor(private readonly model: PlotModel, private width: number, private height: number, private readonly ratio = Math.min(2, devicePixelRatio * zoomed())) {
    this.c = this.canvas.getContext("2d");
    this.size(width, height);
  }

  size(width: number, height: number): void {
    this.width = width;
    this.height = height;
    this.canvas.width = Math.round(width * this.ratio);
    this.canvas.height = Math.round(height * this.ratio);
    this.canvas.style.cssText = `display:block;width:${width}px;height:${height}px`;
  }

  private layOut(): void {
    const { model, width, height } = this;
    const right = unitsOf(model.lines).length > 1 ? leftRoom : rightRoom(model.lines, width);
    this.box = { left: leftRoom, top: topRoom, width: Math.max(1, width - leftRoom - right), height: Math.max(1, height - topRoom - bottomRoom) };
    this.ranges.clear();
    for (const unit of unitsOf(model.lines)) this.ranges.set(unit, valueRange(model, unit));
  }

  frame(): Frame | null {
    const { c, box, model, ranges } = this;
    if (!c) return null;
    return {
      ...box, c,
      x: (t) => box.left + ((t - model.from) / (model.to - model.from)) * box.width,
      y: (v, unit) => {
        const [min, max] = ranges.get(unit) ?? [0, 1];
        return box.top + ((max - v) / (max - min)) * box.height;
      },
    };
  }

  draw(): void {
    this.layOut();
    const f = this.frame();
    if (!f) return;
    const { c } = f;
    c.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    c.clearRect(0, 0, this.width, this.height);
    unitsOf(this.model.lines).forEach((unit, i) => {
      paintValues(f, this.model, this.ranges.get(unit) ?? [0, 1], unit, i === 0 ? "left" : "right");
    });
    paintTimes(f, this.model);
    paintLane(f, this.model);
    paintSteps(f, this.model);
    paintPlot(f, this.model);
  }
}
