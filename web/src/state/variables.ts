// SPDX-License-Identifier: Apache-2.0
// What the variables of a dashboard may be, and which devices they choose. Chosen values live in the address.

import { mostRepeats, sensorsOfVariable, type Board, type VariableName } from "../lib/board";
import type { Device } from "../net/wire";
import { allDevices, deviceOf, fleet } from "./fleet";
import { valuesAmong, valuesOfDevice } from "./options";

/** A parameter may come again: each is one value. */
export function chosenOf(query: URLSearchParams, name: VariableName): readonly string[] {
  return query.getAll(name).filter((v) => v !== "");
}

function fits(device: Device, board: Board, query: URLSearchParams): boolean {
  return board.variables.every((name) => {
    const chosen = chosenOf(query, name);
    return chosen.length === 0 || valuesOfDevice(device, name).some((v) => chosen.includes(v));
  });
}

/** How many of the series that stand for the chosen device this one has. */
function fitness(device: Device, sensors: readonly string[]): number {
  return device.sensors.filter((s) => sensors.includes(s.id)).length;
}

/** Every device that fits what is chosen, in order; none while the board has no variables. */
export function fittingDevices(board: Board, query: URLSearchParams): string[] {
  fleet.value;
  if (board.variables.length === 0) return [];
  return [...allDevices()].filter((d) => fits(d, board, query)).map((d) => d.id).sort((a, b) => a.localeCompare(b));
}

/** What a variable may be while the others are as they are. */
export function choicesOf(board: Board, query: URLSearchParams, name: VariableName): string[] {
  const rest = { ...board, variables: board.variables.filter((v) => v !== name) };
  return valuesAmong(name, (device) => fits(device, rest, query));
}

/** Of the devices that fit those whose series are shown: the first, or while nothing is chosen the one that has most of what is shown. */
export function chosenDevices(board: Board, query: URLSearchParams, fitting: readonly string[]): readonly string[] {
  return board.variables.some((name) => chosenOf(query, name).length > 0) ? fitting.slice(0, mostRepeats) : bestDevice(board, fitting);
}

/** The one that has most of what is shown, if there is any. */
export function bestDevice(board: Board, fitting: readonly string[]): readonly string[] {
  const sensors = sensorsOfVariable(board);
  const best = fitting.map(deviceOf).reduce<Device | null>((found, d) => (!d || (found && fitness(found, sensors) >= fitness(d, sensors)) ? found : d), null);
  return best ? [best.id] : [];
}

export interface Group {
  readonly value: string;
  readonly devices: readonly string[];
}

/** The devices by their values of a variable: by those that are chosen, or by all that there are. */
export function groupsOf(name: VariableName, devices: readonly string[], chosen: readonly string[]): Group[] {
  const groups = new Map<string, string[]>();
  for (const id of devices) {
    const device = deviceOf(id);
    for (const value of device ? valuesOfDevice(device, name) : []) {
      if (chosen.length === 0 || chosen.includes(value)) groups.set(value, [...groups.get(value) ?? [], id]);
    }
  }
  return [...groups].map(([value, own]) => ({ value, devices: own })).sort((a, b) => a.value.localeCompare(b.value));
}
