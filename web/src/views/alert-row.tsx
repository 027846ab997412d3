// SPDX-License-Identifier: Apache-2.0
// One open alert as a row; on a phone the same as a card of two lines.

import { useComputed } from "@preact/signals";
import { formatSpan } from "../lib/format";
import { toShown } from "../lib/units";
import type { Shown } from "../state/alerts";
import { now } from "../state/clock";
import { deviceOf, fleet, valuesOf } from "../state/fleet";
import { AcknowledgeButton, Holder, Refusal } from "./acknowledge";
import { alertText, deviceName, sensorOf } from "./alert-text";
import { SeverityBadge } from "./glyph";
import { alertPath, devicePath } from "./router";
import { Spark, useHour } from "./spark";
import { To } from "./to";

export function AlertSpark({ alert }: { alert: Shown }) {
  const { draw } = useHour(alert.deviceId, alert.sensorType);
  const sensor = sensorOf(deviceOf(alert.deviceId), alert.sensorType);
  const limit = alert.threshold === null ? null : { value: toShown(alert.threshold, sensor.unit), tone: alert.resolved ? "plain" as const : alert.severity };
  return (
    <Spark device={alert.deviceId} sensor={sensor} draw={draw}
      limit={limit} width={104} height={30} />
  );
}

export function AlertRow({ alert, withSpark }: { alert: Shown; withSpark: boolean }) {
  fleet.value;
  const values = valuesOf(alert.deviceId);
  const text = useComputed(() => {
    values.value;
    return alertText(alert, now.value);
  });
  const age = useComputed(() => formatSpan(now.value - alert.createdAt));
  const tone = alert.acknowledged ? " alert-held" : ` alert-${alert.severity}`;
  return (
    <li class={`alert-row${tone}`}>
      <SeverityBadge alert={alert} />
      <div class="alert-words">
        <div class="alert-title">
          <To href={devicePath(alert.deviceId)}>{deviceName(alert.deviceId)}</To>
          <span> · {sensorOf(deviceOf(alert.deviceId), alert.sensorType).name}</span>
        </div>
        <div class="alert-text"><To class="quiet-link" href={alertPath(alert.id)}>{text}</To><Refusal alert={alert} /></div>
      </div>
      {withSpark && <AlertSpark key={`${alert.deviceId}/${alert.sensorType}`} alert={alert} />}
      <span class="alert-age">{age}</span>
      <Holder alert={alert} />
      <div class="alert-act"><AcknowledgeButton alert={alert} /></div>
    </li>
  );
}
