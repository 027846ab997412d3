// SPDX-License-Identifier: Apache-2.0
// Drives the socket by the decisions of stream.ts, and hands what arrives to the stores.

import { computed, signal } from "@preact/signals";
import { linkToken } from "../net/link";
import { Live, type Part, type Rest } from "../net/live";
import { fetchAlerts, fetchDevice, fetchDevices } from "../net/rest";
import type { Dashboard } from "../net/wire";
import { sendQueued } from "./alert-acts";
import { loadRecentAlerts, takeAlerts, takeOpenAlerts } from "./alerts";
import { doubtClock, learnServerTime, now, serverNow } from "./clock";
import { makeJob, markChange } from "./commit";
import { heldDevices, takeDevice, takeReading, takeSnapshot, takeStatus, takeUpdate, mostDevices } from "./fleet";
import { loadRules } from "./rules";
import { askSession, loadSession, session } from "./session";
import { initialStream, silenceLimit, step, type Stream, type StreamEvent } from "./stream";

const tickEvery = 250;
const devicePage = 500;

let state: Stream = initialStream;
let pendingFills = 0;
let live: Live | null = null;
const currentListeners = new Set<(broken: boolean) => void>();

/** The stream's state, for the chip and for every value. */
export const stream = signal<Stream>(initialStream);

/** Whether values may pass for current. */
export const fresh = computed(() => stream.value.fresh && !checking.value);

/** When what is shown was kept, while it is of an earlier visit. */
const storedAt = signal(0);

/** When the last message came, in server time, for "as of". */
export const heardAt = computed(() => stream.value.heardAt || storedAt.value);

/** When all that is shown was kept by an earlier visit; 0: this visit has heard of the server. */
export const shownFrom = computed(() => (stream.value.heardAt > 0 ? 0 : storedAt.value));

/** Tells that what is shown was kept by an earlier visit. */
export function showStored(at: number): void {
  storedAt.value = at;
}

/** After a sleep, until the first message tells that the stream is still alive. */
export const checking = signal(false);

/** What the server says it sends us less of, empty while we get all. */
export const level = signal("");

/** How far apart what it sends then is, ms; 0: not told. */
export const levelInterval = signal(0);

/** Whole seconds to the next try, or null while one is under way. */
export const retryIn = computed(() => {
  now.value;
  const { phase, retryAt } = stream.value;
  if (phase !== "reconnecting" || retryAt === null) return null;
  return Math.max(1, Math.ceil((retryAt - serverNow()) / 1000));
});

const commitStream = makeJob(() => {
  stream.value = state;
});

function feed(event: StreamEvent): void {
  const before = state;
  state = step(state, event, serverNow());
  if (state === before) return;
  if (before.phase !== state.phase && state.phase !== "catching" && state.phase !== "live") live?.close();
  const shown = stream.peek();
  if (state.phase !== shown.phase || state.fresh !== shown.fresh || state.retryAt !== shown.retryAt ||
    !state.fresh || state.heardAt - shown.heardAt >= 1000) markChange(commitStream);
}

/** Whether a snapshot of this connection came, without waiting for the next frame. */
export function isCurrent(): boolean {
  return state.fresh;
}

/** Calls back each time the stream is whole, and whether it had been broken before. */
export function onCurrent(listener: (broken: boolean) => void): () => void {
  currentListeners.add(listener);
  return () => currentListeners.delete(listener);
}

/** Tells that something missed is being fetched; the returned function tells that it is there. */
export function filling(): () => void {
  pendingFills++;
  let told = false;
  return () => {
    if (told) return;
    told = true;
    pendingFills--;
    if (pendingFills === 0) feed({ kind: "filled" });
  };
}

function current(): void {
  catchUp = false;
  feed({ kind: "current" });
  const done = filling();
  for (const listener of currentListeners) listener(state.gap > 0);
  if (linkToken() !== null) {
    loadRules().then(done, done);
    return;
  }
  if (!session.peek()) askSession();
  Promise.allSettled([loadRules(), sendQueued().then(loadRecentAlerts)]).then(done, done);
}

const mostOpen = 1000;

async function loadRest(): Promise<void> {
  let after: string | null = null;
  const asked = serverNow();
  const open = await fetchAlerts("open", mostOpen);
  // A full page is no whole list: what it lacks may be open all the same.
  if (open.length < mostOpen) takeOpenAlerts(open, asked);
  else takeAlerts(open);
  do {
    const page = await fetchDevices(after, devicePage);
    page.devices.forEach(takeDevice);
    after = page.next;
  } while (after !== null && heldDevices() < mostDevices);
}

function snapshot(data: Dashboard): void {
  learnServerTime(data.serverTime);
  takeSnapshot(data);
  if (data.truncated && linkToken() === null) {
    takeAlerts(data.alerts);
    loadRest().catch(() => undefined);
  } else {
    takeOpenAlerts(data.alerts, data.serverTime);
  }
  current();
}

function update(data: Dashboard): void {
  learnServerTime(data.serverTime);
  takeUpdate(data);
  takeAlerts(data.alerts);
  if (catchUp) current();
}

/** Tries at once instead of waiting for the planned time. */
export function tryNow(): void {
  if (state.phase !== "reconnecting") return;
  feed({ kind: "try" });
  live?.open();
}

/** The page slept: until something is heard, nothing old passes for new. */
export function wakeStream(): void {
  if (listening()) checking.value = true;
  checkStream();
}

/** Looks at the time at once, so that a page that slept shows no old value as new. */
export function checkStream(): void {
  noteSleep();
  // Who asked for alerts alone hears nothing for long; whether the way is gone, the socket's pings tell.
  if (rest !== "alerts") feed({ kind: "tick" });
  if (state.phase === "reconnecting" && state.retryAt !== null && serverNow() >= state.retryAt) tryNow();
}

function listening(): boolean {
  return state.phase === "live" || state.phase === "catching";
}

/** Since when less is asked for. */
let restingSince = 0;
let rest: Rest = "seen";
/** The next update holds all that changed meanwhile. */
let catchUp = false;
/** When the page last ran. */
let ranAt = 0;

/** What waited in the socket while the page did not run is old; what comes after an answer to a question of now is not. */
function lookAgain(since: number): void {
  if (!listening()) return;
  feed({ kind: "seen", since });
  live?.renew(() => {
    doubtClock();
    catchUp = true;
  });
}

/** A page that runs again after a sleep has nothing current, whichever of its timers and messages comes first. */
function noteSleep(): void {
  const slept = ranAt > 0 && serverNow() - ranAt > silenceLimit;
  ranAt = serverNow();
  if (slept && rest === "seen") lookAgain(state.heardAt);
}

/** Asks for less while the page is hidden; seen again, it shows nothing as current before it caught up, once. */
export function restStream(next: Rest): void {
  if (next === rest || linkToken() !== null) return;
  if (rest === "seen") restingSince = serverNow();
  rest = next;
  live?.rest(next);
  if (next === "seen") lookAgain(restingSince);
}

async function refused(): Promise<void> {
  feed({ kind: "refused" });
  if (linkToken() === null) await loadSession().catch(() => undefined);
}

/** Takes the stream up again after a login. */
export function restart(): void {
  state = initialStream;
  markChange(commitStream);
  live?.close();
  live?.open();
}

export function startConnection(): void {
  live = new Live({
    opened: (recovered) => {
      level.value = "";
      feed({ kind: "open" });
      if (recovered) current();
    },
    closed: () => feed({ kind: "close" }),
    refused: () => void refused(),
    heard: () => {
      noteSleep();
      if (checking.peek()) checking.value = false;
      feed({ kind: "heard" });
    },
    snapshot, update,
    reading: takeReading,
    status: takeStatus,
    alert: (a) => takeAlerts([a]),
    device: takeDevice,
    level: (text, interval) => {
      level.value = text;
      levelInterval.value = interval;
    },
  });
  setInterval(checkStream, tickEvery);
  addEventListener("online", () => feed({ kind: "network", up: true }));
  addEventListener("offline", () => feed({ kind: "network", up: false }));
  if (!navigator.onLine) feed({ kind: "network", up: false });
}

/** Opens the stream, unless a login has to come first. */
export function openStream(): void {
  if (session.peek() !== null) live?.open();
}

/** Looks a device up that no snapshot held; false when the server does not know it. */
export async function loadDevice(id: string): Promise<boolean> {
  const found = await fetchDevice(id);
  if (found) takeDevice(found);
  return found !== null;
}

export function attachPart(part: Part): () => void {
  return live?.attach(part) ?? (() => undefined);
}

export function watchDevice(id: string): () => void {
  live?.watch(id);
  return () => live?.unwatch(id);
}
