// SPDX-License-Identifier: Apache-2.0
// What the overview says about the fleet: who needs attention, who belongs where, what changed.

import { say } from "../../i18n/say";
import { compareNames } from "../../lib/format";
import type { GlyphName } from "../../lib/shapes";
import type { Device } from "../../net/wire";
import { recentAlerts, severityRank, worstByDevice, type Shown } from "../../state/alerts";
import { allDevices, deviceOf } from "../../state/fleet";
import { conditionText, deviceName, sensorOf } from "../alert-text";
import { alertGlyph } from "../glyph";
import { devicePath } from "../router";

const statusRank = { offline: 3, unknown: 2, asleep: 1, online: 0 } as const;

/** How bad a device is, for sorting; 0 is well. */
export function badness(d: Device, worst: ReadonlyMap<string, Shown>): number {
  const a = worst.get(d.id);
  return (a ? severityRank[a.severity] * 10 + (a.acknowledged ? 0 : 5) : 0) + statusRank[d.status];
}

export function deviceGlyph(d: Device, worst: ReadonlyMap<string, Shown>): GlyphName {
  const a = worst.get(d.id);
  return a ? alertGlyph(a) : d.status;
}

/** Devices with an open alert, offline, or unknown although they were heard of before. */
export function attention(): number {
  const worst = worstByDevice.value;
  let n = 0;
  for (const d of allDevices()) {
    if (worst.has(d.id) || d.status === "offline" || (d.status === "unknown" && d.cause !== "none")) n++;
  }
  return n;
}

export interface Place {
  readonly name: string;
  readonly devices: readonly Device[];
  readonly worst: ReadonlyArray<readonly [GlyphName, number]>;
}

function tally(devices: readonly Device[], worst: ReadonlyMap<string, Shown>): Place["worst"] {
  const counts = new Map<GlyphName, number>();
  for (const d of devices) {
    const a = worst.get(d.id);
    const glyph: GlyphName | null = a ? a.severity : d.status === "offline" || d.status === "unknown" ? d.status : null;
    if (glyph) counts.set(glyph, (counts.get(glyph) ?? 0) + 1);
  }
  return (["critical", "warning", "info", "offline", "unknown"] as const).flatMap((g) =>
    counts.has(g) ? [[g, counts.get(g) ?? 0] as const] : []);
}

/** The fleet by place, the place with the worst device first, in it the worst device first. */
export function places(): readonly Place[] {
  const worst = worstByDevice.value;
  const groups = new Map<string, Device[]>();
  for (const d of allDevices()) {
    const group = groups.get(d.place ?? "");
    if (group) group.push(d);
    else groups.set(d.place ?? "", [d]);
  }
  const rank = new Map<Device, number>();
  const of = (d: Device | undefined): number => (d ? rank.get(d) ?? 0 : 0);
  return [...groups].map(([name, devices]) => {
    for (const d of devices) rank.set(d, badness(d, worst));
    devices.sort((a, b) => of(b) - of(a) || compareNames(a.name, b.name));
    return { name: name || say.overview.noPlace, devices, worst: tally(devices, worst) };
  }).sort((a, b) => of(b.devices[0]) - of(a.devices[0]) || b.devices.length - a.devices.length || compareNames(a.name, b.name));
}

export interface Change {
  readonly at: number;
  readonly glyph: GlyphName;
  readonly who: string;
  readonly href: string | null;
  readonly what: string;
}

function alertChanges(from: number): Change[] {
  const out: Change[] = [];
  for (const a of recentAlerts.value) {
    const sensor = sensorOf(deviceOf(a.deviceId), a.sensorType);
    const who = deviceName(a.deviceId);
    const href = devicePath(a.deviceId);
    if (a.createdAt >= from) {
      out.push({ at: a.createdAt, glyph: a.severity, who, href, what: say.event.raised(sensor.name, conditionText(a, sensor)) });
    }
    if (a.acknowledgedAt !== null && a.acknowledgedAt >= from) {
      out.push({ at: a.acknowledgedAt, glyph: `${a.severity}-held`, who, href, what: say.event.acknowledged(sensor.name, a.acknowledgedBy) });
    }
    if (a.resolvedAt !== null && a.resolvedAt >= from) {
      out.push({ at: a.resolvedAt, glyph: "check", who, href, what: say.event.resolved(sensor.name) });
    }
  }
  return out;
}

/** Status changes; many devices with the same one within a minute are one line. */
function statusChanges(from: number): Change[] {
  const groups = new Map<string, Device[]>();
  for (const d of allDevices()) {
    if (d.since < from || d.cause === "none") continue;
    const key = `${d.status} ${d.cause} ${Math.floor(d.since / 60_000)}`;
    groups.set(key, [...(groups.get(key) ?? []), d]);
  }
  return [...groups.values()].map((devices) => {
    const d = devices[0] as Device;
    const alone = devices.length === 1;
    return {
      at: Math.max(...devices.map((x) => x.since)), glyph: d.status,
      who: alone ? d.name : say.event.several(devices.length), href: alone ? devicePath(d.id) : null,
      what: say.event.status(say.status[d.status], d.cause),
    };
  });
}

/** What changed since `from`, newest first. */
export function changesSince(from: number): readonly Change[] {
  return [...alertChanges(from), ...statusChanges(from)].sort((a, b) => b.at - a.at);
}
