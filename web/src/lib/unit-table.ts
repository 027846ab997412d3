// SPDX-License-Identifier: Apache-2.0
// Which units measure the same, and by which factors: each family in a base of its own, of which a unit is `scale` times so much, and zero
// of it lies at `zero`. Lengths are three families, since who wants inches of rain wants no inches of road.

import { setConverter, type Converter } from "./units";

/** shown = stored × scale + offset. */
interface Conversion {
  readonly unit: string;
  readonly scale: number;
  readonly offset: number;
  /** How many decimals more a value needs to say as much, negative where it needs fewer. */
  readonly decimals: number;
}

type Unit = readonly [name: string, scale: number, zero?: number];

const gallon = 3.785411784;
const foot = 0.3048;

export const families = {
  temperature: [["°C", 1], ["°F", 5 / 9, -160 / 9], ["K", 1, -273.15]],
  pressure: [["hPa", 100], ["kPa", 1000], ["Pa", 1], ["bar", 1e5], ["psi", 6894.757293168], ["inHg", 3386.389], ["mmHg", 133.322387415]],
  speed: [["m/s", 1], ["km/h", 1 / 3.6], ["mph", 0.44704], ["kn", 1852 / 3600]],
  depth: [["mm", 1], ["cm", 10], ["in", 25.4]],
  length: [["m", 1], ["ft", foot]],
  distance: [["km", 1], ["mi", 1.609344], ["nmi", 1.852]],
  volume: [["L", 1], ["m³", 1000], ["gal", gallon], ["ft³", 1000 * foot ** 3]],
  flow: [["L/min", 1], ["L/s", 60], ["m³/h", 1000 / 60], ["gal/min", gallon]],
  energy: [["kWh", 3.6e6], ["Wh", 3600], ["J", 1], ["kJ", 1000], ["MJ", 1e6]],
  power: [["W", 1], ["kW", 1000], ["hp", 745.69987158227]],
  mass: [["kg", 1], ["g", 0.001], ["lb", 0.45359237]],
} as const satisfies Readonly<Record<string, readonly Unit[]>>;

export type Family = keyof typeof families;

/** Other spellings that devices use. */
const spellings: Readonly<Record<string, readonly string[]>> = {
  "°C": ["℃", "degC", "celsius"], "°F": ["℉", "degF", "fahrenheit"], hPa: ["mbar"], kn: ["kt"], L: ["l"], "L/min": ["l/min"], "L/s": ["l/s"],
  "m³": ["m3"], "m³/h": ["m3/h"], "ft³": ["ft3"], "gal/min": ["gpm"], mph: ["mi/h"],
};

function conversion(from: Unit, to: Unit, decimals: number): Conversion {
  const scale = from[1] / to[1];
  return { unit: to[0], scale, offset: ((from[2] ?? 0) - (to[2] ?? 0)) / to[1], decimals };
}

/** What the chosen units make of all others of their families; a choice that is none is left out. */
function conversionsOf(chosen: Readonly<Record<string, unknown>>): ReadonlyMap<string, Conversion> {
  const out = new Map<string, Conversion>();
  for (const [family, units] of Object.entries<readonly Unit[]>(families)) {
    const to = units.find(([name]) => name === chosen[family]);
    if (!to) continue;
    for (const from of units) {
      const c = conversion(from, to, Math.round(-Math.log10(from[1] / to[1])));
      if (from !== to) out.set(from[0], c);
      for (const other of spellings[from[0]] ?? []) out.set(other, c);
    }
  }
  return out;
}

const mostDecimals = 4;

/** Without what converting there and back left of it. */
function clean(v: number): number {
  return Number(Number(v.toPrecision(9)).toFixed(9)) + 0;
}

/** No unit that something is converted to is converted itself, so nothing is converted twice. Null: everything is shown as it is stored. */
export function converterOf(chosen: object): Converter | null {
  const table = conversionsOf(chosen as Readonly<Record<string, unknown>>);
  const by = (v: number, unit: string, convert: (c: Conversion) => number): number => {
    const c = table.get(unit);
    return c ? convert(c) : v;
  };
  const toShown = (v: number | null, unit: string): number | null => (v === null ? null : made.value(v, unit));
  const made: Converter = {
    unit: (unit) => table.get(unit)?.unit ?? unit,
    value: (v, unit) => by(v, unit, (c) => v * c.scale + c.offset),
    limit: (v, unit) => by(v, unit, (c) => clean(v * c.scale + c.offset)),
    distance: (v, unit) => by(v, unit, (c) => clean(v * c.scale)),
    stored: {
      limit: (v, unit) => by(v, unit, (c) => Number(((v - c.offset) / c.scale).toPrecision(12))),
      distance: (v, unit) => by(v, unit, (c) => Number((v / c.scale).toPrecision(12))),
    },
    decimals: (decimals, unit) => by(decimals, unit, (c) => Math.max(0, Math.min(decimals + c.decimals, Math.max(decimals, mostDecimals)))),
    samples: (of, unit) => {
      const [mean, min, max] = [of.mean, of.min, of.max].map((column) => column.map((v) => made.value(v, unit)));
      return { ...of, mean, min, max };
    },
    drawn: (of, unit) => {
      const c = table.get(unit);
      if (!c) return;
      for (const column of [of.mean, of.min, of.max]) for (let i = 0; i < of.length; i++) column[i] = (column[i] ?? NaN) * c.scale + c.offset;
      for (const key of ["low", "high", "average", "last"] as const) of[key] = toShown(of[key], unit);
    },
    limits: (of, unit) => of.map((l) => ({ ...l, threshold: made.limit(l.threshold, unit), clear: l.clear === null ? null : made.limit(l.clear, unit) })),
  };
  return table.size === 0 ? null : made;
}

export function useUnits(chosen: object): void {
  setConverter(converterOf(chosen));
}
