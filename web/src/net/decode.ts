// SPDX-License-Identifier: Apache-2.0
// Unknown JSON in, wire types out. A field that is missing or of a wrong type becomes its neutral
// value, an entry without an identity is left out: one odd device never takes the page down.

import type {
  Alert, Counts, Dashboard, Device, DeviceWithLatest, Latest, ReadingUpdate, Role, Rule,
  Sensor, Session, Severity, Status, StatusEvent, StatusUpdate,
} from "./wire";

type Fields = Readonly<Record<string, unknown>>;

export function fields(x: unknown): Fields {
  return typeof x === "object" && x !== null && !Array.isArray(x) ? (x as Fields) : {};
}

export function list(x: unknown): readonly unknown[] {
  return Array.isArray(x) ? x : [];
}

export function text(x: unknown): string {
  return typeof x === "string" ? x : typeof x === "number" ? String(x) : "";
}

export function textOrNull(x: unknown): string | null {
  const s = text(x);
  return s === "" ? null : s;
}

export function num(x: unknown): number | null {
  return typeof x === "number" && Number.isFinite(x) ? x : null;
}

export function oneOf<T extends string>(x: unknown, allowed: readonly T[], otherwise: T): T {
  return allowed.includes(x as T) ? (x as T) : otherwise;
}

export const statuses: readonly Status[] = ["online", "offline", "asleep", "unknown"];
const severities: readonly Severity[] = ["info", "warning", "critical"];
const roles: readonly Role[] = ["viewer", "operator", "admin"];

function sensor(x: unknown): Sensor | null {
  const f = fields(x);
  const id = text(f["id"]);
  if (id === "") return null;
  return {
    id, name: text(f["name"]) || id, unit: text(f["unit"]), boolean: f["kind"] === "boolean",
    min: num(f["min"]), max: num(f["max"]), decimals: num(f["decimals"]),
  };
}

function location(x: unknown): Device["location"] {
  const f = fields(x);
  const lat = num(f["lat"]);
  const lng = num(f["lng"]);
  return lat === null || lng === null || Math.abs(lat) > 90 || Math.abs(lng) > 360 ? null : { lat, lng };
}

function attributes(x: unknown): Device["attributes"] {
  return Object.entries(fields(x)).map(([key, value]) => [
    key, typeof value === "string" ? value : JSON.stringify(value) ?? "",
  ] as const);
}

export function device(x: unknown): Device | null {
  const f = fields(x);
  const id = text(f["id"]);
  if (id === "") return null;
  const sensors: Sensor[] = [];
  for (const s of list(f["sensors"])) {
    const one = sensor(s);
    if (one) sensors.push(one);
  }
  return {
    id, name: text(f["name"]) || id, model: text(f["model"]),
    status: oneOf(f["status"], statuses, "unknown"), cause: text(f["cause"]),
    since: num(f["since"]) ?? 0, lastSeen: num(f["lastSeen"]) ?? 0,
    location: location(f["location"]), place: textOrNull(f["place"]),
    tags: list(f["tags"]).map(text).filter((t) => t !== ""),
    attributes: attributes(f["attributes"]), sensors,
  };
}

export function deviceWithLatest(x: unknown): DeviceWithLatest | null {
  const one = device(x);
  if (!one) return null;
  const latest = { device: [] as string[], sensor: [] as string[], v: [] as (number | null)[], t: [] as number[] };
  for (const s of list(fields(x)["sensors"])) {
    const f = fields(s);
    const t = num(f["timestamp"]);
    const id = text(f["id"]);
    if (t === null || id === "") continue;
    latest.device.push(one.id);
    latest.sensor.push(id);
    latest.v.push(num(f["value"]));
    latest.t.push(t);
  }
  return { device: one, latest };
}

export function alert(x: unknown): Alert | null {
  const f = fields(x);
  const id = text(f["id"]);
  if (id === "") return null;
  const createdAt = num(f["createdAt"]) ?? 0;
  const resolvedAt = num(f["resolvedAt"]);
  return {
    id, deviceId: text(f["deviceId"]), sensorType: text(f["sensorType"]), value: num(f["value"]),
    ruleId: text(f["ruleId"]), severity: oneOf(f["severity"], severities, "warning"),
    message: text(f["message"]), condition: text(f["condition"]), threshold: num(f["threshold"]),
    acknowledged: f["acknowledged"] === true, acknowledgedBy: textOrNull(f["acknowledgedBy"]),
    acknowledgedAt: num(f["acknowledgedAt"]), createdAt,
    updatedAt: num(f["updatedAt"]) ?? createdAt, resolvedAt,
    resolved: f["state"] === "resolved" || resolvedAt !== null,
    pending: f["state"] === "pending", ruleName: textOrNull(f["ruleName"]), late: f["late"] === true,
    muted: textOrNull(f["muted"]), mutedUntil: num(f["mutedUntil"]), mutedBy: textOrNull(f["mutedBy"]), cause: textOrNull(f["cause"]), note: textOrNull(f["note"]),
  };
}

export function alerts(x: unknown): Alert[] {
  return list(x).map(alert).filter((a): a is Alert => a !== null);
}

function scopeOf(f: Fields): Pick<Rule, "scope" | "scoped"> | null {
  const scope = fields(f["scope"]);
  const device = textOrNull(f["deviceId"]) ?? textOrNull(scope["device"]);
  if (device !== null) return { scope: "devices", scoped: [device] };
  if (Array.isArray(scope["devices"])) return { scope: "devices", scoped: scope["devices"].map(text) };
  if (scope["all"] === true) return { scope: "all", scoped: [] };
  const tag = textOrNull(scope["tag"]);
  const model = textOrNull(scope["model"]);
  return tag !== null ? { scope: "tag", scoped: [tag] } : model !== null ? { scope: "model", scoped: [model] } : null;
}

/** Null: it has no limit that stands beside values, as a rate or a silence has none. */
export function rule(x: unknown): Rule | null {
  const f = fields(x);
  const when = f["when"] === undefined ? { ...f, sensor: f["sensorType"] } : fields(f["when"]);
  const threshold = num(when["threshold"]);
  const scope = scopeOf(f);
  if (threshold === null || scope === null || when["condition"] === "rate_of_change" || when["function"] !== undefined) return null;
  const condition = text(when["condition"]);
  const back = num(when["hysteresis"]);
  const clear = num(when["clear"]) ?? (back === null ? null : threshold + (condition.startsWith("less") ? back : -back));
  return {
    id: text(f["id"]), name: text(f["name"]), ...scope, sensorType: text(when["sensor"]), condition, threshold, clear: clear === threshold ? null : clear,
    severity: oneOf(f["severity"], severities, "warning"), enabled: f["enabled"] !== false,
  };
}

function latest(x: unknown): Latest {
  const f = fields(x);
  const sensorIds = list(f["sensor"]);
  const v = list(f["v"]);
  const t = list(f["t"]);
  const out = { device: [] as string[], sensor: [] as string[], v: [] as (number | null)[], t: [] as number[] };
  list(f["device"]).forEach((id, i) => {
    const time = num(t[i]);
    if (time === null) return;
    out.device.push(text(id));
    out.sensor.push(text(sensorIds[i]));
    out.v.push(num(v[i]));
    out.t.push(time);
  });
  return out;
}

function counts(x: unknown): Counts | null {
  const f = fields(x);
  if (num(f["devices"]) === null) return null;
  const at = (key: string): number => num(f[key]) ?? 0;
  return {
    devices: at("devices"), online: at("online"), offline: at("offline"), asleep: at("asleep"),
    unknown: at("unknown"), alertsOpen: at("alertsOpen"), readingsPerSecond: at("readingsPerSecond"),
  };
}

export function dashboard(x: unknown): Dashboard {
  const f = fields(x);
  const devices: Device[] = [];
  const deleted: string[] = [];
  for (const d of list(f["devices"])) {
    if (fields(d)["deleted"] === true) {
      deleted.push(text(fields(d)["id"]));
      continue;
    }
    const one = device(d);
    if (one) devices.push(one);
  }
  return {
    serverTime: num(f["serverTime"]) ?? 0, counts: counts(f["counts"]), devices, deleted,
    latest: latest(f["latest"]), alerts: alerts(f["alerts"]), total: num(f["total"]),
    truncated: f["truncated"] === true,
  };
}

export function readingUpdate(x: unknown): ReadingUpdate | null {
  const f = fields(x);
  const timestamp = num(f["timestamp"]);
  const sensorType = text(f["sensorType"]);
  if (timestamp === null || sensorType === "") return null;
  return { deviceId: text(f["deviceId"]), sensorType, value: num(f["value"]), timestamp };
}

export function statusUpdate(x: unknown): StatusUpdate | null {
  const f = fields(x);
  const timestamp = num(f["timestamp"]);
  if (timestamp === null || typeof f["status"] !== "string") return null;
  return {
    deviceId: text(f["deviceId"]), status: oneOf(f["status"], statuses, "unknown"),
    cause: text(f["cause"]), lastSeen: num(f["lastSeen"]) ?? 0, timestamp,
  };
}

export function session(x: unknown): Session {
  const f = fields(x);
  return { user: text(f["user"]) || null, role: oneOf(f["role"], roles, "viewer"), auth: f["auth"] !== false, mqttPort: typeof f["mqttPort"] === "number" ? f["mqttPort"] : null };
}

/** Status changes in the order of their times. */
export function statusEvents(x: unknown): StatusEvent[] {
  return list(x).flatMap((e) => {
    const f = fields(e);
    const time = num(f["time"]);
    return time === null ? [] : [{ time, status: oneOf(f["status"], statuses, "unknown"), cause: text(f["cause"]) }];
  }).sort((a, b) => a.time - b.time);
}
