// SPDX-License-Identifier: Apache-2.0
// Rules as they are edited: whole, as the server has them; and what one would have done.

import * as decode from "./decode";
import { request, sent } from "./rest";
import type { Backtest, Firing, RuleBody } from "./wire";

const path = (id: string): string => `/rules/${encodeURIComponent(id)}`;
const { num } = decode;

export async function fetchRuleBodies(): Promise<RuleBody[]> {
  return decode.list(decode.fields(await request("/rules"))["rules"]).map(decode.fields);
}

export async function fetchRuleBody(id: string): Promise<RuleBody> {
  return decode.fields(await request(path(id)));
}

export async function createRule(body: object): Promise<RuleBody> {
  return decode.fields(await request("/rules", sent("POST", body)));
}

/** The short form and the long one replace each other as a whole: what one has is not for the other to take away. */
const ofTheForm = ["deviceId", "sensorType", "condition", "threshold", "scope", "when"];
const ofTheServer = ["id", "createdAt", "updatedAt"];

/** Members that the old rule has and the new one lacks are taken away. */
export async function changeRule(id: string, body: object, before: RuleBody): Promise<RuleBody> {
  const gone = Object.fromEntries(Object.keys(before).filter((key) => !(key in body) && !ofTheServer.includes(key) && !ofTheForm.includes(key)).map((key) => [key, null]));
  return decode.fields(await request(path(id), sent("PATCH", { ...gone, ...body })));
}

export async function deleteRule(id: string): Promise<void> {
  await request(path(id), sent("DELETE"));
}

function firing(raw: unknown): Firing[] {
  const f = decode.fields(raw);
  const from = num(f["from"]);
  return from === null ? [] : [{ device: decode.text(f["device"]), from, to: num(f["to"]), peak: num(f["peak"]) }];
}

/** `compare`: id of a saved rule that is tried beside it. */
export async function testRule(rule: object, from: number, to: number, compare: string | null, signal: AbortSignal): Promise<Backtest> {
  const body = { rule, from: Math.floor(from), to: Math.ceil(to), ...(compare === null ? {} : { compare }) };
  const f = decode.fields(await request("/rules/test", { ...sent("POST", body), signal }));
  const saved = decode.fields(f["saved"]);
  return {
    count: num(f["count"]) ?? 0, totalMs: num(f["total_ms"]) ?? 0, longestMs: num(f["longest_ms"]) ?? 0,
    firings: decode.list(f["firings"]).flatMap(firing), saved: num(saved["count"]),
  };
}
