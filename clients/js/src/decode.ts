// SPDX-License-Identifier: Apache-2.0
// What comes over the wire, let through field by field: a server of another version may leave out or add what it likes, and nobody downstream meets a hole.

import type { Alert, Counts, Device, Sensor, Severity, Status } from "./types.js";

type Raw = Readonly<Record<string, unknown>>;

export function isRaw(value: unknown): value is Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
export const numberOf = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);

const statuses: readonly string[] = ["online", "offline", "asleep", "unknown"];
export const statusOf = (value: unknown): Status => (statuses.includes(textOf(value)) ? (value as Status) : "unknown");
const severities: readonly string[] = ["info", "warning", "critical"];
const severityOf = (value: unknown): Severity => (severities.includes(textOf(value)) ? (value as Severity) : "info");

export function decodeSensor(raw: unknown): Sensor | null {
  if (!isRaw(raw) || typeof raw["id"] !== "string") return null;
  return {
    id: raw["id"],
    name: textOrNull(raw["name"]),
    unit: textOrNull(raw["unit"]),
    kind: raw["kind"] === "boolean" ? "boolean" : "number",
    min: numberOf(raw["min"]),
    max: numberOf(raw["max"]),
    decimals: numberOf(raw["decimals"]),
    value: numberOf(raw["value"]),
    timestamp: numberOf(raw["timestamp"]),
    stale: true,
  };
}

function decodeLocation(raw: unknown): Device["location"] {
  if (!isRaw(raw)) return null;
  const lat = numberOf(raw["lat"]);
  const lng = numberOf(raw["lng"]);
  return lat === null || lng === null ? null : { lat, lng };
}

export function decodeDevice(raw: unknown): Device | null {
  if (!isRaw(raw) || typeof raw["id"] !== "string") return null;
  return {
    id: raw["id"],
    known: true,
    name: textOrNull(raw["name"]),
    model: textOrNull(raw["model"]),
    status: statusOf(raw["status"]),
    cause: textOf(raw["cause"]),
    since: numberOf(raw["since"]),
    lastSeen: numberOf(raw["lastSeen"]),
    location: decodeLocation(raw["location"]),
    place: textOrNull(raw["place"]),
    tags: listOf(raw["tags"]).map(textOf),
    attributes: isRaw(raw["attributes"]) ? raw["attributes"] : {},
    sensors: listOf(raw["sensors"]).map(decodeSensor).filter((s) => s !== null),
  };
}

export function unknownDevice(id: string): Device {
  return {
    id, known: false, name: null, model: null, status: "unknown", cause: "none", since: null, lastSeen: null,
    location: null, place: null, tags: [], attributes: {}, sensors: [],
  };
}

export function decodeAlert(raw: unknown): Alert | null {
  if (!isRaw(raw) || typeof raw["id"] !== "string") return null;
  return {
    id: raw["id"],
    deviceId: textOf(raw["deviceId"]),
    sensorType: textOf(raw["sensorType"]),
    ruleId: textOf(raw["ruleId"]),
    severity: severityOf(raw["severity"]),
    message: textOf(raw["message"]),
    value: numberOf(raw["value"]),
    state: textOf(raw["state"]),
    acknowledged: raw["acknowledged"] === true,
    acknowledgedBy: textOrNull(raw["acknowledgedBy"]),
    createdAt: numberOf(raw["createdAt"]) ?? 0,
    updatedAt: numberOf(raw["updatedAt"]) ?? 0,
    resolvedAt: numberOf(raw["resolvedAt"]),
  };
}

export function decodeCounts(raw: unknown): Counts | null {
  if (!isRaw(raw)) return null;
  const count = (key: string) => numberOf(raw[key]) ?? 0;
  return {
    devices: count("devices"), online: count("online"), offline: count("offline"), asleep: count("asleep"),
    unknown: count("unknown"), alertsOpen: count("alertsOpen"), readingsPerSecond: count("readingsPerSecond"),
  };
}

/** What a position says: `"epoch.seq"`. */
export function decodePosition(raw: unknown): { epoch: number; seq: number } | null {
  const match = /^(\d+)\.(\d+)$/.exec(textOf(raw));
  return match ? { epoch: Number(match[1]), seq: Number(match[2]) } : null;
}
