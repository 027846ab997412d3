// SPDX-License-Identifier: Apache-2.0
// What the dashboard was before. One of them comes back as a change that can be undone, and is kept by saving.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { formatDayTime } from "../../lib/format";
import { problemText } from "../../lib/problem";
import { earlierBoards, type EarlierBoard, type OpenBoard } from "../../state/boards";
import { Drawer } from "../drawer";
import { titleOf } from "./title";

export function VersionsDrawer({ open, onClose }: { open: OpenBoard; onClose: () => void }) {
  const all = useSignal<readonly EarlierBoard[] | null>(null);
  const problem = useSignal<string | null>(null);
  const load = (): void => {
    problem.value = null;
    earlierBoards(open.id).then((found) => { all.value = found; }, (error: unknown) => { problem.value = problemText(error); });
  };
  useEffect(load, [open]);
  const restore = (one: EarlierBoard): void => {
    open.change(one.board);
    open.selected.value = null;
    onClose();
  };
  return (
    <Drawer title={tools.boards.versions} onClose={onClose}>
      {problem.value !== null && <p class="problem" role="alert">{problem} <button type="button" class="button" onClick={load}>{say.chart.retry}</button></p>}
      {all.value?.length === 0 && <p class="empty">{tools.boards.noVersions}</p>}
      <ul class="share-list share-part">
        {all.value?.map((v) => (
          <li key={v.version}>
            <span><b>{tools.boards.versionBy(v.version, v.by)}</b> <span class="quiet">{formatDayTime(v.at)}, {titleOf(open.id, v.board.title)}, {tools.boards.widgets(v.board.widgets.length)}</span></span>
            <button type="button" class="button" aria-label={`${tools.boards.restore}: ${tools.boards.versionBy(v.version, v.by)}`} onClick={() => restore(v)}>{tools.boards.restore}</button>
          </li>
        ))}
      </ul>
    </Drawer>
  );
}
