// SPDX-License-Identifier: Apache-2.0
// What the overview says about the fleet: who needs attention, who belongs where, what changed.

import { say } from "../../i18n/say";
import { compareNames, formatSpan } from "../../lib/format";
import type { GlyphName } from "../../lib/shapes";
import type { Device } from "../../net/wire";
import { recentAlerts, severityRank, worstByDevice, type Shown } from "../../state/alerts";
import { allDevices, deviceOf, statusChanges, type StatusChange } from "../../state/fleet";
import { conditionText, deviceName, sensorOf } from "../alert-text";
import { alertGlyph } from "../glyph";
import { alertPath, devicePath } from "../router";

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
    const href = alertPath(a.id);
    if (a.createdAt >= from) {
      out.push({ at: a.createdAt, glyph: a.severity, who, href, what: say.event.raised(sensor.name, conditionText(a, sensor)) });
    }
    if (a.acknowledgedAt !== null && a.acknowledgedAt >= from) {
      const what = say.event.acknowledged(sensor.name, a.acknowledgedBy);
      out.push({ at: a.acknowledgedAt, glyph: `${a.severity}-held`, who, href, what: a.note === null ? what : say.facts.saying(what, a.note) });
    }
    if (a.resolvedAt !== null && a.resolvedAt >= from) {
      out.push({ at: a.resolvedAt, glyph: "check", who, href, what: say.facts.resolvedAfter(sensor.name, formatSpan(a.resolvedAt - a.createdAt)) });
    }
  }
  return out;
}

/** What this page saw change, and of devices that it did not see change the last change that the server told. */
function changesOfStatus(from: number): StatusChange[] {
  const seen = statusChanges().filter((c) => c.at >= from && c.cause !== "none");
  const told = new Set(seen.map((c) => `${c.device}\n${c.status}`));
  for (const d of allDevices()) {
    if (d.since < from || d.cause === "none" || told.has(`${d.id}\n${d.status}`)) continue;
    seen.push({ device: d.id, status: d.status, cause: d.cause, at: d.since, after: 0 });
  }
  return seen;
}

/** Many devices with the same change within a minute are one line. */
function deviceChanges(from: number): Change[] {
  const groups = new Map<string, StatusChange[]>();
  for (const c of changesOfStatus(from)) {
    const key = `${c.status} ${c.cause} ${Math.floor(c.at / 60_000)}`;
    const group = groups.get(key);
    if (group) group.push(c);
    else groups.set(key, [c]);
  }
  return [...groups.values()].map((group) => {
    const c = group[0] as StatusChange;
    const alone = group.length === 1;
    return {
      at: Math.max(...group.map((x) => x.at)), glyph: c.status,
      who: alone ? deviceName(c.device) : say.event.several(group.length), href: alone ? devicePath(c.device) : `/devices?q=status:${c.status}`,
      what: alone && c.status === "online" && c.after > 0 ? say.facts.againAfter(formatSpan(c.after)) : say.event.status(say.status[c.status], c.cause),
    };
  });
}

/** What changed since `from`, newest first. */
export function changesSince(from: number): readonly Change[] {
  return [...alertChanges(from), ...deviceChanges(from)].sort((a, b) => b.at - a.at);
}

/** How long it took in the middle until somebody had an alert; null: nobody took any. */
export function medianTaken(alerts: readonly Shown[]): number | null {
  const spans = alerts.flatMap((a) => (a.acknowledgedAt === null ? [] : [a.acknowledgedAt - a.createdAt])).sort((a, b) => a - b);
  return spans[Math.floor((spans.length - 1) / 2)] ?? null;
}
