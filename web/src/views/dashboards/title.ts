// SPDX-License-Identifier: Apache-2.0
import { tools } from "../../i18n/tools";
import { pinnedId } from "../../state/pins";

/** What a dashboard is called, also before anybody gave it a name. */
export function titleOf(id: string, title: string): string {
  return title || (id === pinnedId ? tools.boards.pinned : tools.boards.untitled);
}
