// SPDX-License-Identifier: Apache-2.0
// The topics that came in, as the server tells them, and mappings that are tried on them.

import { fields, list, num, oneOf, statuses, text, textOrNull } from "./decode";
import { post, request } from "./rest";
import type { Decoded, DecodedRecord, Message, Sample, Topic, TopicPage } from "./wire";

function decodedRecord(x: unknown): DecodedRecord {
  const f = fields(x);
  const status = text(f["status"]);
  return {
    device: text(f["device"]), sensor: text(f["sensor"]), value: num(f["value"]), unit: textOrNull(f["unit"]),
    status: status === "" ? null : oneOf(status, statuses, "unknown"),
  };
}

function decoded(x: unknown): Decoded {
  const f = fields(x);
  return {
    decoder: text(f["decoder"]), records: list(f["records"]).map(decodedRecord), dropped: textOrNull(f["dropped"]),
    note: text(f["note"]),
  };
}

/** Bytes of UTF-8: a sample that holds fewer than the message had was cut. */
function byteLength(s: string): number {
  return new TextEncoder().encode(s).length;
}

function sample(x: unknown): Sample {
  const f = fields(x);
  const payload = typeof f["payload"] === "string" ? f["payload"] : null;
  const base64 = text(f["payload_b64"]);
  const bytes = num(f["payloadBytes"]) ?? 0;
  const held = payload === null ? Math.floor(base64.replace(/=+$/, "").length * 3 / 4) : byteLength(payload);
  return {
    ...decoded(x), topic: text(f["topic"]), retained: f["retained"] === true, qos: num(f["qos"]) ?? 0,
    payload, payloadBase64: base64, payloadBytes: bytes, payloadCut: held < bytes, recordsTotal: num(f["recordsTotal"]) ?? 0,
  };
}

function topic(x: unknown): Topic {
  const f = fields(x);
  return { ...sample(x), rate: num(f["rate"]) ?? 0, lastSeen: num(f["lastSeen"]) ?? 0 };
}

function message(x: unknown): Message {
  const f = fields(x);
  const id = num(f["id"]) ?? 0, at = num(f["at"]) ?? 0;
  const s = sample(x);
  return { ...s, id, at, key: id > 0 ? String(id) : s.topic, oneIn: num(f["oneIn"]) ?? 1 };
}

function topicPage(x: unknown): TopicPage {
  const f = fields(x);
  return { topics: list(f["topics"]).map(topic), next: textOrNull(f["next"]) };
}

/** `which`: all, or those of whose last message nothing came. */
export async function fetchTopics(prefix: string, after: string | null, which: "all" | "lost" = "all"): Promise<TopicPage> {
  const query = new URLSearchParams({ limit: "200" });
  if (prefix !== "") query.set("prefix", prefix);
  if (after !== null) query.set("after", after);
  if (which === "lost") query.set("lost", "1");
  return topicPage(await request(`/topics?${query}`));
}

/** The last messages of a device, the newest first. */
export async function fetchMessages(device: string): Promise<readonly Message[]> {
  return list(fields(await request(`/devices/${encodeURIComponent(device)}/messages`))["messages"]).map(message);
}

/** A mapping as an object of its keys: a text each, or several. */
export type MappingBody = Readonly<Record<string, string | readonly string[]>>;

/** A mapping in use; `id` is null when it stands in the settings file. */
export interface Mapping {
  readonly number: number;
  readonly id: string | null;
  readonly version: number;
  readonly updatedAt: number;
  readonly body: MappingBody;
}

function mappingBody(x: unknown): MappingBody {
  return Object.fromEntries(Object.entries(fields(x)).map(([key, v]) => [key, Array.isArray(v) ? v.map(text) : text(v)]));
}

/** All of them, in the order in which they are asked. */
export async function fetchMappings(): Promise<readonly Mapping[]> {
  return list(fields(await request("/mappings-in-use"))["mappings"]).map((x) => {
    const f = fields(x);
    return { number: num(f["number"]) ?? 0, id: textOrNull(f["id"]), version: num(f["version"]) ?? 0, updatedAt: num(f["updatedAt"]) ?? 0, body: mappingBody(f["mapping"]) };
  });
}

/** What would come of the last messages by a mapping: each with its outcome then, or null where it can't be tried. */
export interface MappingTrial {
  readonly messages: readonly (Message & { readonly then: Decoded | null; readonly other: boolean })[];
  readonly gave: number;
  readonly others: number;
  readonly cut: number;
}

export async function testMapping(mapping: MappingBody, id: string | null): Promise<MappingTrial> {
  const f = fields(await post("/mappings/test", id === null ? { mapping } : { mapping, id }));
  const messages = list(f["messages"]).map((x) => {
    const then = fields(x)["then"];
    return { ...message(x), then: then === undefined ? null : decoded(then), other: fields(then)["other"] === true };
  });
  return { messages, gave: num(f["gave"]) ?? 0, others: num(f["others"]) ?? 0, cut: num(f["cut"]) ?? 0 };
}
