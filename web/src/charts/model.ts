// SPDX-License-Identifier: Apache-2.0
// What a chart is made of, and the frame that it is drawn into. Lengths are CSS pixels.

import type { GlyphName } from "../lib/shapes";
import type { Severity } from "../net/wire";
import type { Drawn } from "../state/drawn";
import type { Series } from "../state/series";

export interface Line {
  readonly series: Series;
  readonly name: string;
  readonly unit: string;
  readonly decimals: number;
  /** A token, "--series1". */
  readonly colour: string;
  readonly dashed: boolean;
  /** On or off, drawn as a lane. */
  readonly steps: boolean;
  /** What a switch is when off and when on; by the chart's own words unless given. */
  readonly states?: readonly [string, string];
  /** The same a window earlier, drawn in grey. */
  readonly before?: Series;
}

export interface PlotLimit {
  readonly value: number;
  /** Where it ends, when that is elsewhere. */
  readonly clear: number | null;
  readonly unit: string;
  readonly severity: Severity;
  readonly label: string;
  readonly crossed: boolean;
}

/** Something that happened, in the lane above the plot. */
export interface Mark {
  readonly at: number;
  /** Null while it lasts, `at` for a moment. */
  readonly until: number | null;
  readonly glyph: GlyphName;
  readonly label: string;
}

export interface Words {
  readonly gap: (span: string, cause: string | null) => string;
  readonly on: string;
  readonly off: string;
}

/** What a person holds an axis at, by its unit. */
export type HeldRanges = ReadonlyMap<string, readonly [number, number]>;

export interface PlotModel {
  lines: readonly Line[];
  /** What is drawn of each line; null while it is not loaded. */
  drawn: (Drawn | null)[];
  /** The same of the window before; null where it is not compared with. */
  before: (Drawn | null)[];
  from: number;
  to: number;
  current: boolean;
  limits: readonly PlotLimit[];
  marks: readonly Mark[];
  /** Why a gap is one, when that is known. */
  cause: (from: number, to: number) => string | null;
  /** Lines that are not shown, by index. */
  hidden: ReadonlySet<number>;
  /** The one line that the others stand back for, or -1. */
  bright: number;
  /** Lines of charts beside this one, whose values share its range. */
  beside: readonly Line[];
  /** A range of y that a person holds; null when it follows the data. */
  locked: HeldRanges | null;
  words: Words;
  token: (name: string) => string;
}

export interface Frame {
  readonly c: CanvasRenderingContext2D;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly x: (t: number) => number;
  readonly y: (v: number, unit: string) => number;
}

export const laneHeight = 16;
export const leftRoom = 46;
export const bottomRoom = 26;
/** The lane, and the row in which the unit stands. */
export const topRoom = laneHeight + 22;
export const font = "12px Inter, system-ui, sans-serif";

/** The units of the lines, at most two: the left axis' and the right one's. */
export function unitsOf(lines: readonly Line[]): readonly string[] {
  return [...new Set(lines.filter((l) => !l.steps).map((l) => l.unit))].slice(0, 2);
}

/** Room at the right for names at the ends of lines. */
export function rightRoom(lines: readonly Line[], width: number): number {
  return named(lines) && width > 480 ? 104 : 14;
}

export function named(lines: readonly Line[]): boolean {
  const drawn = lines.filter((l) => !l.steps).length;
  return drawn > 1 && drawn <= 4 && unitsOf(lines).length < 2;
}

/** A token's colour, "#rrggbb", with a share of 0 to 1 of it left. */
export function translucent(colour: string, share: number): string {
  return /^#[0-9a-f]{6}$/i.test(colour) ? colour + Math.round(share * 255).toString(16).padStart(2, "0") : colour;
}

export function lineColour(model: PlotModel, index: number): string {
  const line = model.lines[index];
  const only = model.lines.length === 1;
  const colour = model.token(!model.current && only ? "--text3" : line?.colour ?? "--series1");
  if (model.bright >= 0 && model.bright !== index) return translucent(colour, 0.3);
  return model.current || only ? colour : translucent(colour, 0.5);
}
