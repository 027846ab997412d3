// SPDX-License-Identifier: Apache-2.0
// The topics that came in, as the server tells them, and mappings that are tried on them.

import { fields, list, num, oneOf, statuses, text, textOrNull } from "./decode";
import { post, request } from "./rest";
import type { Decoded, DecodedRecord, Topic, TopicPage } from "./wire";

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

function topic(x: unknown): Topic {
  const f = fields(x);
  const payload = typeof f["payload"] === "string" ? f["payload"] : null;
  const base64 = text(f["payload_b64"]);
  const bytes = num(f["payloadBytes"]) ?? 0;
  const held = payload === null ? Math.floor(base64.replace(/=+$/, "").length * 3 / 4) : byteLength(payload);
  return {
    ...decoded(x), topic: text(f["topic"]), rate: num(f["rate"]) ?? 0, lastSeen: num(f["lastSeen"]) ?? 0,
    retained: f["retained"] === true, payload, payloadBase64: base64, payloadBytes: bytes, payloadCut: held < bytes,
    recordsTotal: num(f["recordsTotal"]) ?? 0,
  };
}

function topicPage(x: unknown): TopicPage {
  const f = fields(x);
  return { topics: list(f["topics"]).map(topic), next: textOrNull(f["next"]) };
}

export async function fetchTopics(prefix: string, after: string | null): Promise<TopicPage> {
  const query = new URLSearchParams({ limit: "200" });
  if (prefix !== "") query.set("prefix", prefix);
  if (after !== null) query.set("after", after);
  return topicPage(await request(`/topics?${query}`));
}

/** What would come of a message by a mapping in YAML. */
export async function tryMapping(mapping: string, topic: Topic): Promise<Decoded> {
  const payload = topic.payload === null ? { payload_b64: topic.payloadBase64 } : { payload: topic.payload };
  return decoded(await post("/mappings/try", { mapping, topic: topic.topic, ...payload }));
}
