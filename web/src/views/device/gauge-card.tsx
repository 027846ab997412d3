// SPDX-License-Identifier: Apache-2.0
// A sensor's value now, on its range.

import { useComputed } from "@preact/signals";
import { Pin, PinOff } from "lucide-preact";
import { Gauge } from "../../charts/gauge";
import { say } from "../../i18n/say";
import { gaugeRange } from "../../lib/track";
import { shownUnit } from "../../lib/units";
import type { Device, Sensor } from "../../net/wire";
import { openAlerts } from "../../state/alerts";
import { linked } from "../../state/link";
import { isPinned } from "../../state/pins";
import { rulesFor } from "../../state/rules";
import type { Series } from "../../state/series";
import { attempt } from "../../state/told";
import { tooled } from "../styles";
import { useExtremes, useGaugeValue } from "../gauge-value";
import { alertGlyph, Glyph } from "../glyph";
import { shownSensor } from "../shown-sensor";
import { isAged, useValue } from "../value";
import { gaugeLimits } from "./limits";
import { SwitchLane } from "./switch-lane";

const loadActs = () => tooled(import("../overview/pin-acts"));

function SensorGauge({ device, sensor, series }: { device: Device; sensor: Sensor; series: Series | undefined }) {
  const rules = rulesFor(device.id, sensor.id);
  const { value, words } = useGaugeValue(device, sensor);
  const { low, high, marks } = useExtremes(series);
  const shown = shownSensor(sensor);
  const range = gaugeRange(shown, shown.unit, rules.map((r) => r.threshold), { low: low ?? value.peek(), high: high ?? value.peek() });
  if (!range) return null;
  return (
    <Gauge value={value} range={range} limits={gaugeLimits(rules, range, value.peek())} marks={marks}
      name={sensor.name} valueText={words} />
  );
}

export function GaugeCard({ device, sensor, series }: { device: Device; sensor: Sensor; series: Series | undefined }) {
  const value = useValue(device.id, sensor);
  const classes = useComputed(() => `gauge-card value-${value.state.value}`);
  const alert = openAlerts.value.find((a) => a.deviceId === device.id && a.sensorType === sensor.id);
  const pinned = isPinned(device.id, sensor.id);
  const PinIcon = pinned ? PinOff : Pin;
  const pinWords = pinned ? say.device.unpin : say.device.pin;
  return (
    <div class={classes}>
      <div class="gauge-head">
        <b>{sensor.name}</b>
        <span class="age" title={value.why}>{isAged(value.state.value) && <Glyph name="stale" />}{value.age}</span>
        {!linked() && <button type="button" class="icon-button" aria-pressed={pinned} aria-label={`${pinWords}: ${sensor.name}`} title={pinWords}
          onClick={() => attempt(loadActs().then((m) => m.togglePin({ device: device.id, sensor: sensor.id })))}><PinIcon size={15} strokeWidth={1.75} aria-hidden="true" /></button>}
      </div>
      <div class="gauge-value">
        {alert && <Glyph name={alertGlyph(alert)} size={14} />}
        <span class="number">{value.text}</span><span class="unit">{shownUnit(sensor.unit)}</span>
      </div>
      {sensor.boolean ? <SwitchLane device={device.id} sensor={sensor} /> : <SensorGauge device={device} sensor={sensor} series={series} />}
    </div>
  );
}
