// SPDX-License-Identifier: Apache-2.0
// All devices and the newest reading of each of their sensors. Plain maps take the messages; signals
// tell the views that something changed: `fleet` for devices and their states, one per watched
// device for its values.

import { signal, type Signal } from "@preact/signals";
import { toShown } from "../lib/units";
import type { Alert, Counts, Dashboard, Device, DeviceWithLatest, Latest, ReadingUpdate, Status, StatusUpdate } from "../net/wire";
import { makeDataJob, makeJob, markChange, paused } from "./commit";
import { nextReading, type Reading } from "./reading";

const valuesEvery = 250;
const fleetEvery = 1000;

const devices = new Map<string, Device>();
const readings = new Map<string, Map<string, Reading>>();
const valueSignals = new Map<string, Signal<number>>();
const changedValues = new Set<string>();
const readingListeners = new Set<(device: string, sensor: string, v: number | null, t: number) => void>();

/** A status that changed while this page looked. */
export interface StatusChange {
  readonly device: string;
  readonly status: Status;
  readonly cause: string;
  readonly at: number;
  /** How long the one before had lasted; 0: not known. */
  readonly after: number;
}

const mostChanges = 300;
const changes: StatusChange[] = [];

let counts: Counts | null = null;
let total = 0;

/** Counts up when a device, a status or the counts changed. */
export const fleet = signal(0);

/** False until the first snapshot came. */
export const known = signal(false);

const commitFleet = makeDataJob(() => {
  fleet.value++;
}, fleetEvery);

const commitFleetNow = makeJob(() => {
  fleet.value++;
  known.value = true;
});

const commitValues = makeDataJob(() => {
  for (const id of changedValues) {
    const watched = valueSignals.get(id);
    if (watched) watched.value++;
  }
  changedValues.clear();
}, valuesEvery);

export function allDevices(): IterableIterator<Device> {
  return devices.values();
}

export function deviceOf(id: string): Device | undefined {
  return devices.get(id);
}

export function deviceCount(): number {
  return Math.max(total, devices.size);
}

/** Gigabytes, by the browsers that say so. */
const memory = (globalThis.navigator as { readonly deviceMemory?: number } | undefined)?.deviceMemory ?? Infinity;

/** So many devices a page holds, fewer where there is little memory; of a larger fleet the server filters and sorts. */
export const mostDevices = memory < 1 ? 2000 : 20_000;

export function isPartial(): boolean {
  return devices.size >= mostDevices && total > mostDevices;
}

export function heldDevices(): number {
  return devices.size;
}

/** The server's counts, or our own while it sent none. */
export function fleetCounts(): Counts {
  if (counts) return counts;
  const own = { devices: devices.size, online: 0, offline: 0, asleep: 0, unknown: 0, alertsOpen: 0, readingsPerSecond: 0 };
  for (const d of devices.values()) own[d.status]++;
  return own;
}

/** What a page that stands still goes on to show: the readings that newer ones have replaced since. */
const stood = new Map<string, Reading>();
const standingKey = (device: string, sensor: string): string => `${device}\n${sensor}`;
paused.subscribe((stands) => {
  if (!stands) stood.clear();
});

export function readingOf(device: string, sensor: string): Reading | undefined {
  return (stood.size > 0 ? stood.get(standingKey(device, sensor)) : undefined) ?? readings.get(device)?.get(sensor);
}

export function unitOf(device: string, sensor: string): string {
  return devices.get(device)?.sensors.find((s) => s.id === sensor)?.unit ?? "";
}

/** The newest value in the unit that is shown; null while there is none. */
export function shownOf(device: string, sensor: string): number | null {
  return toShown(readingOf(device, sensor)?.v ?? null, unitOf(device, sensor));
}

/** What a history shows of how a sensor rounds: the newest value alone may be a round one by chance. */
export function learnDecimals(device: string, sensor: string, decimals: number): void {
  const own = readings.get(device);
  const held = own?.get(sensor);
  if (!own || !held || held.decimals >= decimals) return;
  own.set(sensor, { ...held, decimals });
  changedValues.add(device);
  markChange(commitValues);
}

/** A counter that moves when a value of this device did, at most four times a second. */
export function valuesOf(device: string): Signal<number> {
  let found = valueSignals.get(device);
  if (!found) {
    found = signal(0);
    valueSignals.set(device, found);
  }
  return found;
}

/** Calls back for every reading that arrives, also for those that come late. */
export function onReading(listener: (device: string, sensor: string, v: number | null, t: number) => void): () => void {
  readingListeners.add(listener);
  return () => readingListeners.delete(listener);
}

/** The last changes that this page saw, oldest first: what a snapshot, which has the last one only, does not tell. */
export function statusChanges(): readonly StatusChange[] {
  return changes;
}

function note(before: Device | undefined, { id, status, cause, since }: Device): void {
  if (!before || before.status === status || since <= 0) return;
  changes.push({ device: id, status, cause, at: since, after: before.since > 0 ? Math.max(0, since - before.since) : 0 });
  if (changes.length > mostChanges) changes.shift();
}

function put(device: string, sensor: string, v: number | null, t: number): void {
  let own = readings.get(device);
  if (!own) {
    own = new Map();
    readings.set(device, own);
  }
  const before = own.get(sensor);
  const next = nextReading(before, v, t);
  if (next) {
    const key = paused.peek() ? standingKey(device, sensor) : null;
    if (key !== null && before && !stood.has(key)) stood.set(key, before);
    own.set(sensor, next);
  }
  changedValues.add(device);
  for (const listener of readingListeners) listener(device, sensor, v, t);
}

function putLatest(latest: Latest): void {
  latest.device.forEach((device, i) => {
    put(device, latest.sensor[i] ?? "", latest.v[i] ?? null, latest.t[i] ?? 0);
  });
  if (latest.device.length > 0) markChange(commitValues);
}

function take(data: Dashboard): void {
  for (const d of data.devices) {
    note(devices.get(d.id), d);
    devices.set(d.id, d);
  }
  for (const id of data.deleted) {
    devices.delete(id);
    readings.delete(id);
  }
  if (data.counts) counts = data.counts;
  if (data.total !== null) total = data.total;
  putLatest(data.latest);
}

export function takeSnapshot(data: Dashboard): void {
  if (!data.truncated) {
    const kept = new Set(data.devices.map((d) => d.id));
    for (const id of [...devices.keys()]) {
      if (!kept.has(id)) devices.delete(id);
    }
  }
  take(data);
  markChange(commitFleetNow);
}

/** All that is held, in the shape of the server's own snapshot. */
export function snapshotOf(alerts: readonly Alert[], serverTime: number): Dashboard {
  const latest = { device: [] as string[], sensor: [] as string[], v: [] as (number | null)[], t: [] as number[] };
  for (const [device, own] of readings) {
    for (const [sensor, r] of own) {
      latest.device.push(device);
      latest.sensor.push(sensor);
      latest.v.push(r.v);
      latest.t.push(r.t);
    }
  }
  return { serverTime, counts, devices: [...devices.values()], deleted: [], latest, alerts, total: deviceCount(), truncated: false };
}

export function takeUpdate(data: Dashboard): void {
  take(data);
  if (data.devices.length > 0 || data.deleted.length > 0 || data.counts) markChange(commitFleet);
}

/** A device as REST or a subscription's answer gives it. */
export function takeDevice(data: DeviceWithLatest): void {
  devices.set(data.device.id, data.device);
  putLatest(data.latest);
  markChange(commitFleetNow);
}

export function takeReading(data: ReadingUpdate): void {
  put(data.deviceId, data.sensorType, data.value, data.timestamp);
  markChange(commitValues);
}

export function takeStatus(data: StatusUpdate): void {
  const before = devices.get(data.deviceId);
  if (!before) return;
  const since = before.status === data.status ? before.since : data.timestamp;
  const after: Device = {
    ...before, status: data.status, cause: data.cause || before.cause, since,
    lastSeen: Math.max(before.lastSeen, data.lastSeen),
  };
  note(before, after);
  devices.set(data.deviceId, after);
  changedValues.add(data.deviceId);
  markChange(commitValues);
  markChange(commitFleet);
}
