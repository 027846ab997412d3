// SPDX-License-Identifier: Apache-2.0
// The service worker. It keeps the shell, so that the installed page opens without a network, and it
// shows what the server pushes. Data never come from here: an answer of the API is never kept.

import { noticeOf, requestOf, type PushNotice } from "./notice";

/** This file is a script of its own; these are the few things of a worker's world that it needs. */
interface Extendable extends Event {
  waitUntil(promise: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Pushed extends Extendable {
  readonly data: { text(): string } | null;
}
interface Clicked extends Extendable {
  readonly action: string;
  readonly notification: Notification;
}
interface WindowClient {
  readonly url: string;
  focus(): Promise<unknown>;
  navigate(url: string): Promise<unknown>;
}
interface Scope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { claim(): Promise<void>; matchAll(what: object): Promise<readonly WindowClient[]>; openWindow(url: string): Promise<unknown> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
  addEventListener(type: "push", listener: (event: Pushed) => void): void;
  addEventListener(type: "notificationclick", listener: (event: Clicked) => void): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

declare const SHELL: readonly string[];
declare const BUILD: string;

const worker = self as unknown as Scope;
const cacheName = `telltale-${BUILD}`;
const page = "/index.html";
const navigationLimitMs = 3000;

worker.addEventListener("install", (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll([page, ...SHELL])));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then(async (names) => {
    await Promise.all(names.filter((n) => n.startsWith("telltale-") && n !== cacheName).map((n) => caches.delete(n)));
    await worker.clients.claim();
  }));
});

/** The page says when it is a good moment to go over to a new version. */
worker.addEventListener("message", (event) => {
  if (event.data === "take over") void worker.skipWaiting();
});

async function navigation(request: Request): Promise<Response> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), navigationLimitMs);
  try {
    return await fetch(request, { signal: limit.signal });
  } catch {
    return await caches.match(page) ?? Response.error();
  } finally {
    clearTimeout(timer);
  }
}

async function asset(request: Request): Promise<Response> {
  return await caches.match(request, { ignoreVary: true }) ?? fetch(request);
}

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && !url.pathname.startsWith("/api/")) event.respondWith(navigation(request));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(asset(request));
});

/** The language that the page was last in: it leaves a word, since it may be closed when a push comes. */
async function spoken(): Promise<string> {
  try {
    const kept = await (await caches.open("settings")).match("/language");
    return await kept?.text() ?? navigator.language;
  } catch {
    return navigator.language;
  }
}

async function show(notice: PushNotice): Promise<void> {
  if (notice.resolved) {
    for (const shown of await worker.registration.getNotifications({ tag: notice.tag })) shown.close();
  }
  await worker.registration.showNotification(notice.title, {
    body: notice.body, tag: notice.tag, icon: "/icon-192.png", badge: "/icon-192.png", timestamp: notice.at,
    requireInteraction: notice.critical, renotify: !notice.resolved, silent: notice.resolved, data: notice,
    actions: notice.actions,
  } as NotificationOptions);
}

worker.addEventListener("push", (event) => {
  event.waitUntil(spoken().then((language) => show(noticeOf(event.data?.text() ?? "", language))));
});

async function openPage(url: string): Promise<void> {
  const open = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const [first] = open;
  if (!first) {
    await worker.clients.openWindow(url);
    return;
  }
  await first.focus();
  await first.navigate(url);
}

/** An act of the notification, without a page; when it fails, the page opens and says why. */
async function act(notice: PushNotice, action: "acknowledge" | "snooze"): Promise<void> {
  const { url, body } = requestOf(notice, action, Date.now());
  const said = body === null ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  try {
    if ((await fetch(url, { method: "POST", credentials: "same-origin", ...said })).ok) return;
  } catch {
    // Without a network the page queues it.
  }
  await openPage(`${notice.url}${notice.url.includes("?") ? "&" : "?"}do=${action}`);
}

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const notice = noticeOf(JSON.stringify(event.notification.data ?? null), navigator.language);
  event.waitUntil(event.action === "acknowledge" || event.action === "snooze" ? act(notice, event.action) : openPage(notice.url));
});
