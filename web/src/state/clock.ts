// SPDX-License-Identifier: Apache-2.0
// The server's time as this page knows it. Ages are counted in it, so a browser whose own clock is
// wrong still tells the truth.

import { signal } from "@preact/signals";
import { makeJob, markChange } from "./commit";

const kept = 15;
const offsets: number[] = [];
let offset = 0;

/** The server's time, moved once a second. */
export const now = signal(Date.now());

/** How far the browser's clock is off, in ms; positive when it is behind the server's. */
export const browserClockOff = signal(0);

/**
 * Takes the time a message carried. A message that travelled longer makes the server look slower,
 * so the largest of the recent differences is nearest to the truth.
 */
export function learnServerTime(serverTime: number): void {
  if (serverTime <= 0) return;
  offsets.push(serverTime - Date.now());
  if (offsets.length > kept) offsets.shift();
  offset = Math.max(...offsets);
}

/** The clock may have been set meanwhile: what was learned of it counts until the next message only. */
export function doubtClock(): void {
  offsets.length = 0;
}

export function serverNow(): number {
  return Date.now() + offset;
}

const tick = makeJob(() => {
  now.value = Math.floor(serverNow() / 1000) * 1000;
  browserClockOff.value = Math.round(offset / 1000) * 1000;
});

export function startClock(): void {
  const next = (): void => {
    markChange(tick);
    setTimeout(next, 1000 - (serverNow() % 1000));
  };
  next();
}
