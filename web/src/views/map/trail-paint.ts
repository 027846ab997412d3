// SPDX-License-Identifier: Apache-2.0
// Trails below the marks: thinner with age, with an arrow head each 60 pixels, dashed where nobody knows the way.

import { arrowsAlong, breaksBefore, type Trail } from "../../lib/trail";
import { indexAtOrAfter } from "../../lib/search";
import { frameX, frameY, type Frame } from "./canvas-layer";
import type { Pen } from "./paint";

const arrowEvery = 60;
const arrowLength = 7;
const widest = 2.75;
const thinnest = 1;
/** A way is drawn in so many stretches of one width. */
const stretches = 8;

interface Way {
  readonly x: number[];
  readonly y: number[];
}

function wayOf(frame: Frame, trail: Trail, count: number): Way {
  const way: Way = { x: [], y: [] };
  for (let i = 0; i < count; i++) {
    way.x.push(frameX(frame, trail.lng[i] ?? 0));
    way.y.push(frameY(frame, trail.lat[i] ?? 0));
  }
  return way;
}

function line(c: CanvasRenderingContext2D, { x, y }: Way, from: number, to: number): void {
  c.beginPath();
  c.moveTo(x[from] ?? 0, y[from] ?? 0);
  for (let i = from + 1; i <= to; i++) c.lineTo(x[i] ?? 0, y[i] ?? 0);
  c.stroke();
}

/** How recent a point is in its stretch of time, 0 to 1. */
function recent(t: number, end: number, span: number): number {
  return Math.min(1, Math.max(0, 1 - (end - t) / span));
}

function widthAt(t: number, end: number, span: number): number {
  return thinnest + (widest - thinnest) * Math.ceil(recent(t, end, span) * stretches) / stretches;
}

function drawWay(c: CanvasRenderingContext2D, trail: Trail, way: Way, end: number, span: number): void {
  const last = way.x.length - 1;
  for (let from = 0, to = 1; to <= last; to++) {
    const width = widthAt(trail.t[to] ?? 0, end, span);
    const broken = breaksBefore(trail, to);
    const goesOn = to < last && !broken && !breaksBefore(trail, to + 1) && widthAt(trail.t[to + 1] ?? 0, end, span) === width;
    if (goesOn) continue;
    c.lineWidth = width;
    c.globalAlpha = 0.45 + 0.55 * recent(trail.t[to] ?? 0, end, span);
    c.setLineDash(broken ? [3, 5] : []);
    line(c, way, from, to);
    from = to;
  }
  c.setLineDash([]);
}

function drawArrows(c: CanvasRenderingContext2D, trail: Trail, way: Way): void {
  c.globalAlpha = 1;
  for (const { x, y, angle } of arrowsAlong(way.x, way.y, arrowEvery, (i) => breaksBefore(trail, i))) {
    c.save();
    c.translate(x, y);
    c.rotate(angle);
    c.beginPath();
    c.moveTo(arrowLength * 0.6, 0);
    c.lineTo(-arrowLength * 0.4, arrowLength * 0.45);
    c.lineTo(-arrowLength * 0.2, 0);
    c.lineTo(-arrowLength * 0.4, -arrowLength * 0.45);
    c.closePath();
    c.fill();
    c.restore();
  }
}

/** A trail up to `end`, with where the device is then as its last point when that is known. */
export function drawTrail(frame: Frame, { c }: Pen, trail: Trail, colour: string, end: number, span: number, head: readonly [number, number] | null): void {
  const count = indexAtOrAfter(trail.t, end + 1);
  if (count === 0) return;
  const shown: Trail = head === null ? trail
    : { rhythm: trail.rhythm, t: [...trail.t.slice(0, count), end], lat: [...trail.lat.slice(0, count), head[0]], lng: [...trail.lng.slice(0, count), head[1]] };
  const way = wayOf(frame, shown, head === null ? count : count + 1);
  const outside = Math.max(...way.x) < 0 || Math.min(...way.x) > frame.width || Math.max(...way.y) < 0 || Math.min(...way.y) > frame.height;
  if (outside) return;
  c.save();
  c.strokeStyle = c.fillStyle = colour;
  c.lineJoin = "round";
  c.lineCap = "round";
  drawWay(c, shown, way, end, span);
  drawArrows(c, shown, way);
  c.restore();
}
