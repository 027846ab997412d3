// SPDX-License-Identifier: Apache-2.0
// What a gauge shows, whatever its shape, in the unit that is shown: the value, the same in words, and the lowest and highest that a series drew.

import { useComputed, type ReadonlySignal } from "@preact/signals";
import { formatValue } from "../lib/format";
import type { Device, Sensor } from "../net/wire";
import { shownOf, valuesOf } from "../state/fleet";
import type { Series } from "../state/series";
import { viewValue } from "./value";

export function useGaugeValue(device: Device, sensor: Sensor): { value: ReadonlySignal<number | null>; words: ReadonlySignal<string> } {
  const value = useComputed(() => {
    valuesOf(device.id).value;
    return shownOf(device.id, sensor.id);
  });
  const words = useComputed(() => {
    const v = viewValue(device.id, sensor);
    return `${formatValue(v.reading?.v, v.decimals, sensor.unit)}, ${v.age}`;
  });
  return { value, words };
}

/** Null while nothing is drawn. */
export function useExtremes(series: Series | undefined): { low: number | null; high: number | null; marks: readonly number[] } {
  // As text, so that only other numbers draw the gauge anew.
  const key = useComputed(() => {
    series?.version.value;
    const drawn = series?.shown();
    return `${drawn?.low ?? ""}|${drawn?.high ?? ""}`;
  });
  const [low = null, high = null] = key.value.split("|").map((s) => (s === "" ? null : Number(s)));
  return { low, high, marks: [low, high].filter((v): v is number => v !== null) };
}
