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
import { chosenDevices, fittingDevices } from "../../state/variables";
import { usePageRange } from "../chart/page-range";
import { RangeBar } from "../chart/range-bar";
import { Chunk } from "../chunk";
import { route, setQuery } from "../router";
import { BoardGrid } from "./board-grid";
import { ModelBoard } from "./model-board";
import { saveBoard } from "./save-board";
import { titleOf } from "./title";
import { VariablesBar } from "./variables-bar";

const hour = 3_600_000;
const loadShare = () => import("./share-drawer").then((m) => m.ShareDrawer);
const loadEditor = () => import("./board-editor").then((m) => m.BoardEditor);

function Head({ open, editing, devices }: { open: OpenBoard; editing: boolean; devices: readonly string[] }) {
  const sharing = useSignal(false);
  const title = useComputed(() => titleOf(open.id, open.board.value.title));
  return (
    <header class="device-head">
      <nav class="crumbs"><a href="/dashboards">{tools.boards.title}</a></nav>
      <div class="device-line">
        <h1>{title}</h1>
        <div class="head-acts">
          <button type="button" class="button" onClick={() => saveBoard(encodeBoard(open.board.peek()), title.peek())}>{tools.boards.export}</button>
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
  const board = open.board.value;
  const fitting = useComputed(() => fittingDevices(open.board.value, route.value.query));
  const devices = useComputed(() => chosenDevices(open.board.value, route.value.query, fitting.value));
  const choice = { devices: devices.value, fitting: fitting.value, query: route.value.query };
  return (
    <>
      {wall ? <h1 class="visually-hidden">{titleOf(open.id, board.title)}</h1> : (
        <>
          <Head open={open} editing={editing} devices={devices.value} />
          <div class="board-bar"><VariablesBar board={board} /><span class="card-space" /><RangeBar range={range} /></div>
        </>
      )}
      {editing ? <Chunk load={loadEditor} loading={say.loading} open={open} choice={choice} range={range} />
        : board.widgets.length === 0 ? <p class="empty">{mayChange.value ? tools.boards.emptyEdit : tools.boards.empty}</p>
          : <BoardGrid board={board} choice={choice} range={range} />}
    </>
  );
}

/** Also /dashboards/model/NAME, which is kept nowhere. */
export function BoardPage({ id }: { id: string }) {
  const [, , model] = route.value.segments;
  return id === "model" && model !== undefined ? <ModelBoard key={model} model={model} /> : <StoredBoard id={id} />;
}

function StoredBoard({ id }: { id: string }) {
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
