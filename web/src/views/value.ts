// SPDX-License-Identifier: Apache-2.0
// A value as it may be shown: its text, its age in words, and whether it can pass for current.

import { useComputed, type ReadonlySignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { say } from "../i18n/say";
import { formatNumber, nothing } from "../lib/format";
import type { Sensor } from "../net/wire";
import { now, serverNow } from "../state/clock";
import { fresh } from "../state/connection";
import { deviceOf, fleet, readingOf, valuesOf } from "../state/fleet";
import { valueState, type Reading, type ValueState } from "../state/reading";
import { Series } from "../state/series";

export interface ValueView {
  readonly state: ValueState;
  readonly text: string;
  readonly age: string;
  readonly reading: Reading | undefined;
  readonly decimals: number;
}

function ageText(state: ValueState, reading: Reading | undefined, at: number): string {
  if (!reading) return say.age.waiting;
  const age = at - reading.t;
  if (state === "bad") return reading.v === null ? say.age.invalid : say.age.ahead(-age);
  if (state === "stale") return say.age.stale(age);
  return age < 2000 ? say.age.now : say.age.ago(age);
}

/** Reads signals: whoever calls it inside a computed value follows the reading, the clock and the stream. */
export function viewValue(device: string, sensor: Sensor): ValueView {
  now.value;
  fleet.value;
  valuesOf(device).value;
  const at = serverNow();
  const reading = readingOf(device, sensor.id);
  const state = valueState(reading, at, fresh.value && deviceOf(device)?.status !== "offline");
  const decimals = sensor.decimals ?? reading?.decimals ?? 0;
  return {
    state, reading, decimals,
    text: reading ? formatNumber(reading.v, decimals) : nothing,
    age: ageText(state, reading, at),
  };
}

export interface ValueSignals {
  readonly text: ReadonlySignal<string>;
  readonly age: ReadonlySignal<string>;
  readonly state: ReadonlySignal<ValueState>;
}

/** Text signals that go straight into text nodes, so that a moving value draws no component anew. */
export function useValue(device: string, sensor: Sensor): ValueSignals {
  const view = useComputed(() => viewValue(device, sensor));
  return {
    text: useComputed(() => view.value.text),
    age: useComputed(() => view.value.age),
    state: useComputed(() => view.value.state),
  };
}

/** A series that lives as long as the component that shows it. */
export function useSeries(device: string, sensor: string, span: number, points: number): Series {
  const series = useMemo(() => new Series(device, sensor, span, points), [device, sensor, span, points]);
  useEffect(() => {
    series.start();
    return () => series.stop();
  }, [series]);
  return series;
}

export function isMuted(state: ValueState): boolean {
  return state === "stale" || state === "waiting" || state === "bad";
}
