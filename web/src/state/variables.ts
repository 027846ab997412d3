// SPDX-License-Identifier: Apache-2.0
// What the variables of a dashboard may be, and which devices they choose. Chosen values live in the address.

import { mostRepeats, sensorsOfVariable, type Board, type VariableName } from "../lib/board";
import type { Device } from "../net/wire";
import { allDevices, fleet } from "./fleet";

const mostOptions = 500;

function valuesOfDevice(device: Device, name: VariableName): readonly string[] {
  switch (name) {
    case "device": return [device.id];
    case "tag": return device.tags;
    case "model": return device.model === "" ? [] : [device.model];
    case "location": return device.place === null ? [] : [device.place];
  }
}

/** In order, without repetition. Whoever draws it follows the fleet. */
export function optionsOf(name: VariableName): string[] {
  fleet.value;
  const found = new Set<string>();
  for (const device of allDevices()) for (const value of valuesOfDevice(device, name)) found.add(value);
  return [...found].sort((a, b) => a.localeCompare(b)).slice(0, mostOptions);
}

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

/** The devices that a board shows for this address: those that fit all its variables; while none is chosen, the one that has most of what it shows. */
export function chosenDevices(board: Board, query: URLSearchParams): string[] {
  fleet.value;
  if (board.variables.length === 0) return [];
  const fitting = [...allDevices()].filter((d) => fits(d, board, query)).sort((a, b) => a.id.localeCompare(b.id));
  if (board.variables.some((name) => chosenOf(query, name).length > 0)) return fitting.slice(0, mostRepeats).map((d) => d.id);
  const sensors = sensorsOfVariable(board);
  const best = fitting.reduce<Device | null>((found, d) => (found && fitness(found, sensors) >= fitness(d, sensors) ? found : d), null);
  return best ? [best.id] : [];
}
