// SPDX-License-Identifier: Apache-2.0
// The pinned values as a list: their order, which go, which come.

import { ArrowDown, ArrowUp, X } from "lucide-preact";
import { useState } from "preact/hooks";
import { say } from "../../i18n/say";
import { compareNames } from "../../lib/format";
import { allDevices, deviceOf, fleet } from "../../state/fleet";
import { isPinned, pins, putPins, togglePin } from "../../state/pins";
import { sensorOf } from "../alert-text";
import { Drawer } from "../drawer";

const icon = { size: 16, "aria-hidden": "true" as const };

function Add() {
  const [device, setDevice] = useState("");
  const devices = [...allDevices()].sort((a, b) => compareNames(a.name, b.name));
  const sensors = deviceOf(device)?.sensors.filter((s) => !isPinned(device, s.id)) ?? [];
  return (
    <div class="compare-add">
      <select class="field" aria-label={say.pins.add} value={device} onChange={(event) => setDevice(event.currentTarget.value)}>
        <option value="">{say.pins.add}</option>
        {devices.map((d) => <option key={d.id} value={d.id}>{d.name}</option>)}
      </select>
      <select class="field" aria-label={say.pins.sensor} value="" disabled={sensors.length === 0} onChange={(event) => { if (event.currentTarget.value !== "") togglePin(device, event.currentTarget.value); }}>
        <option value="">{say.pins.sensor}</option>
        {sensors.map((s) => <option key={s.id} value={s.id}>{s.name}</option>)}
      </select>
    </div>
  );
}

export function PinsEditor({ onClose }: { onClose: () => void }) {
  fleet.value;
  const all = pins.value;
  const swap = (i: number, k: number): void => {
    const next = [...all];
    [next[i], next[k]] = [next[k] as typeof next[0], next[i] as typeof next[0]];
    putPins(next);
  };
  return (
    <Drawer title={say.pins.title} onClose={onClose}>
      <div class="peek">
        <p class="quiet">{all.length === 0 ? say.pins.none : say.pins.explain}</p>
        <ol class="peek-values">
          {all.map((p, i) => {
            const name = `${deviceOf(p.device)?.name ?? p.device} ${sensorOf(deviceOf(p.device), p.sensor).name}`;
            return (
              <li key={`${p.device}\n${p.sensor}`}>
                <span>{name}</span>
                <button type="button" class="icon-button" disabled={i === 0} aria-label={say.pins.up(name)} onClick={() => swap(i, i - 1)}><ArrowUp {...icon} /></button>
                <button type="button" class="icon-button" disabled={i === all.length - 1} aria-label={say.pins.down(name)} onClick={() => swap(i, i + 1)}><ArrowDown {...icon} /></button>
                <button type="button" class="icon-button" aria-label={say.pins.remove(name)} onClick={() => togglePin(p.device, p.sensor)}><X {...icon} /></button>
              </li>
            );
          })}
        </ol>
        <Add />
      </div>
    </Drawer>
  );
}
