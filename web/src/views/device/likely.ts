// SPDX-License-Identifier: Apache-2.0
// What probably led to an alert, from what the device itself told: a door that stands open, a switch
// that went on, a silence just before. It is a hint in words and changes nothing.

import { say } from "../../i18n/say";
import { formatSpan } from "../../lib/format";
import type { Device } from "../../net/wire";
import type { Shown } from "../../state/alerts";
import type { Drawn } from "../../state/drawn";
import { isOpening } from "../value";

const hour = 3_600_000;
const justBefore = 5 * 60_000;

/** Since when a switch has been on without a break; null: it is off, or it was on all along. */
export function onSince(drawn: Drawn | null): number | null {
  if (!drawn) return null;
  let since: number | null = null;
  for (let i = drawn.length - 1; i >= 0; i--) {
    const v = drawn.mean[i] ?? NaN;
    if (Number.isNaN(v) || v <= 0) return since;
    since = drawn.t[i] ?? null;
  }
  return null;
}

/** The silence that ended just before a time, ms; null: there was none. */
export function silenceBefore(drawn: Drawn | null, at: number): number | null {
  if (!drawn) return null;
  for (let i = 0; i + 1 < drawn.gaps.length; i += 2) {
    const [from, to] = [drawn.gaps[i] ?? 0, drawn.gaps[i + 1] ?? 0];
    if (to <= at && at - to < justBefore) return to - from;
  }
  return null;
}

/** A name at the begin of a sentence. */
function begins(name: string): string {
  return name.charAt(0).toLocaleUpperCase() + name.slice(1);
}

/** In words, or empty. */
export function likelyCause(device: Device, alert: Shown, drawn: (sensor: string) => Drawn | null, now: number): string {
  for (const s of device.sensors) {
    if (!s.boolean || s.id === alert.sensorType) continue;
    const since = onSince(drawn(s.id));
    if (since === null || since > alert.createdAt + justBefore || since < alert.createdAt - hour) continue;
    return (isOpening(s) ? say.likely.opened : say.likely.on)(begins(s.name), formatSpan(now - since));
  }
  const silent = silenceBefore(drawn(alert.sensorType), alert.createdAt);
  return silent === null ? "" : say.likely.gap(formatSpan(silent));
}
