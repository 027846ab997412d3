// SPDX-License-Identifier: Apache-2.0
// One act on several alerts. Each is asked for by itself, so that what is refused of one takes nothing from the others.

import { problemText } from "../lib/problem";
import { acknowledge, takeBack } from "./alert-acts";
import { marks } from "./alerts";
import { snooze } from "./silences";

/** So many are under way at once. */
const atOnce = 6;

export interface Refusal {
  readonly id: string;
  /** In the server's words; empty: no more can wait for the connection. */
  readonly why: string;
}

export interface Outcome {
  readonly done: readonly string[];
  readonly refused: readonly Refusal[];
}

/** `act` answers why it was refused, or null. */
async function each(ids: readonly string[], act: (id: string) => Promise<string | null>): Promise<Outcome> {
  const done: string[] = [];
  const refused: Refusal[] = [];
  const left = [...ids];
  const work = async (): Promise<void> => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) {
      const why = await act(id);
      if (why === null) done.push(id);
      else refused.push({ id, why });
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, ids.length) }, work));
  return { done, refused };
}

export function acknowledgeAll(ids: readonly string[], connected: boolean, note: string): Promise<Outcome> {
  return each(ids, async (id) => {
    await acknowledge(id, connected, note);
    return marks.refused.get(id)?.why ?? null;
  });
}

export function takeBackAll(ids: readonly string[]): Promise<Outcome> {
  return each(ids, async (id) => {
    await takeBack(id);
    return marks.refused.get(id)?.why ?? null;
  });
}

export function snoozeAll(ids: readonly string[], until: number, connected: boolean): Promise<Outcome> {
  return each(ids, async (id) => {
    try {
      return await snooze(id, until, connected) ? null : "";
    } catch (error) {
      return problemText(error);
    }
  });
}
