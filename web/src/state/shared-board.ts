// SPDX-License-Identifier: Apache-2.0
// The dashboard of the link that this page follows.

import { signal } from "@preact/signals";
import { decodeBoard, type Board } from "../lib/board";
import { RestError } from "../net/rest";
import { fetchShared } from "../net/shares";
import { onCurrent } from "./connection";

export interface SharedBoard {
  readonly board: Board;
  readonly expiresAt: number;
  readonly devices: readonly string[];
}

export const sharedBoard = signal<SharedBoard | "loading" | "failed" | "over">("loading");

export async function loadShared(): Promise<void> {
  try {
    const { body, expiresAt, devices } = await fetchShared();
    const board = decodeBoard(body);
    sharedBoard.value = board ? { board, expiresAt, devices } : "failed";
  } catch (error) {
    const over = error instanceof RestError && error.status === 401;
    // What is shown stays while the server is only out of reach.
    if (over || typeof sharedBoard.peek() === "string") sharedBoard.value = over ? "over" : "failed";
  }
}

/** Loads the dashboard, and again each time that the stream begins anew: it may have changed. */
export function followShared(): () => void {
  void loadShared();
  return onCurrent(() => void loadShared());
}
