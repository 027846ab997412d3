// SPDX-License-Identifier: Apache-2.0
// The page of a link: one dashboard, read only, and until when it may be seen. Nothing leads away from it.

import "../chart/parts";
import { useComputed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { formatDayTime } from "../../lib/format";
import { stream } from "../../state/connection";
import { deviceOf, fleet } from "../../state/fleet";
import { followShared, loadShared, sharedBoard, type SharedBoard } from "../../state/shared-board";
import { usePageRange } from "../chart/page-range";
import { RangeBar } from "../chart/range-bar";
import { Lamp } from "../lamp";
import { route, setQueryList } from "../router";
import { AlertAnnouncer } from "../shell";
import { Told } from "../told";
import { WallHead } from "../wall-head";
import { StreamAnnouncer, StreamChip } from "../stream-chip";
import { BoardGrid } from "./board-grid";

const hour = 3_600_000;

/** Of the devices that the link was made for, those that are looked at. */
function Choice({ devices, chosen }: { devices: readonly string[]; chosen: readonly string[] }) {
  fleet.value;
  return (
    <div class="variables" role="group" aria-label={tools.boards.variables.device}>
      {devices.map((id) => {
        const on = chosen.includes(id);
        return (
          <button key={id} type="button" class="chip" aria-pressed={on}
            onClick={() => setQueryList("device", on ? chosen.filter((c) => c !== id) : [...chosen, id])}>{deviceOf(id)?.name ?? id}</button>
        );
      })}
    </div>
  );
}

function Ready({ shared, wall }: { shared: SharedBoard; wall: boolean }) {
  const range = usePageRange(hour);
  const { board, devices } = shared;
  const asked = route.value.query.getAll("device").filter((id) => devices.includes(id));
  const chosen = asked.length > 0 ? asked : devices;
  const shown = board.variables.length > 0 ? chosen : [];
  const choice = { devices: shown, fitting: shown, query: new URLSearchParams() };
  const title = board.title || tools.boards.untitled;
  return (
    <>
      {!wall && (
        <header class="device-head">
          <h1>{title}</h1>
          <p class="quiet">{tools.boards.share.until(formatDayTime(shared.expiresAt))}</p>
        </header>
      )}
      {wall && <h1 class="visually-hidden">{title}</h1>}
      {!wall && <div class="board-bar">{board.variables.length > 0 && devices.length > 1 && <Choice devices={devices} chosen={chosen} />}<span class="card-space" /><RangeBar range={range} /></div>}
      {board.widgets.length === 0 ? <p class="empty">{tools.boards.empty}</p> : <BoardGrid board={board} choice={choice} range={range} />}
    </>
  );
}

function Content({ wall }: { wall: boolean }) {
  const shared = sharedBoard.value;
  const over = useComputed(() => stream.value.phase === "ended");
  if (shared === "over" || over.value) return <><h1>{tools.boards.share.over}</h1><p>{tools.boards.share.overHelp}</p></>;
  if (shared === "loading") return <p class="quiet">{say.loading}</p>;
  if (shared === "failed") return <p role="alert">{tools.boards.failed} <button type="button" class="button" onClick={() => void loadShared()}>{say.chart.retry}</button></p>;
  return <Ready shared={shared} wall={wall} />;
}

export function SharePage() {
  const wall = route.value.query.get("wall") === "1";
  useEffect(followShared, []);
  return (
    <div class={`shared${wall ? " shell-wall" : ""}`}>
      {wall ? <WallHead headline /> : <header class="bar"><span class="brand"><Lamp /><span>{say.product}</span></span><div class="bar-space" /><StreamChip /></header>}
      <main id="main" tabIndex={-1}><div class="page board-page"><Content wall={wall} /></div></main>
      <StreamAnnouncer />
      <AlertAnnouncer />
      <Told />
    </div>
  );
}
