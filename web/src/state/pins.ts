// SPDX-License-Identifier: Apache-2.0
// The values a person chose for the overview, kept in this browser; and a stable choice of
// representative ones while there are none.

import { signal } from "@preact/signals";
import { openAlerts } from "./alerts";
import type { Device } from "../net/wire";
import { allDevices, deviceOf, readingOf } from "./fleet";

export interface Pin {
  readonly device: string;
  readonly sensor: string;
}

const storageKey = "telltale.pins";
const mostPins = 24;
const chosenCount = 4;

function read(): readonly Pin[] {
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "[]");
    if (!Array.isArray(parsed)) return [];
    return parsed.flatMap((entry: unknown) =>
      Array.isArray(entry) && typeof entry[0] === "string" && typeof entry[1] === "string"
        ? [{ device: entry[0], sensor: entry[1] }] : []).slice(0, mostPins);
  } catch {
    return [];
  }
}

export const pins = signal<readonly Pin[]>(read());

export function isPinned(device: string, sensor: string): boolean {
  return pins.value.some((p) => p.device === device && p.sensor === sensor);
}

export function togglePin(device: string, sensor: string): void {
  const rest = pins.value.filter((p) => p.device !== device || p.sensor !== sensor);
  putPins(rest.length < pins.value.length ? rest : [...rest, { device, sensor }].slice(-mostPins));
}

export function putPins(next: readonly Pin[]): void {
  pins.value = next;
  try {
    localStorage.setItem(storageKey, JSON.stringify(pins.value.map((p) => [p.device, p.sensor])));
  } catch {
    // A full or forbidden storage loses the choice at the next visit, nothing else.
  }
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
  for (const d of modelsInTurn([...allDevices()])) {
    if (taken.length >= chosenCount) break;
    const place = d.place ?? "";
    if (has(d.id) || (places.get(place) ?? 0) >= 2) continue;
    const sensor = [...d.sensors].filter((s) => readingOf(d.id, s.id))
      .sort((a, b) => (kinds.get(a.id) ?? 0) - (kinds.get(b.id) ?? 0))[0];
    if (!sensor) continue;
    taken.push({ device: d.id, sensor: sensor.id });
    places.set(place, (places.get(place) ?? 0) + 1);
    kinds.set(sensor.id, (kinds.get(sensor.id) ?? 0) + 1);
  }
  chosen = taken;
  return chosen;
}
