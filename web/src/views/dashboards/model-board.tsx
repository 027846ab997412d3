// SPDX-License-Identifier: Apache-2.0
// The dashboard that every model has without anybody building one: made anew from its sensors each time, kept only when
// somebody wants to change it.

import { useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { encodeBoard, mostRepeats } from "../../lib/board";
import { generatedBoard } from "../../lib/generated-board";
import { createBoard } from "../../state/boards";
import { known } from "../../state/fleet";
import { sensorsOfModel } from "../../state/models";
import { mayChange } from "../../state/session";
import { attempt } from "../../state/told";
import { bestDevice, chosenOf, fittingDevices } from "../../state/variables";
import { usePageRange } from "../chart/page-range";
import { RangeBar } from "../chart/range-bar";
import { go, route } from "../router";
import { BoardGrid } from "./board-grid";
import { saveBoard } from "./save-board";
import type { Choice } from "./shown";
import { VariablesBar } from "./variables-bar";

const hour = 3_600_000;

/** The address, with the model that it stands for. */
function queryOf(model: string): URLSearchParams {
  const query = new URLSearchParams(route.value.query);
  query.set("model", model);
  return query;
}

function Known({ model, parts }: { model: string; parts: string }) {
  const range = usePageRange(hour);
  const title = tools.boards.modelTitle(model);
  const board = useMemo(() => generatedBoard({ sensors: sensorsOfModel(model) }, title), [model, parts, title]);
  const query = queryOf(model);
  const fitting = fittingDevices(board, query);
  const devices = chosenOf(query, "device").length > 0 ? fitting.slice(0, mostRepeats) : bestDevice(board, fitting);
  const choice: Choice = { devices, fitting, query };
  const keep = (): void => attempt(createBoard(board).then((id) => {
    const kept = new URLSearchParams([["edit", "1"], ["model", model], ...devices.map((d) => ["device", d])]);
    go(`/dashboards/${encodeURIComponent(id)}?${kept}`);
  }));
  if (route.value.query.get("wall") === "1") return <><h1 class="visually-hidden">{title}</h1><BoardGrid board={board} choice={choice} range={range} /></>;
  return (
    <>
      <header class="device-head">
        <nav class="crumbs"><a href="/dashboards">{tools.boards.title}</a></nav>
        <div class="device-line">
          <h1>{title}</h1>
          <div class="head-acts">
            <button type="button" class="button" onClick={() => saveBoard(encodeBoard(board), title)}>{tools.boards.export}</button>
            {mayChange.value && <button type="button" class="button" title={tools.boards.modelKeep} onClick={keep}>{tools.boards.edit}</button>}
          </div>
        </div>
      </header>
      <div class="board-bar"><VariablesBar board={board} names={["device"]} query={query} /><span class="card-space" /><RangeBar range={range} /></div>
      <BoardGrid board={board} choice={choice} range={range} />
    </>
  );
}

export function ModelBoard({ model }: { model: string }) {
  const parts = useComputed(() => sensorsOfModel(model).map((s) => s.id).join("\n"));
  return (
    <div class="page board-page">
      {parts.value !== "" ? <Known model={model} parts={parts.value} />
        : known.value ? <><h1>{tools.boards.noModel(model)}</h1><p><a href="/dashboards">{tools.boards.toList}</a></p></>
          : <p class="quiet">{say.loading}</p>}
    </div>
  );
}
