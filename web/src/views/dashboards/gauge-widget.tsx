// SPDX-License-Identifier: Apache-2.0
// A value on its range, linear or radial: limits from the rules, marks for the lowest and highest of 24 h, and where the range
// was only learned, that is said.

import { useComputed } from "@preact/signals";
import { Gauge } from "../../charts/gauge";
import { Radial } from "../../charts/radial";
import { tools } from "../../i18n/tools";
import type { GaugeShape } from "../../lib/board";
import { gaugeRange, type Range } from "../../lib/track";
import { shownUnit, toShown } from "../../lib/units";
import type { Device, Sensor } from "../../net/wire";
import { openAlerts } from "../../state/alerts";
import { shownOf } from "../../state/fleet";
import { learnedRange, learnedSeries } from "../../state/learned";
import { rulesFor } from "../../state/rules";
import { gaugeLimits } from "../device/limits";
import { useExtremes, useGaugeValue } from "../gauge-value";
import { alertGlyph, Glyph } from "../glyph";
import { devicePath } from "../router";
import { To } from "../to";
import { shownSensor } from "../shown-sensor";
import { isMuted, useSeries, useValue } from "../value";

const day = 86_400_000;
const points = 200;

/** The range by hand, nature, rules or what was learned; and the lowest and highest of 24 h. */
function useRange(device: Device, sensor: Sensor): { range: Range | null; marks: readonly number[] } {
  const series = useSeries(device.id, sensor.id, day, points);
  const { low, high, marks } = useExtremes(series);
  learnedSeries.value;
  const thresholds = rulesFor(device.id, sensor.id).map((r) => r.threshold);
  const usual = thresholds.length === 0 && sensor.unit !== "%" && (sensor.min === null || sensor.max === null) ? learnedRange(device.id, sensor.id) : null;
  const now = shownOf(device.id, sensor.id);
  const shown = shownSensor(sensor);
  const seen = usual ? { low: toShown(usual[0], sensor.unit), high: toShown(usual[1], sensor.unit) } : { low: low ?? now, high: high ?? now };
  return { range: gaugeRange(shown, shown.unit, thresholds, seen), marks };
}

export function BoardGauge({ device, sensor, shape }: { device: Device; sensor: Sensor; shape: GaugeShape }) {
  const shown = useValue(device.id, sensor);
  const { range, marks } = useRange(device, sensor);
  const { value, words } = useGaugeValue(device, sensor);
  const classes = useComputed(() => `card board-gauge board-gauge-${shape} value-${shown.state.value}`);
  const alert = openAlerts.value.find((a) => a.deviceId === device.id && a.sensorType === sensor.id);
  const rules = rulesFor(device.id, sensor.id);
  const name = `${device.name} ${sensor.name}`;
  const parts = range && { value, range, marks, name, valueText: words, limits: gaugeLimits(rules, range, value.peek()) };
  return (
    <div class={classes}>
      <div class="board-gauge-head"><b><To href={devicePath(device.id)}>{device.name}</To></b>{alert && <Glyph name={alertGlyph(alert)} size={16} />}</div>
      <div class="board-gauge-foot">
        <span>{sensor.name}{range?.learned && rules.length === 0 && <span title={tools.boards.learnedHelp}>, {tools.boards.learned}</span>}</span>
        <span class="age">{isMuted(shown.state.value) && <Glyph name="stale" />}{shown.age}</span>
      </div>
      {(shape === "linear" || !parts) && <div class="gauge-value"><span class="number">{shown.text}</span><span class="unit">{shownUnit(sensor.unit)}</span></div>}
      {parts && (shape === "radial" ? <Radial {...parts} text={shown.text} unit={shownUnit(sensor.unit)} /> : <Gauge {...parts} />)}
    </div>
  );
}
