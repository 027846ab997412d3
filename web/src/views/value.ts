// SPDX-License-Identifier: Apache-2.0
// A value as it may be shown: its text, its age in words, and whether it can pass for current.

import { useComputed, type ReadonlySignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { say } from "../i18n/say";
import { formatShown, formatSpan, nothing } from "../lib/format";
import { shownDecimals, shownUnit } from "../lib/units";
import type { Sensor } from "../net/wire";
import { now, serverNow } from "../state/clock";
import { fresh } from "../state/connection";
import { deviceOf, fleet, readingOf, valuesOf } from "../state/fleet";
import { valueState, type Reading, type ValueState } from "../state/reading";
import { Series } from "../state/series";

const opens = /door|gate|window|lid|valve|contact|tür|tor\b|fenster|ventil/i;

export function isOpening(sensor: Sensor): boolean {
  return opens.test(`${sensor.id} ${sensor.name}`);
}

/** What a switch is when it is on and when it is not: a door is open, a compressor is on. */
export function switchWord(sensor: Sensor, v: number | null): string {
  if (v === null) return nothing;
  const door = isOpening(sensor);
  return v > 0 ? (door ? say.switched.open : say.switched.on) : door ? say.switched.closed : say.switched.off;
}

export interface ValueView {
  readonly state: ValueState;
  readonly text: string;
  readonly age: string;
  /** Why it can't pass for current, empty when it can. */
  readonly why: string;
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

function whyText(device: string, state: ValueState, reading: Reading | undefined): string {
  if (state === "bad") return reading?.v === null ? "" : say.why.ahead;
  if (state !== "stale") return "";
  if (!fresh.value) return say.why.stream;
  const d = deviceOf(device);
  if (d?.status === "offline") return say.why.offline(d.cause === "none" ? "" : say.cause(d.cause));
  return reading && reading.interval > 0 ? say.why.silent(formatSpan(reading.interval)) : "";
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
    text: !reading ? nothing : sensor.boolean ? switchWord(sensor, reading.v) : formatShown(reading.v, decimals, sensor.unit),
    age: ageText(state, reading, at),
    why: whyText(device, state, reading),
  };
}

/** With its unit, of a switch its word. */
export function valueText(device: string, sensor: Sensor): string {
  const { text } = viewValue(device, sensor);
  return text === nothing || sensor.boolean || sensor.unit === "" ? text : `${text}\u202f${shownUnit(sensor.unit)}`;
}

/** What of a sensor its line in a chart has. */
export function lineParts(device: string, { id, unit, decimals, boolean }: Sensor): { unit: string; decimals: number; steps: boolean } {
  return { unit: shownUnit(unit), decimals: shownDecimals(decimals ?? readingOf(device, id)?.decimals ?? 1, unit), steps: boolean };
}

export interface ValueSignals {
  readonly text: ReadonlySignal<string>;
  readonly age: ReadonlySignal<string>;
  readonly why: ReadonlySignal<string>;
  readonly state: ReadonlySignal<ValueState>;
}

/** Text signals that go straight into text nodes, so that a moving value draws no component anew. */
export function useValue(device: string, sensor: Sensor): ValueSignals {
  const view = useComputed(() => viewValue(device, sensor));
  return {
    text: useComputed(() => view.value.text),
    age: useComputed(() => view.value.age),
    why: useComputed(() => view.value.why),
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

/** Whether a clock stands beside the age. */
export function isAged(state: ValueState): boolean {
  return state === "late" || isMuted(state);
}
