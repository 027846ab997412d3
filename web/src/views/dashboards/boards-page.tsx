// SPDX-License-Identifier: Apache-2.0
// What did we decide to watch? The dashboards, and two ways to a new one, empty or from a file; and one for each model, which is there without a way.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { decodeBoard, devicesNamed, emptyBoard, renamed, type Board } from "../../lib/board";
import { formatDayTime } from "../../lib/format";
import { problemText } from "../../lib/problem";
import { boards, boardsFailed, createBoard, loadBoards, removeBoard } from "../../state/boards";
import { deviceOf } from "../../state/fleet";
import { models } from "../../state/models";
import { mayChange } from "../../state/session";
import { attempt } from "../../state/told";
import { optionsOf } from "../../state/options";
import { go } from "../router";
import { titleOf } from "./title";

const open = (id: string, edit: boolean): void => go(`/dashboards/${encodeURIComponent(id)}${edit ? "?edit=1" : ""}`);

/** Devices of an imported board that are not known here, each with the one that takes its place. */
function Mapping({ board, onDone, onCancel }: { board: Board; onDone: (board: Board) => void; onCancel: () => void }) {
  const missing = devicesNamed(board).filter((id) => !deviceOf(id));
  const names = useRef(new Map<string, string>());
  return (
    <section class="card import-map" aria-label={tools.boards.mapDevices}>
      <h2>{tools.boards.mapDevices}</h2>
      {missing.map((id) => (
        <label key={id} class="form-field form-row"><span>{id}</span>
          <select onChange={(e) => { if (e.currentTarget.value === "") names.current.delete(id); else names.current.set(id, e.currentTarget.value); }}>
            <option value="">{tools.boards.leaveAsIs}</option>
            {optionsOf("device").map((o) => <option key={o} value={o}>{deviceOf(o)?.name ?? o}</option>)}
          </select>
        </label>
      ))}
      <p><button type="button" class="button button-primary" onClick={() => onDone(renamed(board, names.current))}>{tools.boards.import}</button> <button type="button" class="button" onClick={onCancel}>{tools.boards.cancel}</button></p>
    </section>
  );
}

function New() {
  const problem = useSignal<string | null>(null);
  const imported = useSignal<Board | null>(null);
  const make = (board: Board, edit: boolean): void => {
    createBoard(board).then((id) => open(id, edit), (error: unknown) => { problem.value = problemText(error); });
  };
  const read = async (file: File | undefined): Promise<void> => {
    problem.value = null;
    try {
      const board = decodeBoard(JSON.parse(await file?.text() ?? ""));
      if (!board) problem.value = tools.boards.noBoard;
      else if (devicesNamed(board).some((id) => !deviceOf(id))) imported.value = board;
      else make(board, false);
    } catch {
      problem.value = tools.boards.noBoard;
    }
  };
  return (
    <>
      <div class="board-new">
        <button type="button" class="button button-primary" onClick={() => make({ ...emptyBoard, title: tools.boards.untitled }, true)}>{tools.boards.new}</button>
        <label class="form-field">{tools.boards.fromFile} <input type="file" accept="application/json,.json" onChange={(e) => void read(e.currentTarget.files?.[0])} /></label>
      </div>
      {problem.value !== null && <p class="problem" role="alert">{problem}</p>}
      {imported.value && <Mapping board={imported.value} onDone={(b) => make(b, false)} onCancel={() => { imported.value = null; }} />}
    </>
  );
}

/** Those that nobody has to build. */
function OfModels() {
  const all = models();
  if (all.length === 0) return null;
  return (
    <section aria-labelledby="of-models">
      <header class="section-head"><h2 id="of-models">{tools.boards.ofModels}</h2><span class="quiet hide-phone">{tools.boards.modelKeep}</span></header>
      <ul class="card board-list">
        {all.map((m) => (
          <li key={m.name}>
            <a href={`/dashboards/model/${encodeURIComponent(m.name)}`}>{tools.boards.modelTitle(m.name)}</a>
            <span class="quiet">{tools.boards.devices(m.devices)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function BoardsPage() {
  useEffect(() => void loadBoards(), []);
  const all = boards.value;
  const removing = useSignal<string | null>(null);
  return (
    <div class="page">
      <header class="section-head"><h1>{tools.boards.title}</h1></header>
      {mayChange.value && <New />}
      {boardsFailed.value && <p role="alert">{tools.boards.failed} <button type="button" class="button" onClick={() => void loadBoards()}>{say.chart.retry}</button></p>}
      {all?.length === 0 && <p class="empty">{tools.boards.none}</p>}
      {all !== null && all.length > 0 && (
        <ul class="card board-list">
          {[...all].sort((a, b) => a.title.localeCompare(b.title)).map((b) => (
            <li key={b.id}>
              <a href={`/dashboards/${encodeURIComponent(b.id)}`}>{titleOf(b.id, b.title)}</a>
              <span class="quiet">{tools.boards.widgets(b.widgets)}, {formatDayTime(b.updatedAt)}</span>
              {mayChange.value && (removing.value === b.id
                ? <button type="button" class="button" onClick={() => attempt(removeBoard(b.id))}>{tools.boards.reallyRemove}</button>
                : <button type="button" class="link" aria-label={tools.boards.removeBoard(titleOf(b.id, b.title))} onClick={() => { removing.value = b.id; }}>{tools.boards.remove}</button>)}
            </li>
          ))}
        </ul>
      )}
      <OfModels />
    </div>
  );
}
