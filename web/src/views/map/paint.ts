// SPDX-License-Identifier: Apache-2.0
// Marks on the canvas: a device is its glyph on a disc, a cluster a disc with its count, ringed in the colour of its worst
// state, with a badge that says how many are that bad.

import { shapes, type GlyphName } from "../../lib/shapes";
import type { MarkState } from "./mark-state";

type Token = (name: string) => string;

/** Colours and type, read once a drawing. */
export interface Pen {
  readonly c: CanvasRenderingContext2D;
  readonly token: Token;
  /** Pixels of a rem, and the page's face. */
  readonly rem: number;
  readonly face: string;
  /** Nothing is told now: what is shown is of before. */
  readonly stale: boolean;
}

const paths = new Map<string, Path2D>();

function pathOf(d: string): Path2D {
  let path = paths.get(d);
  if (!path) {
    path = new Path2D(d);
    paths.set(d, path);
  }
  return path;
}

export function drawGlyph(c: CanvasRenderingContext2D, glyph: GlyphName, x: number, y: number, size: number, ink: string): void {
  c.save();
  c.translate(x - size / 2, y - size / 2);
  c.scale(size / 12, size / 12);
  c.fillStyle = c.strokeStyle = ink;
  for (const part of shapes[glyph]) {
    if (part.width === undefined) {
      c.fill(pathOf(part.d), "evenodd");
      continue;
    }
    c.lineWidth = part.width;
    c.setLineDash(part.dash ? [...part.dash] : []);
    c.stroke(pathOf(part.d));
  }
  c.restore();
}

const toneNames: Readonly<Record<string, string>> = {
  critical: "--crit", warning: "--warn", info: "--accent", offline: "--off", unknown: "--unknown", asleep: "--text2", online: "--ok", stale: "--text3",
};

export function toneOf({ token, stale }: Pick<Pen, "token" | "stale">, glyph: GlyphName): string {
  return token(stale ? "--text3" : toneNames[glyph.replace("-held", "")] ?? "--text2");
}

function disc({ c, token }: Pen, x: number, y: number, r: number, edge: string, width: number, dash: readonly number[]): void {
  c.beginPath();
  c.arc(x, y, r - width / 2, 0, 2 * Math.PI);
  c.fillStyle = token("--surface");
  c.fill();
  c.setLineDash([...dash]);
  c.strokeStyle = edge;
  c.lineWidth = width;
  c.stroke();
  c.setLineDash([]);
}

export function drawDevice(pen: Pen, x: number, y: number, r: number, state: MarkState, trouble: boolean): void {
  const tone = toneOf(pen, state.glyph);
  disc(pen, x, y, r, trouble ? tone : pen.token("--control"), trouble ? 1.5 : 1, pen.stale ? [3, 2] : []);
  drawGlyph(pen.c, state.glyph, x, y, 14, tone);
}

const fills: Readonly<Record<string, readonly [ground: string, ink: string, edge: string]>> = {
  critical: ["--fill-crit", "--fill-crit-text", "--fill-crit"], warning: ["--fill-warn", "--fill-warn-text", "--fill-warn-edge"],
  info: ["--fill-info", "--fill-info-text", "--fill-info"],
};

function drawBadge(pen: Pen, x: number, y: number, state: MarkState): void {
  const { c, token, rem } = pen;
  const text = String(state.affected);
  const tone = toneOf(pen, state.glyph);
  const [ground, ink, edge] = (pen.stale ? undefined : fills[state.glyph])?.map(token) ?? [token("--surface"), tone, tone];
  c.font = `600 ${0.75 * rem}px ${pen.face}`;
  const width = Math.max(34, 10 + 10 + 4 + c.measureText(text).width + 10);
  const left = Math.round(x) + 0.5;
  const top = Math.round(y) + 0.5;
  c.beginPath();
  c.roundRect(left, top, width - 1, 19, 4);
  c.fillStyle = ground ?? "";
  c.fill();
  c.strokeStyle = edge ?? "";
  c.lineWidth = 1;
  c.stroke();
  drawGlyph(c, state.glyph, left + 12, top + 9.5, 10, ink ?? "");
  c.fillStyle = ink ?? "";
  c.textAlign = "left";
  c.fillText(text, left + 21, top + 10);
}

export function drawCluster(pen: Pen, x: number, y: number, r: number, count: string, state: MarkState, trouble: boolean): void {
  const { c, token, rem } = pen;
  disc(pen, x, y, r, trouble ? toneOf(pen, state.glyph) : token("--control"), trouble ? 2.5 : 1.5, pen.stale ? [4, 3] : []);
  c.font = `600 ${0.8125 * rem}px ${pen.face}`;
  c.fillStyle = token(pen.stale ? "--text3" : "--text");
  c.textAlign = "center";
  c.fillText(count, x, y + 0.5);
  if (trouble) drawBadge(pen, x + Math.max(8, r * 0.71 - 12), y - Math.max(28, r * 0.71 + 12), state);
}

/** Around the mark of the row in the list that a pointer or the focus is on. */
export function drawHalo({ c, token }: Pen, x: number, y: number, r: number): void {
  c.beginPath();
  c.arc(x, y, r + 4, 0, 2 * Math.PI);
  c.strokeStyle = token("--focus");
  c.lineWidth = 2;
  c.stroke();
}
