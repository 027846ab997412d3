// SPDX-License-Identifier: Apache-2.0
// One dashboard: its variables and range, then its widgets in reading order. Editing comes as a chunk of its own.

import "../chart/parts";
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { encodeBoard } from "../../lib/board";
import { OpenBoard } from "../../state/boards";
import { mayChange } from "../../state/session";
import { chosenDevices } from "../../state/variables";
import { usePageRange } from "../chart/page-range";
import { RangeBar } from "../chart/range-bar";
import { Chunk } from "../chunk";
import { fileName, save } from "../download";
import { route, setQuery } from "../router";
import { BoardGrid } from "./board-grid";
import { titleOf } from "./title";
import { VariablesBar } from "./variables-bar";

const hour = 3_600_000;
const loadShare = () => import("./share-drawer").then((m) => m.ShareDrawer);
const loadEditor = () => import("./board-editor").then((m) => m.BoardEditor);

function exportBoard(open: OpenBoard): void {
  const board = open.board.peek();
  save(new Blob([`${JSON.stringify(encodeBoard(board), null, 2)}\n`], { type: "application/json" }), fileName([board.title || "dashboard"], "json"));
}

function Head({ open, editing, devices }: { open: OpenBoard; editing: boolean; devices: readonly string[] }) {
  const sharing = useSignal(false);
  const title = useComputed(() => titleOf(open.id, open.board.value.title));
  return (
    <header class="device-head">
      <nav class="crumbs"><a href="/dashboards">{tools.boards.title}</a></nav>
      <div class="device-line">
        <h1>{title}</h1>
        <div class="head-acts">
          <button type="button" class="button" onClick={() => exportBoard(open)}>{tools.boards.export}</button>
          {mayChange.value && <button type="button" class="button" onClick={() => { sharing.value = true; }}>{tools.boards.share.open}</button>}
          {mayChange.value && !editing && <button type="button" class="button" onClick={() => setQuery("edit", "1")}>{tools.boards.edit}</button>}
        </div>
        {sharing.value && <Chunk load={loadShare} loading="" id={open.id} board={open.board.value} devices={devices} onClose={() => { sharing.value = false; }} />}
      </div>
    </header>
  );
}

function Ready({ open }: { open: OpenBoard }) {
  const range = usePageRange(hour);
  const wall = route.value.query.get("wall") === "1";
  const editing = route.value.query.has("edit") && mayChange.value && !wall;
  const devices = useComputed(() => chosenDevices(open.board.value, route.value.query));
  const board = open.board.value;
  return (
    <>
      {wall ? <h1 class="visually-hidden">{titleOf(open.id, board.title)}</h1> : (
        <>
          <Head open={open} editing={editing} devices={devices.value} />
          <div class="board-bar"><VariablesBar board={board} /><span class="card-space" /><RangeBar range={range} /></div>
        </>
      )}
      {editing ? <Chunk load={loadEditor} loading={say.loading} open={open} devices={devices.value} range={range} />
        : board.widgets.length === 0 ? <p class="empty">{mayChange.value ? tools.boards.emptyEdit : tools.boards.empty}</p>
          : <BoardGrid board={board} devices={devices.value} range={range} />}
    </>
  );
}

export function BoardPage({ id }: { id: string }) {
  const open = useMemo(() => new OpenBoard(id), [id]);
  useEffect(() => void open.load(), [open]);
  return (
    <div class="page board-page">
      {open.loaded.value === "ready" && <Ready open={open} />}
      {open.loaded.value === "loading" && <p class="quiet">{say.loading}</p>}
      {open.loaded.value === "gone" && <><h1>{tools.boards.gone}</h1><p><a href="/dashboards">{tools.boards.toList}</a></p></>}
      {open.loaded.value === "failed" && <p role="alert">{tools.boards.failed} <button type="button" class="button" onClick={() => void open.load()}>{say.chart.retry}</button></p>}
    </div>
  );
}
