// SPDX-License-Identifier: Apache-2.0
// Status changes as stretches of time, and how much of a window a device was there.

import type { Status, StatusEvent } from "../net/wire";

export interface StatusStretch {
  readonly from: number;
  /** Null while it lasts. */
  readonly to: number | null;
  readonly status: Status;
  readonly cause: string;
}

/** Stretches of one status each, in order, from changes in order; a status that repeats is one stretch. */
export function stretchesOf(events: readonly StatusEvent[]): StatusStretch[] {
  const out: StatusStretch[] = [];
  for (const e of events) {
    const last = out[out.length - 1];
    if (last?.status === e.status) continue;
    if (last) out[out.length - 1] = { ...last, to: e.time };
    out.push({ from: e.time, to: null, status: e.status, cause: e.cause });
  }
  return out;
}

/** The share of a window in which the device was online, and of how much of it anything is known. */
export function availability(stretches: readonly StatusStretch[], from: number, to: number): { readonly share: number; readonly known: number } | null {
  let known = 0;
  let online = 0;
  for (const s of stretches) {
    const length = Math.min(to, s.to ?? to) - Math.max(from, s.from);
    if (length <= 0) continue;
    // Asleep is as announced: the device is well.
    known += length;
    if (s.status === "online" || s.status === "asleep") online += length;
  }
  return known > 0 ? { share: online / known, known } : null;
}
