// SPDX-License-Identifier: Apache-2.0
// Dashboards: the list of them, and the one that is open, which may be under change. A draft that was not saved waits in this browser.

import { computed, signal } from "@preact/signals";
import { decodeBoard, devicesNamed, encodeBoard, emptyBoard, newWidget, sizes, type Board, type Widget, type WidgetType } from "../lib/board";
import { compact, freePlace, move, type Box } from "../lib/grid";
import { problemText } from "../lib/problem";
import { back, begin, forward, step, type Steps } from "../lib/undo";
import { deleteDocument, fetchDocuments, findDocument, makeDocument, putDocument, type Kept } from "../net/documents";
import { fetchVersions } from "../net/shares";
import { keepPins, pinnedId } from "./pins";

export interface BoardEntry {
  readonly id: string;
  readonly title: string;
  readonly widgets: number;
  readonly updatedAt: number;
  /** It lists the alerts of all devices. */
  readonly alerts: boolean;
  /** Devices that it names. */
  readonly devices: readonly string[];
}

export type Loaded = "loading" | "ready" | "failed" | "gone";

/** Null while they were never asked for. */
export const boards = signal<readonly BoardEntry[] | null>(null);
export const boardsFailed = signal(false);

function whatIsSeen(board: Board): Pick<BoardEntry, "alerts" | "devices"> {
  return { alerts: board.variables.length === 0 && board.widgets.some((w) => w.type === "alerts"), devices: devicesNamed(board) };
}

export async function loadBoards(): Promise<void> {
  try {
    boardsFailed.value = false;
    const all = await fetchDocuments("dashboards");
    boards.value = all.flatMap((kept) => {
      const board = decodeBoard(kept.body);
      return board ? [{ id: kept.id, title: board.title, widgets: board.widgets.length, updatedAt: kept.updatedAt, ...whatIsSeen(board) }] : [];
    });
  } catch {
    boardsFailed.value = true;
  }
}

export async function createBoard(board: Board): Promise<string> {
  return (await makeDocument("dashboards", encodeBoard(board))).id;
}

export async function removeBoard(id: string): Promise<void> {
  await deleteDocument("dashboards", id);
  if (id === pinnedId) keepPins(null);
  await loadBoards();
}

export interface EarlierBoard {
  readonly version: number;
  readonly at: number;
  readonly by: string;
  readonly board: Board;
}

/** What the dashboard was before, the newest first. */
export async function earlierBoards(id: string): Promise<EarlierBoard[]> {
  return (await fetchVersions(id)).flatMap((v) => {
    const board = decodeBoard(v.body);
    return board ? [{ version: v.version, at: v.updatedAt, by: v.updatedBy, board }] : [];
  });
}

const draftKey = (id: string): string => `telltale.draft.${id}`;

interface Draft {
  readonly version: number;
  readonly board: Board;
}

function readDraft(id: string): Draft | null {
  try {
    const raw = JSON.parse(localStorage.getItem(draftKey(id)) ?? "null") as { version?: unknown; board?: unknown } | null;
    const board = decodeBoard(raw?.board);
    return board && typeof raw?.version === "number" ? { version: raw.version, board } : null;
  } catch {
    return null;
  }
}

function writeDraft(id: string, draft: Draft | null): void {
  try {
    if (draft) localStorage.setItem(draftKey(id), JSON.stringify({ version: draft.version, board: encodeBoard(draft.board) }));
    else localStorage.removeItem(draftKey(id));
  } catch {
    // Without storage a draft is lost with the page; saving still works.
  }
}

/** One dashboard on the screen. */
export class OpenBoard {
  readonly loaded = signal<Loaded>("loading");
  readonly steps = signal<Steps<Board>>(begin(emptyBoard));
  readonly selected = signal<string | null>(null);
  /** What somebody else saved while this one was changed. */
  readonly conflict = signal<Kept | "deleted" | null>(null);
  readonly problem = signal<string | null>(null);
  readonly saving = signal(false);
  private readonly saved = signal<Board>(emptyBoard);
  private version = 0;
  readonly board = computed(() => this.steps.value.now);
  readonly changed = computed(() => this.steps.value.now !== this.saved.value);
  readonly widget = computed(() => this.board.value.widgets.find((w) => w.id === this.selected.value) ?? null);

  constructor(readonly id: string) {}

  async load(): Promise<void> {
    this.loaded.value = "loading";
    try {
      const kept = await findDocument("dashboards", this.id);
      const board = kept ? decodeBoard(kept.body) : this.id === pinnedId ? emptyBoard : null;
      if (!board) {
        this.loaded.value = "gone";
        return;
      }
      this.accept(kept?.version ?? 0, board);
      if (kept) this.takeDraft(kept);
      this.loaded.value = "ready";
    } catch {
      this.loaded.value = "failed";
    }
  }

  /** What was not saved goes on; when somebody else saved meanwhile, that is a conflict as it is while saving. */
  private takeDraft(kept: Kept): void {
    const draft = readDraft(this.id);
    if (!draft) return;
    this.steps.value = step(this.steps.value, draft.board);
    if (draft.version === kept.version) return;
    this.version = draft.version;
    this.conflict.value = kept;
  }

  private keepDraft(): void {
    writeDraft(this.id, { version: this.version, board: this.board.peek() });
  }

  private accept(version: number, board: Board): void {
    this.version = version;
    this.saved.value = board;
    this.steps.value = begin(board);
    this.conflict.value = null;
  }

  change(next: Board): void {
    this.steps.value = step(this.steps.value, next);
    this.keepDraft();
  }

  undo(): void {
    this.steps.value = back(this.steps.value);
    this.keepDraft();
  }

  redo(): void {
    this.steps.value = forward(this.steps.value);
    this.keepDraft();
  }

  discard(): void {
    writeDraft(this.id, null);
    this.steps.value = begin(this.saved.peek());
    this.selected.value = null;
  }

  place(id: string, box: Box): void {
    const board = this.board.peek();
    this.change({ ...board, widgets: move(board.widgets, id, box) });
  }

  put(widget: Widget): void {
    const board = this.board.peek();
    this.change({ ...board, widgets: board.widgets.map((w) => (w.id === widget.id ? widget : w)) });
  }

  add(type: WidgetType, series: readonly string[]): void {
    const board = this.board.peek();
    const [w, h] = sizes[type];
    const widget = newWidget(board, type, series, freePlace(board.widgets, w, h));
    this.change({ ...board, widgets: [...board.widgets, widget] });
    this.selected.value = widget.id;
  }

  remove(id: string): void {
    const board = this.board.peek();
    this.change({ ...board, widgets: compact(board.widgets.filter((w) => w.id !== id)) });
    this.selected.value = null;
  }

  /** Sends the version that it began from; what somebody else saved meanwhile is a conflict, not lost. */
  async save(overwrite = false): Promise<boolean> {
    if (this.saving.peek()) return false;
    this.saving.value = true;
    this.problem.value = null;
    try {
      const board = this.board.peek();
      const kept = await putDocument("dashboards", this.id, encodeBoard(board), overwrite ? null : this.version);
      if (kept && this.id === pinnedId) keepPins(kept.body);
      if (!kept) {
        this.conflict.value = await findDocument("dashboards", this.id) ?? "deleted";
        return false;
      }
      if (this.board.peek() !== board) {
        // Changed while it was on its way: that is still to be saved.
        this.version = kept.version;
        this.saved.value = board;
        this.conflict.value = null;
        this.keepDraft();
        return false;
      }
      writeDraft(this.id, null);
      this.accept(kept.version, board);
      return true;
    } catch (error) {
      this.problem.value = problemText(error);
      return false;
    } finally {
      this.saving.value = false;
    }
  }

  /** The other one's version, ours thrown away. */
  takeTheirs(): void {
    const kept = this.conflict.peek();
    if (kept === "deleted") return;
    const board = decodeBoard(kept?.body);
    if (kept && board) {
      writeDraft(this.id, null);
      this.accept(kept.version, board);
    }
  }

  async saveCopy(title: string): Promise<string> {
    const id = await createBoard({ ...this.board.peek(), title });
    writeDraft(this.id, null);
    return id;
  }
}
