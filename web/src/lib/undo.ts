// SPDX-License-Identifier: Apache-2.0

/** Steps back and forward over values that never change in place. */
export interface Steps<T> {
  readonly past: readonly T[];
  readonly now: T;
  readonly future: readonly T[];
}

const mostSteps = 50;

export function begin<T>(now: T): Steps<T> {
  return { past: [], now, future: [] };
}

export function step<T>(steps: Steps<T>, next: T): Steps<T> {
  if (Object.is(next, steps.now)) return steps;
  return { past: [...steps.past, steps.now].slice(-mostSteps), now: next, future: [] };
}

export function back<T>({ past, now, future }: Steps<T>): Steps<T> {
  const last = past[past.length - 1];
  return last === undefined ? { past, now, future } : { past: past.slice(0, -1), now: last, future: [now, ...future] };
}

export function forward<T>({ past, now, future }: Steps<T>): Steps<T> {
  const next = future[0];
  return next === undefined ? { past, now, future } : { past: [...past, now], now: next, future: future.slice(1) };
}
