// SPDX-License-Identifier: Apache-2.0
// Chooses a series: a device, or the variable that stands for it, and one of its sensors.

import { useState } from "preact/hooks";
import { tools } from "../../i18n/tools";
import { encodeSeries } from "../../lib/board";
import { allDevices, deviceOf } from "../../state/fleet";
import { optionsOf } from "../../state/options";

/** Sensors of a device, or of all when the variable stands for it. */
function sensorsOf(device: string): string[] {
  const devices = device === "$device" ? [...allDevices()] : [deviceOf(device)];
  return [...new Set(devices.flatMap((d) => d?.sensors.map((s) => s.id) ?? []))].sort((a, b) => a.localeCompare(b)).slice(0, 500);
}

export function SeriesField({ variable, onChoose }: { variable: boolean; onChoose: (series: string) => void }) {
  const [device, setDevice] = useState("");
  const sensors = sensorsOf(device);
  return (
    <div class="series-field">
      <label class="form-field">{tools.boards.device}
        <select value={device} onChange={(e) => setDevice(e.currentTarget.value)}>
          <option value="">{tools.boards.choose(tools.boards.device)}</option>
          {variable && <option value="$device">{tools.boards.theChosen}</option>}
          {optionsOf("device").map((id) => <option key={id} value={id}>{deviceOf(id)?.name ?? id}</option>)}
        </select>
      </label>
      <label class="form-field">{tools.boards.sensor}
        <select value="" disabled={sensors.length === 0} onChange={(e) => {
          const sensor = e.currentTarget.value;
          e.currentTarget.value = "";
          if (sensor !== "") onChoose(encodeSeries({ device, sensor }));
        }}>
          <option value="">{tools.boards.choose(tools.boards.sensor)}</option>
          {sensors.map((s) => <option key={s} value={s}>{s}</option>)}
        </select>
      </label>
    </div>
  );
}
