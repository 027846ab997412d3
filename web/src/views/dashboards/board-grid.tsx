// SPDX-License-Identifier: Apache-2.0
// Where the widgets of a board stand. Those that repeat get a copy a device, one below the other.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { mostRepeats, type Board, type Widget } from "../../lib/board";
import { compact, phoneOrder, readingOrder } from "../../lib/grid";
import type { TimeRange } from "../../state/range";
import { phone } from "../screen";
import { wallZoom } from "../wall-zoom";
import { gap, heightOf, rowHeight, WidgetView, type Shown } from "./widget";

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

function styleOf({ box }: Widget, row: number): Record<string, string> {
  if (phone.value) return { minHeight: "0" };
  return { gridColumn: `${box.x + 1} / span ${box.w}`, gridRow: `${box.y + 1} / span ${box.h}`, minHeight: `${heightOf(box.h, row)}px` };
}

export function Cell({ widget, children, row = rowHeight, ...rest }: { widget: Widget; children: ComponentChildren; row?: number } & Record<string, unknown>) {
  return <div class="widget" data-widget={widget.id} style={styleOf(widget, row)} {...rest}>{children}</div>;
}

/** What stands above the widgets on a wall, and the margins around them. */
const wallRoom = 62;
const wallMargin = 0.0125;

/** On a wall the dashboard fills the screen, whatever it is made of; what would become too flat goes beyond it. */
function rowOf(shown: readonly Shown[], height: number): number {
  const zoom = wallZoom.value;
  const rows = Math.max(1, ...shown.map((s) => s.widget.box.y + s.widget.box.h));
  const free = height / zoom - wallRoom - (2 * wallMargin * innerWidth) / zoom;
  return zoom > 1 ? Math.max(rowHeight / 2, (free - (rows - 1) * gap) / rows) : rowHeight;
}

function useScreenHeight(): number {
  const [height, setHeight] = useState(innerHeight);
  useEffect(() => {
    const look = (): void => setHeight(innerHeight);
    addEventListener("resize", look);
    return () => removeEventListener("resize", look);
  }, []);
  return height;
}

export function BoardGrid({ board, devices, range }: { board: Board; devices: readonly string[]; range: TimeRange }) {
  const height = useScreenHeight();
  const all = shownOf(board, devices);
  const row = rowOf(all, height);
  return (
    <div class="board-grid" style={row === rowHeight ? undefined : { gridAutoRows: `${row}px` }}>
      {all.map((shown) => (
        <Cell key={shown.widget.id} widget={shown.widget} row={row}><WidgetView shown={shown} range={range} row={row} /></Cell>
      ))}
    </div>
  );
}
