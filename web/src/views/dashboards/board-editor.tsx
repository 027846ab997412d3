// SPDX-License-Identifier: Apache-2.0
// A dashboard under change: widgets are dragged and resized by pointer, by keys, or by the numbers of a form; fifty steps can be taken back.

import "../chart/parts";
import { signal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { tools } from "../../i18n/tools";
import { variableNames, type Widget } from "../../lib/board";
import { columns, inGrid, move, type Box } from "../../lib/grid";
import type { OpenBoard } from "../../state/boards";
import { display } from "../../state/display";
import { Shares } from "../../state/shares";
import type { TimeRange } from "../../state/range";
import { attempt } from "../../state/told";
import { go, setQuery } from "../router";
import { AddWidget } from "./add-widget";
import { Cell } from "./board-grid";
import { gap, rowHeight, WidgetView } from "./widget";
import { plain, type Choice } from "./shown";
import { titleOf } from "./title";
import { VersionsDrawer } from "./versions-drawer";
import { WidgetForm } from "./widget-form";

type Grip = "move" | "size";

interface Drag {
  readonly id: string;
  readonly grip: Grip;
  readonly from: Box;
  readonly x: number;
  readonly y: number;
  readonly cell: number;
}

/** The box after a pull by so many columns and rows. */
function pulled(from: Box, grip: Grip, dx: number, dy: number): Box {
  return inGrid(grip === "move" ? { ...from, x: from.x + dx, y: from.y + dy } : { ...from, w: Math.min(columns - from.x, from.w + dx), h: from.h + dy });
}

const steps: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function onKey(open: OpenBoard, widget: Widget, event: KeyboardEvent): void {
  const by = steps[event.key];
  if (by) open.place(widget.id, pulled(widget.box, event.shiftKey ? "size" : "move", by[0], by[1]));
  else if (event.key === "Delete") open.remove(widget.id);
  else if (event.key === "Enter") open.selected.value = widget.id;
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Undo, redo and save, wherever the focus is on the page. */
function useKeys(open: OpenBoard): void {
  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || (event.key.toLowerCase() === "s" && !display.peek().browserKeys)) return;
      const letter = event.key.toLowerCase();
      const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
      if (letter === "s") void open.save();
      else if (letter === "z" && !typing) (event.shiftKey ? open.redo() : open.undo());
      else if (letter === "y" && !typing) open.redo();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [open]);
}

function Bar({ open, choice, range }: { open: OpenBoard; choice: Choice; range: TimeRange }) {
  const adding = useSignal(false);
  const looking = useSignal(false);
  const { past, future } = open.steps.value;
  const done = (): void => {
    void (open.changed.value ? open.save() : Promise.resolve(true)).then((saved) => { if (saved) setQuery("edit", null); });
  };
  return (
    <div class="editor-bar">
      {/* By its key it is another field when the name is; drawing the bar anew leaves what is half typed. */}
      <label class="form-field">{tools.boards.name} <input key={open.board.value.title} defaultValue={open.board.value.title} maxLength={200} placeholder={titleOf(open.id, "")}
        onChange={(e) => open.change({ ...open.board.peek(), title: e.currentTarget.value })} /></label>
      <fieldset class="form-field"><legend>{tools.boards.variablesWord}</legend>
        {variableNames.map((name) => {
          const { variables } = open.board.value;
          return (
            <label key={name}><input type="checkbox" checked={variables.includes(name)} onChange={(e) => open.change({
              ...open.board.peek(), variables: e.currentTarget.checked ? [...variables, name] : variables.filter((v) => v !== name),
            })} /> {tools.boards.variables[name]}</label>
          );
        })}
      </fieldset>
      <span class="card-space" />
      <button type="button" class="button" disabled={past.length === 0} onClick={() => open.undo()}>{tools.boards.undo}</button>
      <button type="button" class="button" disabled={future.length === 0} onClick={() => open.redo()}>{tools.boards.redo}</button>
      <button type="button" class="button" onClick={() => { adding.value = true; }}>{tools.boards.add}</button>
      <button type="button" class="button" onClick={() => { looking.value = true; }}>{tools.boards.versions}</button>
      <button type="button" class="button" onClick={() => { open.discard(); setQuery("edit", null); }}>{tools.boards.discard}</button>
      <button type="button" class="button button-primary" disabled={open.saving.value} onClick={done}>{open.changed.value ? tools.boards.save : tools.boards.done}</button>
      {open.problem.value !== null && <p class="problem" role="alert">{open.problem}</p>}
      {looking.value && <VersionsDrawer open={open} onClose={() => { looking.value = false; }} />}
      {adding.value && <AddWidget open={open} choice={choice} range={range} onClose={() => { adding.value = false; }} />}
    </div>
  );
}

function Conflict({ open }: { open: OpenBoard }) {
  const theirs = open.conflict.value;
  if (!theirs) return null;
  const copy = (): void => attempt(open.saveCopy(tools.boards.copyOf(open.board.peek().title)).then((id) => go(`/dashboards/${encodeURIComponent(id)}`)));
  return (
    <section class="banner banner-warning" role="alert">
      <p><b>{theirs === "deleted" ? tools.boards.deletedMeanwhile : tools.boards.conflict(theirs.updatedBy)}</b></p>
      <button type="button" class="button" onClick={() => void open.save(true)}>{tools.boards.keepMine}</button>
      {theirs !== "deleted" && <button type="button" class="button" onClick={() => open.takeTheirs()}>{tools.boards.takeTheirs}</button>}
      <button type="button" class="button" onClick={copy}>{tools.boards.saveCopy}</button>
    </section>
  );
}

/** What is saved is seen by everybody who has a link. */
function SharedNote({ id }: { id: string }) {
  const shares = useMemo(() => new Shares(id), [id]);
  useEffect(() => void shares.load(), [shares]);
  const n = shares.all.value?.filter((s) => !s.expired).length ?? 0;
  return n === 0 ? null : <p class="banner">{tools.boards.share.shared(n)}</p>;
}

export function BoardEditor({ open, choice, range }: { open: OpenBoard; choice: Choice; range: TimeRange }) {
  useKeys(open);
  const grid = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag | null>(null);
  const ghost = useSignal<{ readonly id: string; readonly box: Box } | null>(null);
  const said = useRef(signal("")).current;
  const widgets = useComputed(() => {
    const { widgets: all } = open.board.value;
    return ghost.value ? move(all, ghost.value.id, ghost.value.box) : all;
  });
  const down = (widget: Widget, grip: Grip) => (event: PointerEvent): void => {
    const width = grid.current?.clientWidth ?? 0;
    if (event.button !== 0 || width === 0) return;
    event.preventDefault();
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    open.selected.value = widget.id;
    drag.current = { id: widget.id, grip, from: widget.box, x: event.clientX, y: event.clientY, cell: (width + gap) / columns };
  };
  const pull = (event: PointerEvent): void => {
    const d = drag.current;
    if (!d) return;
    const box = pulled(d.from, d.grip, Math.round((event.clientX - d.x) / d.cell), Math.round((event.clientY - d.y) / (rowHeight + gap)));
    ghost.value = { id: d.id, box };
  };
  const up = (): void => {
    const target = ghost.peek();
    drag.current = null;
    ghost.value = null;
    if (!target) return;
    open.place(target.id, target.box);
    said.value = tools.boards.at(target.box.x + 1, target.box.y + 1, target.box.w, target.box.h);
  };
  return (
    <>
      <Bar open={open} choice={choice} range={range} />
      <Conflict open={open} />
      <SharedNote id={open.id} />
      <div class="visually-hidden" role="status">{said}</div>
      <div class="editor">
        <div class="board-grid board-grid-edit" ref={grid} onPointerMove={pull} onPointerUp={up} onPointerCancel={up}>
          {widgets.value.map((w) => (
            <Cell key={w.id} widget={w} stacked={false} tabIndex={0} role="group" aria-label={tools.boards.frame(w.title || tools.boards.types[w.type])}
              aria-current={open.selected.value === w.id ? "true" : undefined}
              onKeyDown={(e: KeyboardEvent) => { if (e.target === e.currentTarget) onKey(open, w, e); }} onFocus={() => { open.selected.value = w.id; }}>
              <div class="widget-inert" inert><WidgetView shown={plain(open.board.value, w, choice)} range={range} /></div>
              <div class="widget-grip" aria-hidden="true" onPointerDown={down(w, "move")} />
              <div class="widget-size" aria-hidden="true" onPointerDown={down(w, "size")} />
            </Cell>
          ))}
          {widgets.value.length === 0 && <p class="empty">{tools.boards.emptyEdit}</p>}
        </div>
        <WidgetForm open={open} />
      </div>
    </>
  );
}
