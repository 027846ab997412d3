// SPDX-License-Identifier: Apache-2.0
// What devices can be told apart by, and the values that there are.

import type { VariableName } from "../lib/board";
import type { Device } from "../net/wire";
import { allDevices, fleet } from "./fleet";

const mostOptions = 500;

export function valuesOfDevice(device: Device, name: VariableName): readonly string[] {
  switch (name) {
    case "device": return [device.id];
    case "tag": return device.tags;
    case "model": return device.model === "" ? [] : [device.model];
    case "location": return device.place === null ? [] : [device.place];
  }
}

/** In order, without repetition. Whoever draws them follows the fleet. */
export function valuesAmong(name: VariableName, among: (device: Device) => boolean): string[] {
  fleet.value;
  const found = new Set<string>();
  for (const device of allDevices()) if (among(device)) for (const value of valuesOfDevice(device, name)) found.add(value);
  return [...found].sort((a, b) => a.localeCompare(b)).slice(0, mostOptions);
}

export function optionsOf(name: VariableName): string[] {
  return valuesAmong(name, () => true);
}
