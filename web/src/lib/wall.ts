// SPDX-License-Identifier: Apache-2.0
// Arithmetic of a screen on a wall.

/** Sixteen minutes of arc are the least that is read; this is seventeen. */
const perDistance = 200;
/** A digit's share of its type's size. */
const digitOfType = 0.73;
const mostType = 160;

/** The size of values, names and states, px: digits are a two-hundredth of the distance high. Distance and diagonal in metres. */
export function wallType(distance: number, diagonal: number, lines: number): number {
  const screenHeight = diagonal * 9 / Math.hypot(16, 9);
  return Math.min(mostType, (distance / perDistance) * (lines / screenHeight) / digitOfType);
}

/** What a wall is drawn larger by: its names have 26 px before that, its captions 12 that never become less than 20. */
export function zoomOf(type: number): number {
  return Math.max(20 / 12, type / 26);
}

/** The dashboard after this one; null while it is the only one. */
export function nextBoard(ids: readonly string[], at: string | undefined): string | null {
  const next = ids[(ids.indexOf(at ?? "") + 1) % Math.max(1, ids.length)];
  return next === undefined || next === at ? null : next;
}

/** What a wall can go to, and of what it tells that something is wrong. */
export interface Place {
  readonly id: string;
  /** It lists the alerts of the fleet. */
  readonly alerts: boolean;
  /** Devices of which it shows something. */
  readonly devices: readonly string[];
}

/** Where an alert of this device is seen: here, else on the next dashboard that shows it, else on the overview, which is null. */
export function placeOf(places: readonly Place[], at: string | undefined, device: string): string | null {
  const here = places.findIndex((p) => p.id === at);
  const inTurn = [...places.slice(Math.max(0, here)), ...places.slice(0, Math.max(0, here))];
  return inTurn.find((p) => p.alerts || p.devices.includes(device))?.id ?? null;
}
