// SPDX-License-Identifier: Apache-2.0
// The REST calls of the page. Each answers decoded data or throws a RestError with the server's words.

import * as decode from "./decode";
import type { Alert, Decoded, DeviceWithLatest, Rule, Samples, Session, Topic, TopicPage } from "./wire";

export class RestError extends Error {
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message);
  }
}

async function request(path: string, init: RequestInit = {}): Promise<unknown> {
  const answer = await fetch(`/api/v1${path}`, {
    ...init, credentials: "same-origin", headers: { Accept: "application/json", ...init.headers },
  });
  const body = await answer.text();
  let parsed: unknown = null;
  try {
    parsed = body === "" ? null : JSON.parse(body);
  } catch {
    // A proxy's error page is no JSON; the status says enough.
  }
  if (!answer.ok) {
    const error = decode.fields(decode.fields(parsed)["error"]);
    throw new RestError(answer.status, decode.text(error["code"]),
      decode.text(error["message"]) || `HTTP ${answer.status}`);
  }
  return parsed;
}

function post(path: string, body: unknown): Promise<unknown> {
  return request(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
}

const segment = encodeURIComponent;

/** Who we are, or null when the server wants us to log in. */
export async function fetchSession(): Promise<Session | null> {
  try {
    return decode.session(await request("/session"));
  } catch (error) {
    if (error instanceof RestError && error.status === 401) return null;
    throw error;
  }
}

export async function openSession(token: string): Promise<void> {
  await post("/session", { token });
}

export interface DevicePage {
  readonly devices: readonly DeviceWithLatest[];
  readonly next: string | null;
}

export async function fetchDevices(after: string | null, limit: number): Promise<DevicePage> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (after !== null) query.set("after", after);
  const f = decode.fields(await request(`/devices?${query}`));
  const devices = decode.list(f["devices"]).map(decode.deviceWithLatest)
    .filter((d): d is DeviceWithLatest => d !== null);
  return { devices, next: typeof f["next"] === "string" ? f["next"] : null };
}

/** One device, or null when the server knows none of that id. */
export async function fetchDevice(id: string): Promise<DeviceWithLatest | null> {
  try {
    return decode.deviceWithLatest(await request(`/devices/${segment(id)}`));
  } catch (error) {
    if (error instanceof RestError && error.status === 404) return null;
    throw error;
  }
}

/** Readings with from ≤ time < to; none when the series is not known. */
export async function fetchSamples(deviceId: string, sensorId: string, from: number, to: number,
  points: number, signal?: AbortSignal): Promise<Samples> {
  const query = new URLSearchParams({
    from: String(Math.floor(from)), to: String(Math.floor(to)), points: String(points),
  });
  const path = `/devices/${segment(deviceId)}/sensors/${segment(sensorId)}/samples?${query}`;
  try {
    return decode.samples(await request(path, signal ? { signal } : {}));
  } catch (error) {
    if (error instanceof RestError && error.status === 404) return decode.samples(null);
    throw error;
  }
}

export async function fetchRules(): Promise<Rule[]> {
  return decode.list(decode.fields(await request("/rules"))["rules"]).map(decode.rule)
    .filter((r): r is Rule => r !== null);
}

export async function fetchAlerts(state: "open" | "all", limit: number): Promise<Alert[]> {
  return decode.alerts(decode.fields(await request(`/alerts?state=${state}&limit=${limit}`))["alerts"]);
}

export async function acknowledgeAlert(id: string): Promise<void> {
  await post(`/alerts/${segment(id)}/acknowledge`, {});
}

export async function fetchTopics(prefix: string, after: string | null): Promise<TopicPage> {
  const query = new URLSearchParams({ limit: "200" });
  if (prefix !== "") query.set("prefix", prefix);
  if (after !== null) query.set("after", after);
  return decode.topicPage(await request(`/topics?${query}`));
}

/** What would come of a message by a mapping in YAML. */
export async function tryMapping(mapping: string, topic: Topic): Promise<Decoded> {
  const payload = topic.payload === null ? { payload_b64: topic.payloadBase64 } : { payload: topic.payload };
  return decode.decoded(await post("/mappings/try", { mapping, topic: topic.topic, ...payload }));
}
