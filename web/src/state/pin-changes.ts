// SPDX-License-Identifier: Apache-2.0
// Pinning changes the dashboard "Pinned" on the server. It is read anew for each change and saved from the version that was
// read, so that what others pinned meanwhile stays; who was quicker is read once more.

import { decodeBoard, emptyBoard, encodeBoard, encodeSeries, mostWidgets, newWidget, sizes, type Board } from "../lib/board";
import { compact, freePlace, readingOrder } from "../lib/grid";
import { resolveSeries } from "../lib/series-name";
import { findDocument, putDocument } from "../net/documents";
import { RestError } from "../net/rest";
import { isPinned, keepPins, pinnedId, pins, type Pin } from "./pins";

type Change = (board: Board) => Board;

const mostTries = 2;

/** The dashboard as it is kept now. */
async function save(change: Change): Promise<unknown> {
  for (let tries = 0; tries < mostTries; tries++) {
    const kept = await findDocument("dashboards", pinnedId);
    const before = decodeBoard(kept?.body) ?? emptyBoard;
    const board = change(before);
    if (board === before) return kept?.body ?? null;
    const saved = await putDocument("dashboards", pinnedId, encodeBoard(board), kept?.version ?? 0);
    if (saved) return saved.body;
  }
  throw new RestError(409, "exists", "others change the pinned values at this moment; try again");
}

let last: Promise<unknown> = Promise.resolve();
let waiting = 0;
let before: readonly Pin[] = [];
/** Undefined: nothing was kept since the first of those that wait. */
let kept: unknown;

function settle(): void {
  waiting--;
  if (waiting > 0) return;
  if (kept === undefined) pins.value = before;
  else keepPins(kept);
}

/** One after the other, shown at once; what was not kept is taken back after the last of them. */
async function make(shown: readonly Pin[], change: Change): Promise<void> {
  if (waiting++ === 0) {
    before = pins.peek();
    kept = undefined;
  }
  pins.value = shown;
  const mine = last.catch(() => undefined).then(() => save(change));
  last = mine;
  try {
    kept = await mine;
  } finally {
    settle();
  }
}

const none = new Map<string, string>();
const same = (a: Pin, b: Pin): boolean => a.device === b.device && a.sensor === b.sensor;

function names(series: string, pin: Pin): boolean {
  const named = resolveSeries(series, none);
  return named !== null && same(named, pin);
}

function withPin(board: Board, pin: Pin): Board {
  if (board.widgets.length >= mostWidgets || board.widgets.some((w) => w.series.some((s) => names(s, pin)))) return board;
  const [w, h] = sizes.value;
  return { ...board, widgets: [...board.widgets, newWidget(board, "value", [encodeSeries(pin)], freePlace(board.widgets, w, h))] };
}

/** A widget that showed nothing else goes with it, and those after it close up. */
function withoutPin(board: Board, pin: Pin): Board {
  const before = readingOrder(board.widgets);
  const left = before.map((w) => ({ ...w, series: w.series.filter((s) => !names(s, pin)) })).filter((w, i) => w.series.length > 0 || before[i]?.series.length === 0);
  const alike = before.every((w) => w.box.w === before[0]?.box.w && w.box.h === before[0].box.h);
  return { ...board, widgets: alike ? left.map((w, i) => ({ ...w, box: before[i]?.box ?? w.box })) : compact(left) };
}

/** Each takes the other's place. */
function swapped(board: Board, one: Pin, other: Pin): Board {
  const swap = (s: string): string => (names(s, one) ? encodeSeries(other) : names(s, other) ? encodeSeries(one) : s);
  return { ...board, widgets: board.widgets.map((w) => ({ ...w, series: w.series.map(swap) })) };
}

/** `title`: the dashboard's, when this makes it. */
export function addPins(wanted: readonly Pin[], title: string): Promise<void> {
  const more = wanted.filter((p) => !isPinned(p.device, p.sensor));
  return make([...pins.peek(), ...more], (board) => wanted.reduce(withPin, board === emptyBoard ? { ...board, title } : board));
}

export function removePin(pin: Pin): Promise<void> {
  return make(pins.peek().filter((p) => !same(p, pin)), (board) => withoutPin(board, pin));
}

export function swapPins(one: Pin, other: Pin): Promise<void> {
  return make(pins.peek().map((p) => (same(p, one) ? other : same(p, other) ? one : p)), (board) => swapped(board, one, other));
}
