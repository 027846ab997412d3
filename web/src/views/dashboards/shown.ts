// SPDX-License-Identifier: Apache-2.0
// What the widgets of a dashboard show for the devices that its variables choose. A widget that repeats has a copy for each
// device, tag, model or place: beside each other where nothing else stands in its rows, else one below the other.

import { mostRepeats, variableNames, type Board, type Widget } from "../../lib/board";
import { columns, compact, phoneOrder, readingOrder } from "../../lib/grid";
import { deviceOf } from "../../state/fleet";
import { chosenOf, groupsOf, type Group } from "../../state/variables";

/** A widget as it is shown: with the values that its variables have here. */
export interface Shown {
  readonly widget: Widget;
  readonly values: ReadonlyMap<string, string>;
  /** Devices of which it shows series. */
  readonly devices: readonly string[];
  /** Devices that it counts, lists or maps; none: all. */
  readonly scope: readonly string[];
  /** What a copy stands for, when no device's name in it says so. */
  readonly label: string;
  /** Shows the series of all its devices. */
  readonly whole: boolean;
}

export interface Choice {
  /** Devices of which series are shown. */
  readonly devices: readonly string[];
  /** All that fit the variables. */
  readonly fitting: readonly string[];
  readonly query: URLSearchParams;
}

const valuesOf = (device: string | undefined): ReadonlyMap<string, string> =>
  new Map(device === undefined ? [] : variableNames.map((name) => [name, device]));

/** A widget that does not repeat. */
export function plain(board: Board, widget: Widget, { devices, fitting }: Choice): Shown {
  const scope = board.variables.includes("device") ? devices : fitting;
  return { widget, values: valuesOf(devices[0]), devices, scope, label: "", whole: false };
}

function copyOf(widget: Widget, { value, devices }: Group): Shown {
  const single = widget.repeat === "device";
  return { widget, values: valuesOf(devices[0]), devices: devices.slice(0, mostRepeats), scope: devices, label: single ? deviceOf(value)?.name ?? value : value, whole: !single };
}

function groups(widget: Widget, choice: Choice): readonly Group[] {
  if (widget.repeat === null) return [];
  if (widget.repeat === "device") return choice.devices.length < 2 ? [] : choice.devices.map((value) => ({ value, devices: [value] }));
  return groupsOf(widget.repeat, choice.fitting, chosenOf(choice.query, widget.repeat));
}

const besides = (a: Widget, b: Widget): boolean => a.id !== b.id && a.box.y < b.box.y + b.box.h && b.box.y < a.box.y + a.box.h;

/** The copies, and how many rows they take more than the widget itself. */
function spread(widget: Widget, own: readonly Group[], all: readonly Widget[]): { readonly copies: readonly Shown[]; readonly more: number } {
  const { x, y, w, h } = widget.box;
  const inRow = all.some((other) => besides(widget, other)) ? 1 : Math.max(1, Math.floor((columns - x) / w));
  const copies = own.slice(0, mostRepeats).map((group, i) => copyOf({
    ...widget, id: `${widget.id}:${i}`, box: { x: x + (i % inRow) * w, y: y + Math.floor(i / inRow) * h, w, h },
  }, group));
  return { copies, more: (Math.ceil(copies.length / inRow) - 1) * h };
}

/** The widgets as they are shown, on a phone in its own order; and of how many values the first copies are, when there are too many. */
export function shownOf(board: Board, choice: Choice, phone: boolean): { readonly shown: readonly Shown[]; readonly cutOf: number } {
  const rows: { readonly from: number; readonly to: number; readonly more: number }[] = [];
  let cutOf = 0;
  const all = readingOrder(board.widgets).flatMap((widget): readonly Shown[] => {
    const below = rows.filter((r) => r.to <= widget.box.y).reduce((sum, r) => sum + r.more, 0);
    const moved = { ...widget, box: { ...widget.box, y: widget.box.y + below } };
    const own = groups(widget, choice);
    if (own.length === 0) return [plain(board, moved, choice)];
    if (own.length > mostRepeats) cutOf = Math.max(cutOf, own.length);
    const { copies, more } = spread(widget, own, board.widgets);
    const beside = rows.findIndex((r) => r.from === widget.box.y);
    const had = rows[beside];
    if (had) rows[beside] = { ...had, to: Math.max(had.to, widget.box.y + widget.box.h), more: Math.max(had.more, more) };
    else rows.push({ from: widget.box.y, to: widget.box.y + widget.box.h, more });
    return copies.map((c) => ({ ...c, widget: { ...c.widget, box: { ...c.widget.box, y: c.widget.box.y + below } } }));
  });
  const boxes = new Map(compact(all.map((s) => s.widget)).map((w) => [w.id, w.box]));
  const placed = all.map((s) => ({ ...s, widget: { ...s.widget, box: boxes.get(s.widget.id) ?? s.widget.box } }));
  if (!phone) return { shown: placed, cutOf };
  const order = phoneOrder(placed.map((s) => s.widget));
  return { shown: order.flatMap((w) => placed.find((s) => s.widget === w) ?? []), cutOf };
}
