// SPDX-License-Identifier: Apache-2.0
// The cursor of a chart: a line, its time on the axis, a ring on each line, and what is being
// selected. It moves without the canvas being drawn anew.

import { lineColour, type Frame, type PlotModel } from "./model";
import { cursorTime } from "./words";

function element(className: string, parent: HTMLElement): HTMLElement {
  const made = document.createElement("i");
  made.className = className;
  made.hidden = true;
  parent.append(made);
  return made;
}

export class Cursor {
  private readonly line: HTMLElement;
  private readonly label: HTMLElement;
  private readonly selection: HTMLElement;
  private readonly rings: HTMLElement[] = [];

  constructor(private readonly holder: HTMLElement) {
    this.line = element("plot-cursor", holder);
    this.label = element("plot-cursor-time", holder);
    this.selection = element("plot-selection", holder);
  }

  show(time: number | null, f: Frame, model: PlotModel): void {
    const inside = time !== null && time >= model.from && time <= model.to;
    this.line.hidden = this.label.hidden = !inside;
    while (this.rings.length < model.lines.length) this.rings.push(element("plot-ring", this.holder));
    for (const ring of this.rings) ring.hidden = true;
    if (!inside) return;
    const x = f.x(time);
    this.line.style.cssText = `transform:translateX(${x}px);top:${f.top - 16}px;height:${f.height + 16}px`;
    this.label.textContent = cursorTime(time, model.to - model.from);
    this.label.style.transform = `translateX(${Math.max(f.left - 20, Math.min(x - 34, f.left + f.width - 56))}px)`;
    model.lines.forEach((line, i) => {
      const d = model.drawn[i];
      const at = d?.nearest(time) ?? -1;
      const ring = this.rings[i];
      if (!d || !ring || at < 0 || line.steps || model.hidden.has(i)) return;
      const y = f.y(d.mean[at] ?? 0, line.unit);
      const px = f.x(d.t[at] ?? 0);
      if (px < f.left - 1 || y < f.top || y > f.top + f.height) return;
      ring.hidden = false;
      ring.style.cssText = `transform:translate(${px - 4}px,${y - 4}px);border-color:${lineColour(model, i)}`;
    });
  }

  select(from: number | null, to: number, f: Frame): void {
    this.selection.hidden = from === null;
    if (from === null) return;
    const left = Math.max(f.left, Math.min(from, to));
    const right = Math.min(f.left + f.width, Math.max(from, to));
    this.selection.style.cssText = `left:${left}px;width:${Math.max(0, right - left)}px;top:${f.top}px;height:${f.height}px`;
  }
}
