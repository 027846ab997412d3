// SPDX-License-Identifier: Apache-2.0
// Notifications: what was sent, trying a channel, and this browser's own subscription.

import * as decode from "./decode";
import { request, sent } from "./rest";
import type { Notification, TestResult } from "./wire";

const num = (x: unknown): number => decode.num(x) ?? 0;

function notification(raw: unknown): Notification {
  const f = decode.fields(raw);
  const about = decode.fields(f["alert"]);
  return {
    state: decode.text(f["state"]), event: decode.text(f["event"]), channel: decode.text(f["channel"]), target: decode.text(f["target"]), alertId: decode.text(f["alertId"]),
    attempts: num(f["attempts"]), step: num(f["step"]), dueAt: num(f["dueAt"]), at: num(f["updatedAt"]) || num(f["createdAt"]), error: decode.text(f["error"]), device: decode.text(about["device"]), message: decode.text(about["message"]),
  };
}

export async function fetchNotifications(limit: number): Promise<Notification[]> {
  return decode.list(decode.fields(await request(`/notifications?limit=${limit}`))["notifications"]).map(notification);
}

export async function testChannel(id: string): Promise<TestResult> {
  const f = decode.fields(await request(`/channels/${encodeURIComponent(id)}/test`, sent("POST")));
  return { ok: f["ok"] === true, error: decode.text(f["error"]), ms: Math.round(num(f["ms"])) };
}

export async function fetchPushKey(): Promise<string> {
  return decode.text(decode.fields(await request("/push/key"))["key"]);
}

/** The id under which the server keeps it. `hidesValues`: what stands on a lock screen names no value. */
export async function putSubscription(subscription: PushSubscriptionJSON, name: string, hidesValues: boolean): Promise<string> {
  return decode.text(decode.fields(await request("/push/subscriptions", sent("POST", { endpoint: subscription.endpoint, keys: subscription.keys, name, private: hidesValues })))["id"]);
}

/** Null: the server does not know it any more. */
export async function fetchSubscription(id: string): Promise<{ readonly name: string; readonly since: number; readonly hidesValues: boolean } | null> {
  const all = decode.list(decode.fields(await request("/push/subscriptions"))["subscriptions"]).map(decode.fields);
  const f = all.find((s) => s["id"] === id);
  return f === undefined ? null : { name: decode.text(f["name"]), since: num(f["updatedAt"]), hidesValues: f["private"] === true };
}

export async function deleteSubscription(id: string): Promise<void> {
  await request(`/push/subscriptions/${encodeURIComponent(id)}`, sent("DELETE"));
}

export async function testSubscription(id: string): Promise<TestResult> {
  const f = decode.fields(await request(`/push/subscriptions/${encodeURIComponent(id)}/test`, sent("POST")));
  return { ok: f["ok"] === true, error: decode.text(f["error"]), ms: Math.round(num(f["ms"])) };
}
