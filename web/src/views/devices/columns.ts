// SPDX-License-Identifier: Apache-2.0
// The columns of the device table: which there are, which are shown, kept in this browser.

import { signal } from "@preact/signals";
import type { Device, Sensor } from "../../net/wire";

export interface Column {
  /** A fixed column's name, or "sensor:temperature". */
  readonly id: string;
  readonly width: string;
  readonly number: boolean;
  readonly sensor: string | null;
}

const storageKey = "telltale.columns";
const widthsKey = "telltale.column-widths";
const [narrowest, widest] = [56, 600];
/** Of a column that takes what is left, for a first step from there. */
const usualWidth = 120;
const mostSensors = 4;
const fixed: readonly Column[] = [
  { id: "status", width: "104px", number: false, sensor: null },
  { id: "name", width: "minmax(140px, 1.3fr)", number: false, sensor: null },
  { id: "spark", width: "128px", number: false, sensor: null },
  { id: "seen", width: "96px", number: true, sensor: null },
  { id: "alert", width: "104px", number: false, sensor: null },
  { id: "model", width: "minmax(80px, .8fr)", number: false, sensor: null },
  { id: "place", width: "minmax(90px, 1fr)", number: false, sensor: null },
  { id: "tags", width: "minmax(110px, 1.3fr)", number: false, sensor: null },
];

function storedWidths(): Readonly<Record<string, number>> {
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(widthsKey) ?? "{}");
    return Object.fromEntries(Object.entries(parsed ?? {}).filter((e): e is [string, number] => typeof e[1] === "number").slice(0, 80));
  } catch {
    return {};
  }
}

const widths = signal(storedWidths());

/** Pixels, of a column that has no width of its own a first guess. */
export function widthOf(c: Column): number {
  return widths.value[c.id] ?? (Number.parseInt(c.width, 10) || usualWidth);
}

export function setWidth(id: string, px: number): void {
  widths.value = { ...widths.peek(), [id]: Math.round(Math.min(widest, Math.max(narrowest, px))) };
  try {
    localStorage.setItem(widthsKey, JSON.stringify(widths.peek()));
  } catch {
    // The width then lasts for this visit.
  }
}

/** The widths of all columns for the style. */
export function template(columns: readonly Column[]): string {
  return columns.map((c) => (widths.value[c.id] === undefined ? c.width : `${widths.value[c.id]}px`)).join(" ");
}

export const fixedIds: readonly string[] = fixed.map((c) => c.id);

function stored(): readonly string[] | null {
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "null");
    return Array.isArray(parsed) ? parsed.filter((x): x is string => typeof x === "string").slice(0, 40) : null;
  } catch {
    return null;
  }
}

/** Ids of the columns that a person chose, or null for the usual ones. */
export const chosen = signal<readonly string[] | null>(stored());

export function choose(ids: readonly string[] | null): void {
  chosen.value = ids;
  try {
    localStorage.setItem(storageKey, JSON.stringify(ids));
  } catch {
    // The choice then lasts for this visit.
  }
}

/** Sensors by how many devices have them; each with the name and unit of the first. */
export function commonSensors(devices: Iterable<Device>): readonly { readonly sensor: Sensor; readonly n: number }[] {
  const found = new Map<string, { sensor: Sensor; n: number }>();
  for (const d of devices) {
    for (const s of d.sensors) {
      const had = found.get(s.id);
      if (had) had.n++;
      else found.set(s.id, { sensor: s, n: 1 });
    }
  }
  return [...found.values()].sort((a, b) => b.n - a.n);
}

/** As wide as its name needs, within reason. */
function sensorColumn(id: string, name: string): Column {
  return { id: `sensor:${id}`, width: `${Math.round(Math.min(136, Math.max(84, name.length * 7.5 + 32)))}px`, number: true, sensor: id };
}

/** What is shown: the choice, or the fixed ones with the most common sensors behind the name. */
export function columnsOf(common: readonly { readonly sensor: Sensor; readonly n: number }[], all: number, narrow: boolean): readonly Column[] {
  const ids = chosen.value;
  if (ids) {
    return ids.flatMap((id) => {
      if (id.startsWith("sensor:")) return [sensorColumn(id.slice(7), common.find((s) => s.sensor.id === id.slice(7))?.sensor.name ?? id)];
      return fixed.find((c) => c.id === id) ?? [];
    });
  }
  const sensors = common.filter((s) => s.n >= all / 6).slice(0, narrow ? 2 : mostSensors - 1).map((s) => sensorColumn(s.sensor.id, s.sensor.name));
  const rest = narrow ? fixed.slice(2).filter((c) => ["seen", "alert", "place"].includes(c.id)) : fixed.slice(2);
  return [...fixed.slice(0, 2), ...sensors, ...rest];
}
