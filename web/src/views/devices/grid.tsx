// SPDX-License-Identifier: Apache-2.0
// Rows of fixed height, of which only those in sight and a few more are there: ten thousand devices
// scroll as fifty do. One tab stop; the keys move within, and the row they stand on stays in the page.

import { useSignal } from "@preact/signals";
import { ArrowDown, ArrowUp } from "lucide-preact";
import { useEffect, useRef } from "preact/hooks";
import { SparkColumn } from "../../charts/spark-column";
import { say } from "../../i18n/say";
import { serverNow } from "../../state/clock";
import { fresh } from "../../state/connection";
import { deviceOf } from "../../state/fleet";
import type { Sort } from "../../state/order";
import { RowSparks, rowSparkSpan } from "../../state/row-sparks";
import { addPageKeys } from "../page-keys";
import { devicePath, go } from "../router";
import { theme, token } from "../theme";
import { setWidth, template, type Column } from "./columns";
import { Row, type RowActs } from "./row";

interface Props {
  readonly ids: readonly string[];
  readonly columns: readonly Column[];
  readonly rowHeight: number;
  readonly cards: boolean;
  readonly sort: Sort;
  readonly selected: ReadonlySet<string>;
  readonly heads: (c: Column) => string;
  /** The sensor whose last hour stands in the column of lines. */
  readonly sparkOf: (id: string) => string | null;
  readonly onSort: (key: string) => void;
  readonly onSelect: (id: string, whole: boolean) => void;
  readonly onPeek: (id: string) => void;
  readonly onHold: (held: boolean) => void;
  /** Rows that are in sight, and a few more; those that are not there yet can be asked for. */
  readonly onWindow?: ((first: number, last: number) => void) | undefined;
}

const spare = 6;
/** After the last scroll. */
const restMs = 150;
const checkWidth = 36;

/** A column's edge follows the pointer; the same by buttons is in the chooser. */
function drag(event: PointerEvent, id: string): void {
  const grip = event.currentTarget as HTMLElement;
  const cell = grip.parentElement;
  if (!cell || event.button !== 0) return;
  event.preventDefault();
  const [from, width] = [event.clientX, cell.getBoundingClientRect().width];
  const along = document.dir === "rtl" ? -1 : 1;
  grip.setPointerCapture(event.pointerId);
  grip.onpointermove = (e) => setWidth(id, width + along * (e.clientX - from));
  grip.onpointerup = grip.onpointercancel = () => { grip.onpointermove = null; };
}

function Head({ columns, sort, heads, onSort, all, some, onAll }: {
  columns: readonly Column[]; sort: Sort; heads: Props["heads"]; onSort: Props["onSort"]; all: boolean; some: boolean; onAll: () => void;
}) {
  return (
    <div role="row" aria-rowindex={1} class="grid-row grid-head">
      <div role="columnheader"><input type="checkbox" tabIndex={-1} aria-label={say.devices.selectAll} checked={all} ref={(e) => { if (e) e.indeterminate = some && !all; }} onChange={onAll} /></div>
      {columns.map((c) => {
        const key = c.id;
        const on = sort.key === key;
        return (
          <div key={c.id} role="columnheader" aria-sort={on ? (sort.down ? "descending" : "ascending") : "none"} class={c.number ? "cell-number" : undefined}>
            {c.id === "spark" || c.id === "tags"
              ? heads(c)
              : <button type="button" tabIndex={-1} onClick={() => onSort(key)}>{on && (sort.down ? <ArrowDown size={13} aria-hidden="true" /> : <ArrowUp size={13} aria-hidden="true" />)}{heads(c)}</button>}
            <i class="column-grip" onPointerDown={(event) => drag(event, c.id)} />
          </div>
        );
      })}
    </div>
  );
}

export function Grid(props: Props) {
  const { ids, columns, rowHeight, cards, selected } = props;
  const holder = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(600);
  const at = useSignal(0);
  // While it moves, rows change their text and place and none is taken out and put in again, which halves a frame's
  // layout; at rest they stand in the page as they are read.
  const moving = useSignal(false);
  const rest = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(rest.current), []);
  const sparks = useRef<RowSparks | null>(null);
  sparks.current ??= new RowSparks();
  sparks.current.version.value;
  useEffect(() => () => sparks.current?.stop(), []);
  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const size = new ResizeObserver(() => { height.value = element.clientHeight; });
    size.observe(element);
    return () => size.disconnect();
  }, []);

  const headHeight = cards ? 0 : 34;
  const first = Math.max(0, Math.floor(top.value / rowHeight) - spare);
  const last = Math.min(ids.length, Math.ceil((top.value + height.value) / rowHeight) + spare);
  // As many as ever stand there at once, so that a row which comes takes the place of the one that goes.
  const pool = Math.ceil(height.value / rowHeight) + 2 * spare + 1;
  const active = Math.min(at.value, ids.length - 1);
  const shown: number[] = [];
  for (let i = first; i < last; i++) shown.push(i);
  if (active >= 0 && (active < first || active >= last)) shown.push(active);

  const { onWindow } = props;
  useEffect(() => onWindow?.(first, last), [first, last, onWindow]);

  const names = shown.flatMap((i) => {
    const id = ids[i];
    const sensor = id === undefined ? null : props.sparkOf(id);
    return id !== undefined && sensor !== null ? [{ device: id, sensor }] : [];
  });
  const sparkAt = columns.findIndex((c) => c.id === "spark");
  const wanted = sparkAt < 0 || cards ? "" : names.map((n) => `${n.device}\n${n.sensor}`).join("\n\n");
  useEffect(() => {
    if (wanted === "") return;
    sparks.current?.show(names);
    const again = setInterval(() => sparks.current?.show(names), 60_000);
    return () => clearInterval(again);
  }, [wanted]);

  const moveTo = (index: number): void => {
    const next = Math.max(0, Math.min(ids.length - 1, index));
    at.value = next;
    const element = holder.current;
    if (!element) return;
    const y = next * rowHeight;
    if (y < element.scrollTop) element.scrollTop = y;
    else if (y + rowHeight + headHeight > element.scrollTop + element.clientHeight) element.scrollTop = y + rowHeight + headHeight - element.clientHeight;
  };
  const act = (key: string): boolean => {
    const page = Math.max(1, Math.floor(height.peek() / rowHeight) - 2);
    const id = ids[active];
    switch (key) {
      case "ArrowDown": case "j": moveTo(active + 1); return true;
      case "ArrowUp": case "k": moveTo(active - 1); return true;
      case "PageDown": moveTo(active + page); return true;
      case "PageUp": moveTo(active - page); return true;
      case "Home": moveTo(0); return true;
      case "End": moveTo(ids.length - 1); return true;
      case "Enter": if (id !== undefined) go(devicePath(id)); return true;
      case " ": case "x": if (id !== undefined) props.onSelect(id, false); return true;
      case "p": if (id !== undefined) props.onPeek(id); return true;
      default: return false;
    }
  };
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => addPageKeys((key) => "jkxp".includes(key) && key.length === 1 && latest.current(key)), []);

  const handlers = useRef(props);
  handlers.current = props;
  const acts = useRef<RowActs>({
    select: (id) => handlers.current.onSelect(id, false),
    open: (id) => go(devicePath(id)),
    point: (index) => { at.value = index; },
  }).current;

  const lines = shown.filter((i) => i >= first && i < last);
  const style = { gridTemplateColumns: cards ? "1fr" : `${checkWidth}px ${template(columns)}` };
  return (
    <div ref={holder} class={`grid${cards ? " grid-cards" : ""}`} role="grid" tabIndex={0} aria-label={say.devices.title} aria-rowcount={ids.length + 1} aria-multiselectable="true"
      aria-activedescendant={active >= 0 ? `row-${active}` : undefined} style={{ "--row": `${rowHeight}px`, "--columns": style.gridTemplateColumns }}
      onScroll={(event) => {
        top.value = event.currentTarget.scrollTop;
        moving.value = true;
        clearTimeout(rest.current);
        rest.current = setTimeout(() => { moving.value = false; }, restMs);
      }}
      onFocus={() => props.onHold(true)} onBlur={() => props.onHold(false)} onPointerEnter={() => props.onHold(true)} onPointerLeave={() => props.onHold(false)}
      onKeyDown={(event) => {
        if (event.metaKey || event.altKey || event.target !== event.currentTarget) return;
        if (act(event.key)) event.preventDefault();
      }}>
      {!cards && <Head columns={columns} sort={props.sort} heads={props.heads} onSort={props.onSort} all={ids.length > 0 && ids.every((id) => selected.has(id))}
        some={selected.size > 0} onAll={() => props.onSelect("", true)} />}
      <div class="grid-body" role="rowgroup" style={{ height: `${ids.length * rowHeight}px` }}>
        {(moving.value ? [...shown].sort((a, b) => (a % pool) - (b % pool)) : shown).map((i) => {
          const id = ids[i];
          const device = id === undefined ? undefined : deviceOf(id);
          if (id === undefined || !device) return null;
          return (
            <Row key={i < first || i >= last ? "active" : i % pool} at={i} device={device} columns={cards ? null : columns} height={rowHeight}
              selected={selected.has(id)} active={i === active} acts={acts} />
          );
        })}
        {sparkAt >= 0 && !cards && (
          <div class="grid-row grid-sparks" aria-hidden="true">
            {Array.from({ length: sparkAt + 1 }, (_, i) => <div key={i} />)}
            <div class="grid-spark-cell">
              <SparkColumn rows={lines.map((i) => { const id = ids[i] ?? ""; const s = props.sparkOf(id); return s === null ? null : sparks.current?.of(id, s) ?? null; })}
                muted={lines.map((i) => !fresh.value || deviceOf(ids[i] ?? "")?.status === "offline")} top={first * rowHeight} rowHeight={rowHeight} width={104}
                from={serverNow() - rowSparkSpan} to={serverNow()} theme={theme.value} token={token} />
            </div>
          </div>
        )}
      </div>
    </div>
  );
}
