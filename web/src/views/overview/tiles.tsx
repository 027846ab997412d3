// SPDX-License-Identifier: Apache-2.0
// Values that stand for the fleet: what a person pinned, or a stable choice.

import { useComputed } from "@preact/signals";
import { useState } from "preact/hooks";
import { say } from "../../i18n/say";
import type { GlyphName } from "../../lib/shapes";
import { shownUnit } from "../../lib/units";
import type { Device, Sensor } from "../../net/wire";
import { openAlerts, type Shown } from "../../state/alerts";
import { deviceOf, fleet, valuesOf } from "../../state/fleet";
import { pins, representatives } from "../../state/pins";
import { sensorOf } from "../alert-text";
import { Chunk } from "../chunk";
import { alertGlyph, Glyph } from "../glyph";
import { devicePath } from "../router";
import { To } from "../to";
import { nearestLimit, rangeText, Spark, useHour } from "../spark";
import { styledMore, tooled } from "../styles";
import { isAged, lineParts, useValue, type ValueSignals } from "../value";

function TileGlyph({ value, alert }: { value: ValueSignals; alert: Shown | undefined }) {
  const name: GlyphName | null = alert ? alertGlyph(alert) : isAged(value.state.value) ? "stale" : null;
  return name === null ? null : <Glyph name={name} size={14} />;
}

export function Tile({ device, sensor }: { device: Device; sensor: Sensor }) {
  const value = useValue(device.id, sensor);
  const { draw } = useHour(device.id, sensor.id);
  const classes = useComputed(() => `tile card value-${value.state.value}`);
  const range = useComputed(() => {
    valuesOf(device.id).value;
    const { decimals, unit } = lineParts(device.id, sensor);
    return rangeText(draw(), decimals, unit);
  });
  const alert = openAlerts.value.find((a) => a.deviceId === device.id && a.sensorType === sensor.id);
  return (
    <To class={classes} href={devicePath(device.id)}>
      <div class="tile-head"><b>{device.name}</b> <span>{sensor.name}</span></div>
      <div class="tile-body">
        <div class="tile-value">
          <TileGlyph value={value} alert={alert} />
          <span class="number">{value.text}</span><span class="unit">{shownUnit(sensor.unit)}</span>
        </div>
        <Spark device={device.id} sensor={sensor} draw={draw} limit={nearestLimit(device.id, sensor.id)} width={112} height={40} />
      </div>
      <div class="tile-foot">
        <span class="age" title={value.why}>{isAged(value.state.value) && <Glyph name="stale" />}{value.age}</span>
        {!sensor.boolean && <span>{range}</span>}
      </div>
    </To>
  );
}

const loadPins = () => tooled(styledMore(import("./pins"))).then((m) => m.PinsEditor);

export function Tiles() {
  const [editing, edit] = useState(false);
  fleet.value;
  const pinned = pins.value.filter((p) => deviceOf(p.device));
  const shown = pinned.length > 0 ? pinned : representatives();
  if (shown.length === 0) return null;
  return (
    <section aria-labelledby="tiles">
      <header class="section-head">
        <h2 id="tiles">{pinned.length > 0 ? say.overview.pinned : say.overview.chosen}</h2>
        {pinned.length === 0 && <span class="quiet hide-phone">{say.overview.chosenNote}</span>}
        <span class="card-space" />
        <button type="button" class="link" aria-haspopup="dialog" onClick={() => edit(true)}>{say.facts.editPins}</button>
      </header>
      <div class="tiles">
        {shown.map((p) => {
          const device = deviceOf(p.device);
          return device && <Tile key={`${p.device}\n${p.sensor}`} device={device} sensor={sensorOf(device, p.sensor)} />;
        })}
      </div>
      {editing && <Chunk load={loadPins} loading="" onClose={() => edit(false)} />}
    </section>
  );
}
