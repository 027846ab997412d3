// SPDX-License-Identifier: Apache-2.0
// What happened to devices, as marks on the lane of a chart.

import type { Mark } from "../../charts/model";
import { say } from "../../i18n/say";
import type { Shown } from "../../state/alerts";
import { recentAlerts } from "../../state/alerts";
import { deviceOf } from "../../state/fleet";
import type { StatusStretch } from "../../state/stretches";
import { conditionText, sensorOf } from "../alert-text";
import { alertGlyph } from "../glyph";

export type EventMark = Mark & { readonly href: string | null };

function alertMark(a: Shown): EventMark {
  const sensor = sensorOf(deviceOf(a.deviceId), a.sensorType);
  return {
    at: a.createdAt, until: a.resolved ? a.resolvedAt ?? a.updatedAt : null,
    glyph: alertGlyph({ severity: a.severity, acknowledged: a.acknowledged || a.resolved }),
    label: say.event.raised(sensor.name, conditionText(a, sensor)), href: null,
  };
}

/** What was said when it was taken. */
function noteMark(a: Shown): EventMark[] {
  if (a.note === null || a.acknowledgedAt === null) return [];
  const what = say.event.acknowledged(sensorOf(deviceOf(a.deviceId), a.sensorType).name, a.acknowledgedBy);
  return [{ at: a.acknowledgedAt, until: a.acknowledgedAt, glyph: "note", label: say.facts.saying(what, a.note), href: null }];
}

function statusMark(s: StatusStretch, first: boolean): EventMark | null {
  // Where the record begins nothing changed.
  if (first && s.status === "online") return null;
  const away = s.status === "offline" || s.status === "unknown";
  return { at: s.from, until: away ? s.to : s.from, glyph: s.status, label: say.events.status(say.status[s.status], s.cause), href: null };
}

/** Marks of one device, in the order of time. Reads signals. */
export function marksOf(device: string, stretches: readonly StatusStretch[]): readonly EventMark[] {
  const own = recentAlerts.value.filter((a) => a.deviceId === device);
  const alerts = [...own.map(alertMark), ...own.flatMap(noteMark)];
  const statuses = stretches.flatMap((s, i) => statusMark(s, i === 0) ?? []);
  return [...alerts, ...statuses].sort((a, b) => a.at - b.at);
}

export function inWindow(marks: readonly EventMark[], from: number, to: number): readonly EventMark[] {
  return marks.filter((m) => m.at <= to && (m.until ?? Infinity) >= from);
}
