// SPDX-License-Identifier: Apache-2.0
// Where the widgets of a board stand. Those that repeat get a copy a device, one below the other.

import type { ComponentChildren } from "preact";
import { mostRepeats, type Board, type Widget } from "../../lib/board";
import { compact, phoneOrder, readingOrder } from "../../lib/grid";
import type { TimeRange } from "../../state/range";
import { phone } from "../screen";
import { heightOf, WidgetView, type Shown } from "./widget";

/** The widgets as they are shown for these devices. */
export function shownOf(board: Board, devices: readonly string[]): Shown[] {
  const [first] = devices;
  const one = first === undefined ? new Map<string, string>() : new Map([["device", first]]);
  const all = readingOrder(board.widgets).flatMap((widget): Shown[] => {
    if (widget.repeat === null || devices.length < 2) return [{ widget, values: one, devices }];
    return devices.slice(0, mostRepeats).map((device, i) => ({
      widget: { ...widget, id: `${widget.id}:${i}`, box: { ...widget.box, y: widget.box.y + i * widget.box.h } },
      values: new Map([["device", device]]), devices,
    }));
  });
  const boxes = new Map(compact(all.map((s) => s.widget)).map((w) => [w.id, w.box]));
  const placed = all.map((s) => ({ ...s, widget: { ...s.widget, box: boxes.get(s.widget.id) ?? s.widget.box } }));
  if (!phone.value) return placed;
  const order = phoneOrder(placed.map((s) => s.widget));
  return order.flatMap((w) => placed.find((s) => s.widget === w) ?? []);
}

function styleOf({ box }: Widget): Record<string, string> {
  if (phone.value) return { minHeight: "0" };
  return { gridColumn: `${box.x + 1} / span ${box.w}`, gridRow: `${box.y + 1} / span ${box.h}`, minHeight: `${heightOf(box.h)}px` };
}

export function Cell({ widget, children, ...rest }: { widget: Widget; children: ComponentChildren } & Record<string, unknown>) {
  return <div class="widget" data-widget={widget.id} style={styleOf(widget)} {...rest}>{children}</div>;
}

export function BoardGrid({ board, devices, range }: { board: Board; devices: readonly string[]; range: TimeRange }) {
  return (
    <div class="board-grid">
      {shownOf(board, devices).map((shown) => (
        <Cell key={shown.widget.id} widget={shown.widget}><WidgetView shown={shown} range={range} /></Cell>
      ))}
    </div>
  );
}
