// SPDX-License-Identifier: Apache-2.0
// A screen on a wall: type for its distance, the pointer goes after 5 s, the picture shifts a little every ten minutes, the
// screen stays awake where the browser allows, a new version is taken in a quiet minute, and dashboards follow each other.

import { effect } from "@preact/signals";
import { nextBoard, placeOf, wallType, zoomOf } from "../lib/wall";
import { lamp, openAlerts } from "../state/alerts";
import { boards, loadBoards } from "../state/boards";
import { linked } from "../state/link";
import { takeUpdate, updateReady } from "../state/update";
import { route, swap } from "./router";
import { wallZoom } from "./wall-zoom";

const pointerMs = 5000;
const shiftMs = 600_000;
const quietMs = 60_000;
const shifts = [[0, 0], [2, 1], [1, 2], [-1, 1], [-2, -1], [0, -2]] as const;
function zoomFor(query: URLSearchParams): number {
  const distance = Number(query.get("distance") ?? 4);
  const diagonal = Number(query.get("diagonal") ?? 55) * 0.0254;
  return zoomOf(distance > 0 && diagonal > 0 ? wallType(distance, diagonal, innerHeight) : 44);
}

async function keepAwake(): Promise<void> {
  if (document.hidden || !("wakeLock" in navigator)) return;
  await navigator.wakeLock.request("screen");
}

/** The device of the worst alert, while it is critical and nobody has acknowledged it: whoever looks must find it. */
function inTrouble(): string | null {
  return lamp.peek().severity === "critical" ? openAlerts.peek().find((a) => !a.acknowledged)?.deviceId ?? null : null;
}

const show = (path: string): void => swap(`${path}?${route.peek().query}`);
const boardPath = (id: string): string => `/dashboards/${encodeURIComponent(id)}`;

/** Where a critical alert can be seen, from here. */
async function rotateTo(device: string): Promise<void> {
  await loadBoards();
  const [first, at] = route.peek().segments;
  if (inTrouble() !== device || first === undefined || first === "alerts") return;
  const places = [...boards.peek() ?? []].sort((a, b) => (a.id < b.id ? -1 : 1));
  const place = placeOf(places, first === "dashboards" ? at : undefined, device);
  if (place === null) show("/");
  else if (place !== at) show(boardPath(place));
}

async function rotate(): Promise<void> {
  await loadBoards();
  const [first, at] = route.peek().segments;
  const next = nextBoard((boards.peek() ?? []).map((b) => b.id).sort(), first === "dashboards" ? at : undefined);
  if (next !== null && inTrouble() === null) show(boardPath(next));
}

/** Steps on after so many seconds on one page, by `rotate=30` in the address; a critical alert is gone to at once, and stayed with. */
function startRotation(): () => void {
  let shownFor = 0;
  let path = "";
  let trouble: string | null = null;
  const timer = setInterval(() => {
    const every = Number(route.peek().query.get("rotate") ?? 0);
    shownFor = path === route.peek().path ? shownFor + 1 : 0;
    path = route.peek().path;
    if (!(every >= 5) || linked()) return;
    const now = inTrouble();
    if (now !== null && now !== trouble) void rotateTo(now);
    trouble = now;
    if (now !== null || shownFor < every) return;
    shownFor = 0;
    void rotate();
  }, 1000);
  return () => clearInterval(timer);
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
    root.style.setProperty("--wall-x", `${x / wallZoom.peek()}px`);
    root.style.setProperty("--wall-y", `${y / wallZoom.peek()}px`);
  }, shiftMs);
  const quiet = setInterval(() => {
    if (updateReady.peek() && openAlerts.peek().length === 0) takeUpdate();
  }, quietMs);
  const awake = (): void => void keepAwake().catch(() => undefined);
  const stopRotation = startRotation();
  addEventListener("pointermove", moved);
  document.addEventListener("visibilitychange", awake);
  moved();
  awake();
  return () => {
    clearInterval(shift);
    clearInterval(quiet);
    clearTimeout(idle);
    stopRotation();
    removeEventListener("pointermove", moved);
    document.removeEventListener("visibilitychange", awake);
    root.classList.remove("idle");
    root.style.removeProperty("--wall-zoom");
    wallZoom.value = 1;
  };
}

let started = false;

/** Follows `?wall=1` in the address. */
export function startWall(): void {
  if (started) return;
  started = true;
  let stop: (() => void) | null = null;
  const size = (): void => {
    const { query } = route.peek();
    if (query.get("wall") !== "1") return;
    const zoom = zoomFor(query);
    document.documentElement.style.setProperty("--wall-zoom", zoom.toFixed(3));
    wallZoom.value = zoom;
  };
  addEventListener("resize", size);
  effect(() => {
    const wall = route.value.query.get("wall") === "1";
    document.documentElement.classList.toggle("wall", wall);
    size();
    if (wall && !stop) stop = follow();
    if (!wall && stop) {
      stop();
      stop = null;
    }
  });
}
