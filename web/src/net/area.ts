// SPDX-License-Identifier: Apache-2.0
// Marks of an area of the map, as `subscribe-area` and `area-update` bring them: columns in, one object a mark out.

import { fields, list, text } from "./decode";
import type { Severity, Status } from "./wire";

/** A device, or a cluster of them that the server made. */
export interface Mark {
  readonly n: number;
  /** Null: a cluster. */
  readonly id: string | null;
  readonly name: string;
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
  /** Of devices. */
  readonly count: number;
  /** Of a cluster the one that wants attention most. */
  readonly status: Status;
  /** Of the worst open alert. */
  readonly severity: Severity | null;
  /** How many of the devices have that severity, or that status where there is none. */
  readonly affected: number;
}

export interface AreaMessage {
  readonly area: string;
  readonly reset: boolean;
  readonly clusters: boolean;
  readonly marks: readonly Mark[];
  readonly gone: readonly number[];
  readonly complete: boolean;
}

const states: readonly Status[] = ["online", "offline", "asleep", "unknown"];

function numberIn(column: readonly unknown[], i: number): number {
  const v = column[i];
  return typeof v === "number" && Number.isFinite(v) ? v : NaN;
}

function statusIn(x: unknown): Status {
  return states.find((s) => s === x) ?? "unknown";
}

function severityIn(x: unknown): Severity | null {
  return x === "critical" || x === "warning" || x === "info" ? x : null;
}

function devices(raw: unknown): Mark[] {
  const f = fields(raw);
  const [lat, lng] = [list(f["lat"]), list(f["lng"])];
  const [id, name, status, severity] = [list(f["id"]), list(f["name"]), list(f["status"]), list(f["severity"])];
  return list(f["n"]).flatMap((n, i) => {
    const [y, x, key] = [numberIn(lat, i), numberIn(lng, i), text(id[i])];
    if (typeof n !== "number" || key === "" || Number.isNaN(y) || Number.isNaN(x)) return [];
    return [{
      n, id: key, name: text(name[i]) || key, south: y, north: y, west: x, east: x, count: 1,
      status: statusIn(status[i]), severity: severityIn(severity[i]), affected: 1,
    }];
  });
}

function clusters(raw: unknown): Mark[] {
  const f = fields(raw);
  const column = (key: string): readonly unknown[] => list(f[key]);
  const [south, west, north, east] = [column("south"), column("west"), column("north"), column("east")];
  const [count, worst, parts, severity, affected] = [column("count"), column("worst"), column("states"), column("severity"), column("affected")];
  return list(f["n"]).flatMap((n, i) => {
    const mark = {
      south: numberIn(south, i), west: numberIn(west, i), north: numberIn(north, i), east: numberIn(east, i), count: numberIn(count, i),
    };
    if (typeof n !== "number" || Object.values(mark).some(Number.isNaN) || mark.count < 1) return [];
    const status = statusIn(worst[i]);
    const alerting = severityIn(severity[i]);
    const some = alerting === null ? numberIn(list(parts[i]), states.indexOf(status)) : numberIn(affected, i);
    return [{ n, id: null, name: "", ...mark, status, severity: alerting, affected: some >= 1 ? some : 1 }];
  });
}

/** Null: no area, but a refusal, whose words `refusal` has. */
export function areaMessage(raw: unknown): AreaMessage | null {
  const f = fields(raw);
  const area = text(f["area"]);
  if (area === "") return null;
  const grouped = f["clusters"] !== undefined;
  return {
    area, reset: f["reset"] === true, clusters: grouped, marks: grouped ? clusters(f["clusters"]) : devices(f["devices"]),
    gone: list(f["gone"]).filter((n): n is number => typeof n === "number"), complete: f["complete"] !== false,
  };
}

export function refusal(raw: unknown): string {
  return text(fields(fields(raw)["error"])["message"]);
}
