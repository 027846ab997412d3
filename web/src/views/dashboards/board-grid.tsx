// SPDX-License-Identifier: Apache-2.0
// Where the widgets of a board stand.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { tools } from "../../i18n/tools";
import { mostRepeats, type Board, type Widget } from "../../lib/board";
import { onWall } from "../../lib/grid";
import type { TimeRange } from "../../state/range";
import { phone } from "../screen";
import { wallZoom } from "../wall-zoom";
import { shownOf, type Choice, type Shown } from "./shown";
import { gap, heightOf, rowHeight, WidgetView } from "./widget";

function styleOf({ box }: Widget, row: number, stacked: boolean): Record<string, string> {
  if (stacked) return { minHeight: "0" };
  const { x, w } = wallZoom.value > 1 ? onWall(box) : box;
  return { gridColumn: `${x + 1} / span ${w}`, gridRow: `${box.y + 1} / span ${box.h}`, minHeight: `${heightOf(box.h, row)}px` };
}

/** A phone has one below the other, but for where they are arranged. */
export function Cell({ widget, children, row = rowHeight, stacked = phone.value, ...rest }: { widget: Widget; children: ComponentChildren; row?: number; stacked?: boolean } & Record<string, unknown>) {
  return <div class="widget" data-widget={widget.id} style={styleOf(widget, row, stacked)} {...rest}>{children}</div>;
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

export function BoardGrid({ board, choice, range }: { board: Board; choice: Choice; range: TimeRange }) {
  const height = useScreenHeight();
  const { shown: all, cutOf } = shownOf(board, choice, phone.value);
  const row = rowOf(all, height);
  return (
    <>
      <div class="board-grid" style={row === rowHeight ? undefined : { gridAutoRows: `${row}px` }}>
        {all.map((shown) => (
          <Cell key={shown.widget.id} widget={shown.widget} row={row}><WidgetView shown={shown} range={range} row={row} /></Cell>
        ))}
      </div>
      {cutOf > 0 && <p class="quiet">{tools.boards.notAll(mostRepeats, cutOf)}</p>}
    </>
  );
}
