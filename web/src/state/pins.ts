// SPDX-License-Identifier: Apache-2.0
// The values on the overview: those of the dashboard "Pinned", as this browser last knew it; and a stable choice of
// representative ones while there are none.

import { signal } from "@preact/signals";
import { resolveSeries } from "../lib/series-name";
import { fields, list, text } from "../net/decode";
import { openAlerts } from "./alerts";
import type { Device } from "../net/wire";
import { allDevices, deviceOf, readingOf } from "./fleet";

export interface Pin {
  readonly device: string;
  readonly sensor: string;
}

/** The id of the dashboard that holds them. */
export const pinnedId = "pinned";
export const mostPins = 24;
const storageKey = "telltale.pinned";
const chosenCount = 4;
const none = new Map<string, string>();

/** Every series that a dashboard as it is kept names by its device; it is kept in reading order. */
function pinsOf(raw: unknown): readonly Pin[] {
  const series = list(fields(raw)["widgets"]).flatMap((w) => list(fields(w)["series"]).map(text));
  return [...new Set(series)].flatMap((s) => resolveSeries(s, none) ?? []).slice(0, mostPins);
}

/** Null: this browser never heard of it. */
function read(): unknown {
  try {
    return JSON.parse(localStorage.getItem(storageKey) ?? "null");
  } catch {
    return null;
  }
}

export const pins = signal(pinsOf(read()));

/** What the server has is also what the next visit begins with, and one without the server. */
export function keepPins(raw: unknown): void {
  pins.value = pinsOf(raw);
  try {
    localStorage.setItem(storageKey, JSON.stringify(raw));
  } catch {
    // A full or forbidden storage has the next visit ask first.
  }
}

export function isPinned(device: string, sensor: string): boolean {
  return pins.value.some((p) => p.device === device && p.sensor === sensor);
}

let chosen: readonly Pin[] = [];

/** Devices by id, but the first of each model before the second of any. */
function modelsInTurn(devices: readonly Device[]): readonly Device[] {
  const seen = new Map<string, number>();
  return [...devices].sort((a, b) => (a.id < b.id ? -1 : 1)).map((device) => {
    const model = device.model ?? "";
    const round = seen.get(model) ?? 0;
    seen.set(model, round + 1);
    return { device, round };
  }).sort((a, b) => a.round - b.round).map((entry) => entry.device);
}

/** What stands for the fleet: series with alerts first, then one of each model and place. Once chosen they stay. */
export function representatives(): readonly Pin[] {
  chosen = chosen.filter((p) => deviceOf(p.device));
  if (chosen.length >= chosenCount) return chosen;
  const taken = [...chosen];
  const has = (device: string): boolean => taken.some((p) => p.device === device);
  for (const a of openAlerts.peek()) {
    if (taken.length < 2 && !has(a.deviceId) && readingOf(a.deviceId, a.sensorType)) {
      taken.push({ device: a.deviceId, sensor: a.sensorType });
    }
  }
  const places = new Map<string, number>();
  const kinds = new Map<string, number>();
  const ordered = modelsInTurn([...allDevices()]);
  // All at once: tiles that come a moment after the others move what is below them.
  for (const mostOfPlace of [2, Infinity]) {
    for (const d of ordered) {
      if (taken.length >= chosenCount) break;
      const place = d.place ?? "";
      if (has(d.id) || (places.get(place) ?? 0) >= mostOfPlace) continue;
      const sensor = [...d.sensors].filter((s) => readingOf(d.id, s.id))
        .sort((a, b) => (kinds.get(a.id) ?? 0) - (kinds.get(b.id) ?? 0))[0];
      if (!sensor) continue;
      taken.push({ device: d.id, sensor: sensor.id });
      places.set(place, (places.get(place) ?? 0) + 1);
      kinds.set(sensor.id, (kinds.get(sensor.id) ?? 0) + 1);
    }
  }
  chosen = taken;
  return chosen;
}
