// SPDX-License-Identifier: Apache-2.0
// Channels by which people are told, and what was sent.

import { signal } from "@preact/signals";
import { problemText } from "../lib/problem";
import { deleteDocument, fetchDocuments, makeDocument, putDocument, type Kept } from "../net/documents";
import { fetchNotifications, testChannel } from "../net/notify";
import type { Notification, TestResult } from "../net/wire";

export const channelTypes = ["email", "webhook", "mqtt"] as const;
export type ChannelType = (typeof channelTypes)[number];
export const presets = ["generic", "slack", "mattermost", "discord", "telegram", "ntfy", "gotify", "pagerduty", "alertmanager"] as const;

/** Null while they were never asked for. */
export const channels = signal<readonly Kept[] | null>(null);
export const notifications = signal<readonly Notification[]>([]);
export const channelsFailed = signal<string | null>(null);
export const tests = signal<ReadonlyMap<string, TestResult | "running">>(new Map());

const mostNotifications = 50;

export async function loadChannels(): Promise<void> {
  try {
    channelsFailed.value = null;
    const [kept, sent] = await Promise.all([fetchDocuments("channels"), fetchNotifications(mostNotifications)]);
    channels.value = kept;
    notifications.value = sent;
  } catch (error) {
    channelsFailed.value = problemText(error);
  }
}

const mostLooked = 500;

/** What was told of one alert, or waits to be told, among the latest messages. */
export async function notificationsOf(alert: string): Promise<readonly Notification[]> {
  return (await fetchNotifications(mostLooked)).filter((n) => n.alertId === alert);
}

export async function addChannel(body: object): Promise<void> {
  await makeDocument("channels", body);
  await loadChannels();
}

/** False: somebody changed it meanwhile, and what is listed now is theirs. */
export async function setChannelEnabled(channel: Kept, enabled: boolean): Promise<boolean> {
  const done = await putDocument("channels", channel.id, { ...channel.body, enabled }, channel.version);
  await loadChannels();
  return done !== null;
}

export async function removeChannel(id: string): Promise<void> {
  await deleteDocument("channels", id);
  await loadChannels();
}

export async function tryChannel(id: string): Promise<void> {
  const put = (result: TestResult | "running"): void => { tests.value = new Map(tests.value).set(id, result); };
  put("running");
  try {
    put(await testChannel(id));
  } catch (error) {
    put({ ok: false, error: problemText(error), ms: 0 });
  }
}
