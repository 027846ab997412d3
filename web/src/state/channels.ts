// SPDX-License-Identifier: Apache-2.0
// Who is told of alerts and how: channels, routes and people as the server keeps them, and what was sent.

import { signal } from "@preact/signals";
import { problemText } from "../lib/problem";
import { personForm, type PersonForm } from "../lib/routing";
import { deleteDocument, fetchDocuments, makeDocument, putDocument, type Kept } from "../net/documents";
import { fetchNotifications, testChannel } from "../net/notify";
import { RestError } from "../net/rest";
import type { Notification, TestResult } from "../net/wire";

export const channelTypes = ["email", "webhook", "mqtt"] as const;
export type ChannelType = (typeof channelTypes)[number];
export const presets = ["generic", "slack", "mattermost", "discord", "telegram", "ntfy", "gotify", "pagerduty", "alertmanager"] as const;
export type ToldKind = "channels" | "routes" | "people";

/** Null while they were never asked for. */
export const channels = signal<readonly Kept[] | null>(null);
export const routes = signal<readonly Kept[] | null>(null);
export const people = signal<readonly Kept[] | null>(null);
export const notifications = signal<readonly Notification[]>([]);
export const channelsFailed = signal<string | null>(null);
export const tests = signal<ReadonlyMap<string, TestResult | "running">>(new Map());

const mostNotifications = 50;

export async function loadChannels(): Promise<void> {
  try {
    channelsFailed.value = null;
    const [ways, rows, all, sent] = await Promise.all([fetchDocuments("channels"), fetchDocuments("routes"), fetchDocuments("people"), fetchNotifications(mostNotifications)]);
    channels.value = ways;
    routes.value = rows;
    people.value = all;
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

/** Makes it, or changes the one that was read before. False: somebody changed that meanwhile, and what is listed now is theirs. */
export async function save(kind: ToldKind, before: Kept | null, body: object): Promise<boolean> {
  const done = before === null ? await makeDocument(kind, body) : await putDocument(kind, before.id, body, before.version);
  await loadChannels();
  return done !== null;
}

export async function remove(kind: ToldKind, id: string): Promise<void> {
  await deleteDocument(kind, id);
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

/** The member that the server found wrong; empty: none in particular. */
export function fieldOf(error: unknown): string {
  return error instanceof RestError ? error.field : "";
}

export function nameOf(kept: Kept): string {
  const { name } = kept.body;
  return typeof name === "string" && name !== "" ? name : kept.id;
}

export function peopleById(): ReadonlyMap<string, PersonForm> {
  return new Map((people.value ?? []).map((p) => [p.id, personForm(p.body)]));
}

/** Routes and people that name it, in words: what would be told by it no more. */
export function usersOf(kind: ToldKind, id: string): readonly string[] {
  const named = `${kind === "people" ? "person" : "channel"}:${id}`;
  const inRoutes = kind === "routes" ? [] : (routes.value ?? []).filter((r) => JSON.stringify(r.body).includes(JSON.stringify(named)));
  const ofPeople = kind === "channels" ? (people.value ?? []).filter((p) => personForm(p.body).channels.includes(id)) : [];
  return [...inRoutes, ...ofPeople].map(nameOf);
}
