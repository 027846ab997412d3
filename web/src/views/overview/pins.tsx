// SPDX-License-Identifier: Apache-2.0
// The pinned values as a list: their order, which go, which come.

import { ArrowDown, ArrowUp, X } from "lucide-preact";
import { useState } from "preact/hooks";
import { tools } from "../../i18n/tools";
import { compareNames } from "../../lib/format";
import { allDevices, deviceOf, fleet } from "../../state/fleet";
import { isPinned, pinnedId, pins } from "../../state/pins";
import { mayChange } from "../../state/session";
import { attempt } from "../../state/told";
import { sensorOf } from "../alert-text";
import { Drawer } from "../drawer";
import { exchangePins, togglePin } from "./pin-acts";

const icon = { size: 16, "aria-hidden": "true" as const };

function Add() {
  const [device, setDevice] = useState("");
  const devices = [...allDevices()].sort((a, b) => compareNames(a.name, b.name));
  const sensors = deviceOf(device)?.sensors.filter((s) => !isPinned(device, s.id)) ?? [];
  return (
    <div class="compare-add">
      <select class="field" aria-label={tools.boards.pins.add} value={device} onChange={(event) => setDevice(event.currentTarget.value)}>
        <option value="">{tools.boards.pins.add}</option>
        {devices.map((d) => <option key={d.id} value={d.id}>{d.name}</option>)}
      </select>
      <select class="field" aria-label={tools.boards.pins.sensor} value="" disabled={sensors.length === 0} onChange={(event) => { if (event.currentTarget.value !== "") attempt(togglePin({ device, sensor: event.currentTarget.value })); }}>
        <option value="">{tools.boards.pins.sensor}</option>
        {sensors.map((s) => <option key={s.id} value={s.id}>{s.name}</option>)}
      </select>
    </div>
  );
}

export function PinsEditor({ onClose }: { onClose: () => void }) {
  fleet.value;
  const all = pins.value;
  const swap = (i: number, k: number): void => {
    const [one, other] = [all[i], all[k]];
    if (one && other) attempt(exchangePins(one, other));
  };
  return (
    <Drawer title={tools.boards.pins.title} onClose={onClose}>
      <div class="peek">
        <p class="quiet">{all.length === 0 ? tools.boards.pins.none : tools.boards.pins.explain}</p>
        <ol class="peek-values">
          {all.map((p, i) => {
            const name = `${deviceOf(p.device)?.name ?? p.device} ${sensorOf(deviceOf(p.device), p.sensor).name}`;
            return (
              <li key={`${p.device}\n${p.sensor}`}>
                <span>{name}</span>
                {mayChange.value && (
                  <>
                    <button type="button" class="icon-button" disabled={i === 0} aria-label={tools.boards.pins.up(name)} onClick={() => swap(i, i - 1)}><ArrowUp {...icon} /></button>
                    <button type="button" class="icon-button" disabled={i === all.length - 1} aria-label={tools.boards.pins.down(name)} onClick={() => swap(i, i + 1)}><ArrowDown {...icon} /></button>
                    <button type="button" class="icon-button" aria-label={tools.boards.pins.remove(name)} onClick={() => attempt(togglePin(p))}><X {...icon} /></button>
                  </>
                )}
              </li>
            );
          })}
        </ol>
        {mayChange.value ? <Add /> : <p class="quiet">{tools.boards.pins.readOnly}</p>}
        <p><a href={`/dashboards/${pinnedId}`}>{tools.boards.pins.asBoard}</a></p>
      </div>
    </Drawer>
  );
}
