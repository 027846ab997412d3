// SPDX-License-Identifier: Apache-2.0
// An alert in words: "−11.2 °C, above −15 °C for 6 min".

import { say } from "../i18n/say";
import { formatSpan, formatValue } from "../lib/format";
import { converter, shownUnit } from "../lib/units";
import type { Alert, Device, Sensor } from "../net/wire";
import { deviceOf, readingOf } from "../state/fleet";
import { decimalsOf } from "../state/reading";

export function sensorOf(device: Device | undefined, id: string): Sensor {
  return device?.sensors.find((s) => s.id === id) ??
    { id, name: id, unit: "", boolean: false, min: null, max: null, decimals: null };
}

/** "−15 °C": a limit in the unit that is shown, with the decimals that it was given with. */
export function limitText(stored: number, unit: string): string {
  const v = converter?.limit(stored, unit) ?? stored;
  return formatValue(v, decimalsOf(v), shownUnit(unit));
}

const oneLimit = /^(gr|le|eq|not)/;

/** The server's words without the sensor and the value, which stand beside them. */
function said(message: string, sensor: Sensor): string {
  const text = message.replace(/\. Current: [^.]*(\.\d+)?$/, "");
  return (text.startsWith(`${sensor.id} `) ? text.slice(sensor.id.length + 1) : text).replaceAll("_", " ").replace(/(^|[ (])-(?=\d)/g, "$1\u2212");
}

/** "above −15 °C" */
export function conditionText(a: Pick<Alert, "condition" | "threshold" | "message">, sensor: Sensor): string {
  if (a.threshold === null || !oneLimit.test(a.condition)) return said(a.message, sensor);
  return `${say.condition(a.condition)} ${limitText(a.threshold, sensor.unit)}`;
}

export function valueAndCondition(a: Alert): string {
  const sensor = sensorOf(deviceOf(a.deviceId), a.sensorType);
  const reading = readingOf(a.deviceId, a.sensorType);
  const v = a.resolved ? a.value : reading?.v ?? a.value;
  const decimals = sensor.decimals ?? reading?.decimals ?? (v === null ? 0 : decimalsOf(v));
  const condition = conditionText(a, sensor);
  return v === null ? condition : say.alerts.equation(formatValue(v, decimals, sensor.unit), condition);
}

export function alertText(a: Alert, at: number): string {
  return say.alerts.forSpan(valueAndCondition(a), formatSpan(at - a.createdAt));
}

export function deviceName(id: string): string {
  return deviceOf(id)?.name ?? id;
}
