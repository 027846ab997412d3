// SPDX-License-Identifier: Apache-2.0
// A screen on a wall: the pointer goes after 5 s, the picture shifts a little every ten minutes, the
// screen stays awake where the browser allows, and a new version is taken when nothing is open.

import { effect } from "@preact/signals";
import { openAlerts } from "../state/alerts";
import { takeUpdate, updateReady } from "../state/update";
import { route } from "./router";

const pointerMs = 5000;
const shiftMs = 600_000;
const quietMs = 60_000;
const shifts = [[0, 0], [2, 1], [1, 2], [-1, 1], [-2, -1], [0, -2]] as const;
/** Sixteen minutes of arc are the least that is read; this is seventeen. */
const perDistance = 200;

/** How much larger type must be than on a desk, for a distance and a diagonal in metres and the lines of the screen. */
export function wallScale(distance: number, diagonal: number, lines: number): number {
  const screenHeight = diagonal * 9 / Math.hypot(16, 9);
  const digit = (distance / perDistance) * (lines / screenHeight);
  // A digit is 0.73 of its type's size, and the smallest that must be read is 12 px here.
  return Math.min(6, Math.max(1, digit / 0.73 / 16));
}

function scaleOf(query: URLSearchParams): number {
  const distance = Number(query.get("distance") ?? 4);
  const diagonal = Number(query.get("diagonal") ?? 55) * 0.0254;
  return distance > 0 && diagonal > 0 ? wallScale(distance, diagonal, innerHeight) : 2;
}

async function keepAwake(): Promise<void> {
  if (document.hidden || !("wakeLock" in navigator)) return;
  await navigator.wakeLock.request("screen");
}

function follow(): () => void {
  const root = document.documentElement;
  let at = 0;
  let idle: ReturnType<typeof setTimeout> | undefined;
  const moved = (): void => {
    root.classList.remove("idle");
    clearTimeout(idle);
    idle = setTimeout(() => root.classList.add("idle"), pointerMs);
  };
  const shift = setInterval(() => {
    const [x, y] = shifts[++at % shifts.length] ?? [0, 0];
    root.style.setProperty("--wall-x", `${x}px`);
    root.style.setProperty("--wall-y", `${y}px`);
  }, shiftMs);
  const quiet = setInterval(() => {
    if (updateReady.peek() && openAlerts.peek().length === 0) takeUpdate();
  }, quietMs);
  const awake = (): void => void keepAwake().catch(() => undefined);
  addEventListener("pointermove", moved);
  document.addEventListener("visibilitychange", awake);
  moved();
  awake();
  return () => {
    clearInterval(shift);
    clearInterval(quiet);
    clearTimeout(idle);
    removeEventListener("pointermove", moved);
    document.removeEventListener("visibilitychange", awake);
    root.classList.remove("idle");
    root.style.removeProperty("--wall-scale");
  };
}

let started = false;

/** Follows `?wall=1` in the address. */
export function startWall(): void {
  if (started) return;
  started = true;
  let stop: (() => void) | null = null;
  effect(() => {
    const { query } = route.value;
    const wall = query.get("wall") === "1";
    document.documentElement.classList.toggle("wall", wall);
    if (wall) document.documentElement.style.setProperty("--wall-scale", scaleOf(query).toFixed(3));
    if (wall && !stop) stop = follow();
    if (!wall && stop) {
      stop();
      stop = null;
    }
  });
}
