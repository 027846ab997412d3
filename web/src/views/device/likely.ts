// SPDX-License-Identifier: Apache-2.0
// What probably led to an alert, from what the device itself told: a door that stands open, a switch
// that went on, a silence just before. It is a hint in words and changes nothing.

import { say } from "../../i18n/say";
import { formatSpan } from "../../lib/format";
import type { Device } from "../../net/wire";
import type { Shown } from "../../state/alerts";
import type { Drawn } from "../../state/drawn";
import { onSince, silenceBefore } from "../../state/switching";
import { isOpening } from "../value";

const hour = 3_600_000;
/** A door that was opened a little after the limit was passed counts too: devices report when they like. */
const slack = 5 * 60_000;

/** A name at the begin of a sentence. */
function begins(name: string): string {
  return name.charAt(0).toLocaleUpperCase() + name.slice(1);
}

/** In words, or empty. */
export function likelyCause(device: Device, alert: Shown, drawn: (sensor: string) => Drawn | null, now: number): string {
  for (const s of device.sensors) {
    if (!s.boolean || s.id === alert.sensorType) continue;
    const since = onSince(drawn(s.id));
    if (since === null || since > alert.createdAt + slack || since < alert.createdAt - hour) continue;
    return (isOpening(s) ? say.likely.opened : say.likely.on)(begins(s.name), formatSpan(now - since));
  }
  const silent = silenceBefore(drawn(alert.sensorType), alert.createdAt);
  return silent === null ? "" : say.likely.gap(formatSpan(silent));
}
