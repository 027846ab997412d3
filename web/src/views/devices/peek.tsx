// SPDX-License-Identifier: Apache-2.0
// A device in a drawer beside the table: how it is and what it measures, without leaving the list.

import { say } from "../../i18n/say";
import { formatMoment, zoneName } from "../../lib/format";
import { openAlerts } from "../../state/alerts";
import { now } from "../../state/clock";
import { deviceOf } from "../../state/fleet";
import { AlertRow } from "../alert-row";
import { Drawer } from "../drawer";
import { Glyph } from "../glyph";
import { devicePath } from "../router";
import { Spark, useHour } from "../spark";
import type { Device, Sensor } from "../../net/wire";
import { CellValue } from "./row";

function Value({ device, sensor }: { device: Device; sensor: Sensor }) {
  const { draw } = useHour(device.id, sensor.id);
  return (
    <li>
      <span>{sensor.name}</span>
      <Spark device={device.id} sensor={sensor} draw={draw} limit={null} width={104} height={28} />
      <b><CellValue device={device} sensor={sensor.id} /></b>
    </li>
  );
}

export function Peek({ id, onClose }: { id: string; onClose: () => void }) {
  now.value;
  const device = deviceOf(id);
  if (!device) return null;
  const since = device.since > 0 ? say.since(formatMoment(device.since, now.value), zoneName(device.since)) : "";
  const alerts = openAlerts.value.filter((a) => a.deviceId === id);
  return (
    <Drawer title={device.name} onClose={onClose}>
      <div class="peek">
        <p><Glyph name={device.status} /> {say.statusLine(say.status[device.status], since, device.cause)}</p>
        {alerts.length > 0 && <ul class="alert-rows">{alerts.map((a) => <AlertRow key={a.id} alert={a} withSpark={false} />)}</ul>}
        <ul class="peek-values">{device.sensors.map((s) => <Value key={s.id} device={device} sensor={s} />)}</ul>
        <a class="button button-primary" href={devicePath(id)} onClick={onClose}>{say.devices.openDevice}</a>
      </div>
    </Drawer>
  );
}
