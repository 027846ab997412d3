// SPDX-License-Identifier: Apache-2.0
// The models that the fleet has, and what a device of each can be expected to measure.

import type { Sensor } from "../net/wire";
import { allDevices, fleet } from "./fleet";

export interface Model {
  readonly name: string;
  readonly devices: number;
}

/** In order. Whoever draws them follows the fleet. */
export function models(): Model[] {
  fleet.value;
  const counts = new Map<string, number>();
  for (const { model } of allDevices()) if (model !== "") counts.set(model, (counts.get(model) ?? 0) + 1);
  return [...counts].map(([name, devices]) => ({ name, devices })).sort((a, b) => a.name.localeCompare(b.name));
}

/** What its devices measure, first what most of them do; empty while none is known. */
export function sensorsOfModel(model: string): Sensor[] {
  fleet.value;
  const found = new Map<string, { readonly sensor: Sensor; times: number }>();
  for (const device of allDevices()) {
    if (device.model !== model) continue;
    for (const sensor of device.sensors) {
      const known = found.get(sensor.id);
      if (known) known.times++;
      else found.set(sensor.id, { sensor, times: 1 });
    }
  }
  return [...found.values()].sort((a, b) => b.times - a.times).map(({ sensor }) => sensor);
}
