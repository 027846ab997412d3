// SPDX-License-Identifier: Apache-2.0
// The REST calls of the page. Each answers decoded data or throws a RestError with the server's words.

import { columnsType, noSamples, readColumns } from "./columns";
import * as decode from "./decode";
import { addressed } from "./link";
import type { Alert, DeviceWithLatest, Rule, Samples, SeriesName, Session, StatusEvent } from "./wire";

export class RestError extends Error {
  /** `field`: the member of what was sent that is wrong; empty: it is not about one. */
  constructor(readonly status: number, readonly code: string, message: string, readonly field = "") {
    super(message);
  }
}

/** A proxy's error page is no JSON; the status says enough then. */
function parse(body: string): unknown {
  try {
    return body === "" ? null : JSON.parse(body);
  } catch {
    return null;
  }
}

/** The answer, when it is a good one. */
export async function ask(path: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(...addressed(path, init));
  if (answer.ok) return answer;
  const error = decode.fields(decode.fields(parse(await answer.text()))["error"]);
  throw new RestError(answer.status, decode.text(error["code"]),
    decode.text(error["message"]) || `HTTP ${answer.status}`, decode.text(error["field"]));
}

export async function request(path: string, init: RequestInit = {}): Promise<unknown> {
  const answer = await ask(path, { ...init, headers: { Accept: "application/json", ...init.headers } });
  return parse(await answer.text());
}

/** A path beside the API's, in its own words. */
export async function requestText(path: string): Promise<string> {
  const answer = await fetch(path, { credentials: "same-origin" });
  if (!answer.ok) throw new RestError(answer.status, "", `HTTP ${answer.status}`);
  return answer.text();
}

/** What a request sends: a method, and a body in JSON when there is one. */
export function sent(method: "POST" | "PUT" | "PATCH" | "DELETE", body?: unknown): RequestInit {
  return body === undefined ? { method } : { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

export function post(path: string, body: unknown): Promise<unknown> {
  return request(path, sent("POST", body));
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

/** A login that has ended already needs no end. */
export async function closeSession(): Promise<void> {
  try {
    await request("/session", sent("DELETE"));
  } catch (error) {
    if (!(error instanceof RestError && error.status === 401)) throw error;
  }
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

/** Names in their order; a device is named once for all its sensors that follow each other. */
export function historyQuery(names: readonly SeriesName[], from: number, to: number, points: number): URLSearchParams {
  const query = new URLSearchParams({
    from: String(Math.floor(from)), to: String(Math.floor(to)), points: String(points),
  });
  names.forEach(({ device, sensor }, i) => {
    if (device !== names[i - 1]?.device) query.append("device", device);
    query.append("sensor", sensor);
  });
  return query;
}

/** Readings with from ≤ time < to of each series, in the order of the names; none when a series is not known. */
export async function fetchHistory(names: readonly SeriesName[], from: number, to: number, points: number,
  signal: AbortSignal): Promise<Samples[]> {
  try {
    const answer = await ask(`/history?${historyQuery(names, from, to, points)}`, { signal, headers: { Accept: columnsType } });
    return readColumns(await answer.arrayBuffer(), names.length);
  } catch (error) {
    if (!(error instanceof RestError && error.status === 404)) throw error;
  }
  // One name that is not known yet refuses the whole question: the others are asked alone.
  if (names.length <= 1) return [noSamples];
  return (await Promise.all(names.map((name) => fetchHistory([name], from, to, points, signal)))).flat();
}

/** What the device became in a range, with the last time before it. */
export async function fetchEvents(device: string, sensor: string, from: number, to: number): Promise<StatusEvent[]> {
  const query = historyQuery([{ device, sensor }], from, to, 1);
  return decode.statusEvents(decode.fields(await request(`/history?${query}`))["events"]);
}

export async function fetchRules(): Promise<Rule[]> {
  return decode.list(decode.fields(await request("/rules"))["rules"]).map(decode.rule)
    .filter((r): r is Rule => r !== null);
}

export async function fetchAlerts(state: "open" | "all", limit: number): Promise<Alert[]> {
  return decode.alerts(decode.fields(await request(`/alerts?state=${state}&limit=${limit}`))["alerts"]);
}

function theAlert(answer: unknown): Alert {
  const one = decode.alert(answer);
  if (!one) throw new RestError(502, "invalid", "the answer is no alert");
  return one;
}

/** `always`: the note is said even when it is empty, which takes an older one away. */
export async function acknowledgeAlert(id: string, note = "", always = false): Promise<Alert> {
  return theAlert(await post(`/alerts/${segment(id)}/acknowledge`, note === "" && !always ? {} : { note }));
}

/** Takes an acknowledgement back. */
export async function releaseAlert(id: string): Promise<Alert> {
  return theAlert(await request(`/alerts/${segment(id)}/acknowledge`, { method: "DELETE" }));
}
