// SPDX-License-Identifier: Apache-2.0
// A dashboard as it is kept and exchanged: `{"schema":1,"title":…,"variables":[…],"widgets":[{"type":"chart","at":[0,0,6,6],"series":["$device/temperature"]}]}`.
// What comes from outside is let through part by part; what no longer has a meaning is left out, never guessed.

import { compact, inGrid, readingOrder, type Box, type Placed } from "./grid";
import { decoded, type SeriesRef } from "./series-name";

export const widgetTypes = ["value", "chart", "gauge", "table", "alerts", "map", "squares", "counts", "lanes", "text", "image", "clock"] as const;
export type WidgetType = (typeof widgetTypes)[number];
export const variableNames = ["device", "tag", "model", "location"] as const;
export type VariableName = (typeof variableNames)[number];

export type GaugeShape = "linear" | "radial";

export interface Widget extends Placed {
  readonly id: string;
  readonly box: Box;
  readonly type: WidgetType;
  /** Empty: what it shows is its title. */
  readonly title: string;
  /** `device/sensor`, each percent-encoded, or `$variable`. */
  readonly series: readonly string[];
  /** Of a text, in small Markdown. */
  readonly text: string;
  /** Of a chart, ms. */
  readonly span: number;
  /** A variable of which each value gets a copy. */
  readonly repeat: VariableName | null;
  /** Of a gauge. */
  readonly shape: GaugeShape;
  /** Of a picture: the id of what is kept, or empty. */
  readonly plan: string;
  /** The place on a phone; null: that of reading. */
  readonly order: number | null;
}

export interface Board {
  readonly title: string;
  readonly variables: readonly VariableName[];
  readonly widgets: readonly Widget[];
}

export const mostWidgets = 100;
export const mostSeries = 12;
export const mostRepeats = 24;
export const defaultSpan = 3_600_000;
const mostText = 20_000;

/** The size that a widget begins with, in columns and rows. */
export const sizes: Readonly<Record<WidgetType, readonly [number, number]>> = {
  value: [3, 3], chart: [6, 7], gauge: [3, 4], table: [6, 6], alerts: [6, 6], map: [6, 8], squares: [6, 4], counts: [4, 4], lanes: [6, 4], text: [4, 3], image: [4, 6], clock: [3, 2],
};

type Fields = Readonly<Record<string, unknown>>;
const fields = (x: unknown): Fields => (typeof x === "object" && x !== null && !Array.isArray(x) ? (x as Fields) : {});
const list = (x: unknown): readonly unknown[] => (Array.isArray(x) ? x : []);
const text = (x: unknown): string => (typeof x === "string" ? x : "");
const number = (x: unknown, otherwise: number): number => (typeof x === "number" && Number.isFinite(x) ? x : otherwise);
const isType = (x: unknown): x is WidgetType => (widgetTypes as readonly unknown[]).includes(x);
const isVariable = (x: unknown): x is VariableName => (variableNames as readonly unknown[]).includes(x);

function widgetOf(raw: unknown, index: number): Widget | null {
  const f = fields(raw);
  const type = f["type"];
  if (!isType(type)) return null;
  const [x, y, w, h] = list(f["at"]);
  const [width, height] = sizes[type];
  return {
    id: text(f["id"]) || `w${index + 1}`,
    box: inGrid({ x: number(x, 0), y: number(y, 0), w: number(w, width), h: number(h, height) }),
    type,
    title: text(f["title"]).slice(0, 200),
    series: list(f["series"]).map(text).filter((s) => s.includes("/")).slice(0, mostSeries),
    text: text(f["text"]).slice(0, mostText),
    span: Math.min(366 * 86_400_000, Math.max(60_000, number(f["span"], defaultSpan))),
    repeat: isVariable(f["repeat"]) ? f["repeat"] : null,
    shape: f["shape"] === "radial" ? "radial" : "linear",
    plan: text(f["plan"]).slice(0, 64),
    order: typeof f["order"] === "number" && Number.isFinite(f["order"]) ? f["order"] : null,
  };
}

/** Null: it is no dashboard, or one of a later version. */
export function decodeBoard(raw: unknown): Board | null {
  const f = fields(raw);
  if (f["schema"] !== 1 || !Array.isArray(f["widgets"])) return null;
  const ids = new Set<string>();
  const widgets = f["widgets"].slice(0, mostWidgets).map(widgetOf).filter((w): w is Widget => w !== null).map((w, i) => {
    const id = ids.has(w.id) ? `${w.id}-${i}` : w.id;
    ids.add(id);
    return { ...w, id };
  });
  return { title: text(f["title"]).slice(0, 200), variables: list(f["variables"]).filter(isVariable), widgets: compact(widgets) };
}

/** As it is kept and exported, in reading order; members that say nothing are left out. */
export function encodeBoard(board: Board): Record<string, unknown> {
  return {
    schema: 1, title: board.title, variables: board.variables,
    widgets: readingOrder(board.widgets).map((w) => ({
      id: w.id, type: w.type, at: [w.box.x, w.box.y, w.box.w, w.box.h],
      ...(w.title === "" ? {} : { title: w.title }), ...(w.series.length === 0 ? {} : { series: w.series }),
      ...(w.text === "" ? {} : { text: w.text }), ...(w.type === "chart" ? { span: w.span } : {}), ...(w.repeat === null ? {} : { repeat: w.repeat }),
      ...(w.shape === "linear" ? {} : { shape: w.shape }), ...(w.plan === "" ? {} : { plan: w.plan }), ...(w.order === null ? {} : { order: w.order }),
    })),
  };
}

/** What most widgets do not say. */
export const plainWidget = { repeat: null, shape: "linear", plan: "", order: null } as const;

export const emptyBoard: Board = { title: "", variables: [], widgets: [] };

/** A new widget of a type, where there is room. */
export function newWidget(board: Board, type: WidgetType, series: readonly string[], place: Box): Widget {
  let n = board.widgets.length + 1;
  while (board.widgets.some((w) => w.id === `w${n}`)) n++;
  return { id: `w${n}`, box: place, type, title: "", series, text: "", span: defaultSpan, ...plainWidget };
}

/* ---- series and variables ---- */

export function encodeSeries({ device, sensor }: SeriesRef): string {
  return `${device.startsWith("$") && isVariable(device.slice(1)) ? device : encodeURIComponent(device)}/${encodeURIComponent(sensor)}`;
}

/** Sensors of the device that a variable stands for. */
export function sensorsOfVariable(board: Board): string[] {
  return board.widgets.flatMap((w) => w.series).filter((s) => s.startsWith("$")).map((s) => decoded(s.slice(s.indexOf("/") + 1)));
}

/** Every device that a board names, variables left out. */
export function devicesNamed(board: Board): string[] {
  const names = board.widgets.flatMap((w) => w.series).filter((s) => !s.startsWith("$")).map((s) => decoded(s.slice(0, s.indexOf("/"))));
  return [...new Set(names)];
}

/** The same board with devices under other names: what an import maps. */
export function renamed(board: Board, names: ReadonlyMap<string, string>): Board {
  const rename = (reference: string): string => {
    const to = names.get(decoded(reference.slice(0, reference.indexOf("/"))));
    return to === undefined || reference.startsWith("$") ? reference : encodeSeries({ device: to, sensor: decoded(reference.slice(reference.indexOf("/") + 1)) });
  };
  return { ...board, widgets: board.widgets.map((w) => ({ ...w, series: w.series.map(rename) })) };
}
