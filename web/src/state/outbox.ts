// SPDX-License-Identifier: Apache-2.0
// Acknowledgements and snoozes that wait for the connection. They survive a reload, go out once when the page next
// runs connected, and of several open pages only one sends.

import { signal } from "@preact/signals";
import { acknowledgeAlert, RestError } from "../net/rest";
import type { Alert } from "../net/wire";

const storageKey = "telltale.outbox";
const most = 500;

export interface Waiting {
  readonly id: string;
  readonly note: string;
  /** When a snooze ends, ms; null: it is an acknowledgement. */
  readonly until: number | null;
}

export function readOutbox(text: string | null): readonly Waiting[] {
  try {
    const parsed: unknown = JSON.parse(text ?? "[]");
    if (!Array.isArray(parsed)) return [];
    return parsed.flatMap((e: unknown) => {
      const f = (typeof e === "object" && e !== null ? e : {}) as Partial<Record<keyof Waiting, unknown>>;
      return typeof f.id === "string" && f.id !== "" ? [{ id: f.id, note: typeof f.note === "string" ? f.note : "", until: typeof f.until === "number" ? f.until : null }] : [];
    }).slice(0, most);
  } catch {
    return [];
  }
}

function stored(): readonly Waiting[] {
  try {
    return readOutbox(localStorage.getItem(storageKey));
  } catch {
    return [];
  }
}

export const outbox = signal<readonly Waiting[]>(stored());

/** False: this browser keeps nothing, and the list lives as long as the page. */
let keeps = true;

function put(list: readonly Waiting[]): void {
  outbox.value = list;
  try {
    localStorage.setItem(storageKey, JSON.stringify(list));
    keeps = true;
  } catch {
    keeps = false;
  }
}

/** What waits, other pages of this browser included. */
function waiting(): readonly Waiting[] {
  return keeps ? stored() : outbox.peek();
}

export function forgetOutbox(): void {
  put([]);
}

/** An alert can wait to be acknowledged and to be snoozed, each once. */
function others(id: string, isSnooze: boolean): readonly Waiting[] {
  return waiting().filter((w) => w.id !== id || (w.until !== null) !== isSnooze);
}

/** False: no more can wait. */
export function queue(id: string, note: string, until: number | null = null): boolean {
  if (waiting().length >= most) return false;
  put([...others(id, until !== null), { id, note, until }]);
  return true;
}

export function drop(id: string, isSnooze = false): void {
  put(others(id, isSnooze));
}

async function deliver({ id, note, until }: Waiting): Promise<Alert | null> {
  if (until === null) return acknowledgeAlert(id, note);
  await (await import("./silences")).sendSnooze(id, until);
  return null;
}

/** Runs alone among the pages of this browser where it can be told. */
function alone(run: () => Promise<void>): Promise<void> {
  const locks = (navigator as { locks?: LockManager }).locks;
  return locks ? locks.request(storageKey, run).then(() => undefined) : run();
}

/** Sends what waits; tells each outcome. What the network did not take stays. */
export function sendOutbox(told: (waited: Waiting, refused: string | null, alert: Alert | null) => void): Promise<void> {
  if (waiting().length === 0) return Promise.resolve();
  return alone(async () => {
    for (const one of waiting()) {
      try {
        told(one, null, await deliver(one));
      } catch (error) {
        if (!(error instanceof RestError) || error.status >= 500 || error.status === 401) return;
        told(one, error.message, null);
      }
      drop(one.id, one.until !== null);
    }
  });
}
