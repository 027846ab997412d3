// SPDX-License-Identifier: Apache-2.0
// What the drawing of a series says of switches and silences.

import type { Drawn } from "./drawn";

const justBefore = 5 * 60_000;

/** Since when a switch has been on without a break; null: it is off, or it was on all along. */
export function onSince(drawn: Drawn | null): number | null {
  if (!drawn) return null;
  let since: number | null = null;
  for (let i = drawn.length - 1; i >= 0; i--) {
    const v = drawn.mean[i] ?? NaN;
    if (Number.isNaN(v) || v <= 0) return since;
    since = drawn.t[i] ?? null;
  }
  return null;
}

/** The silence that ended just before a time, ms; null: there was none. */
export function silenceBefore(drawn: Drawn | null, at: number): number | null {
  if (!drawn) return null;
  for (let i = 0; i + 1 < drawn.gaps.length; i += 2) {
    const [from, to] = [drawn.gaps[i] ?? 0, drawn.gaps[i + 1] ?? 0];
    if (to <= at && at - to < justBefore) return to - from;
  }
  return null;
}

export interface StretchOn {
  readonly from: number;
  readonly to: number;
}

/** Where a switch was on, in the order of time; the last one lasts to `to`. */
export function stretchesOn(drawn: Drawn, to: number): readonly StretchOn[] {
  const out: { from: number; to: number }[] = [];
  let open: { from: number; to: number } | null = null;
  for (let i = 0; i < drawn.length; i++) {
    const on = (drawn.mean[i] ?? NaN) > 0;
    const t = drawn.t[i] ?? 0;
    if (open) open.to = Math.min(t, to);
    if (on && !open) out.push((open = { from: t, to }));
    else if (!on) open = null;
  }
  if (open) open.to = to;
  return out;
}
