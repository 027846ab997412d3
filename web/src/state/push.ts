// SPDX-License-Identifier: Apache-2.0
// This browser as a place where alerts are told. Nothing is asked before a person wants it.

import { signal } from "@preact/signals";
import { problemText } from "../lib/problem";
import { deleteSubscription, fetchNotifications, fetchPushKey, fetchSubscription, putSubscription, testSubscription } from "../net/notify";
import type { TestResult } from "../net/wire";

/** `home`: an iPhone or iPad on whose Home Screen the page is not. `unasked`: never asked, or asked and put off. */
export type PushState = "unsupported" | "insecure" | "home" | "unasked" | "on" | "refused" | "working";

const storageKey = "telltale.push";
const offerKey = "telltale.push-offer";
const restsMs = 90 * 86_400_000;
const mostSent = 200;

export const pushState = signal<PushState>("unasked");
export const pushProblem = signal<string | null>(null);

/** How the server knows this browser, and when it last told it something. */
export interface Here {
  readonly name: string;
  readonly since: number;
  readonly hidesValues: boolean;
  readonly deliveredAt: number | null;
}
export const pushHere = signal<Here | null>(null);

function kept(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function keep(key: string, text: string): void {
  try {
    if (text === "") localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // The subscription works all the same; only the page forgets that it is this browser's.
  }
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

interface Apple {
  readonly standalone?: boolean;
}

/** An iPad says that it is a Mac, but has a touch screen. */
function isApplePhone(): boolean {
  return /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
}

function isInstalled(): boolean {
  return (navigator as Apple).standalone === true || matchMedia("(display-mode: standalone)").matches;
}

/** What this browser allows, without asking anybody; null: it can be asked. */
export function pushHindrance(): "unsupported" | "insecure" | "home" | "refused" | null {
  if (!isSecureContext) return "insecure";
  if (isApplePhone() && !isInstalled()) return "home";
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return "unsupported";
  return window.Notification.permission === "denied" ? "refused" : null;
}

async function subscribed(): Promise<boolean> {
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration?.pushManager.getSubscription()) !== null && registration !== undefined;
}

async function lookHere(): Promise<void> {
  const id = kept(storageKey);
  const found = await fetchSubscription(id);
  if (found === null) {
    // The server forgot it, as it does when a push comes back: what was subscribed leads nowhere.
    keep(storageKey, "");
    pushState.value = "unasked";
    return;
  }
  const sent = await fetchNotifications(mostSent).catch(() => []);
  pushHere.value = { ...found, deliveredAt: sent.find((n) => n.channel === "push" && n.target === id && n.state === "sent")?.at ?? null };
}

/** How it stands, without asking anybody. */
export async function lookAtPush(): Promise<void> {
  const hindrance = pushHindrance();
  if (hindrance !== null) {
    pushState.value = hindrance;
    return;
  }
  pushState.value = kept(storageKey) !== "" && await subscribed() ? "on" : "unasked";
  if (pushState.peek() === "on") await lookHere();
}

async function attempt(act: () => Promise<PushState>): Promise<void> {
  const before = pushState.peek();
  pushState.value = "working";
  pushProblem.value = null;
  try {
    pushState.value = await act();
    if (pushState.peek() === "on") await lookHere();
  } catch (error) {
    pushProblem.value = problemText(error);
    pushState.value = pushHindrance() ?? before;
  }
}

/** On a person's click: the browser asks, then the server is told where to send. */
export function subscribe(name: string, hidesValues: boolean): Promise<void> {
  return attempt(async () => {
    if (await window.Notification.requestPermission() !== "granted") return pushHindrance() ?? "unasked";
    const registration = await navigator.serviceWorker.ready;
    const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(await fetchPushKey()) });
    keep(storageKey, await putSubscription(subscription.toJSON(), name, hidesValues));
    return "on";
  });
}

export function unsubscribe(): Promise<void> {
  return attempt(async () => {
    const registration = await navigator.serviceWorker.ready;
    const id = kept(storageKey);
    if (id !== "") await deleteSubscription(id);
    await (await registration.pushManager.getSubscription())?.unsubscribe();
    keep(storageKey, "");
    pushHere.value = null;
    return "unasked";
  });
}

export function testPush(): Promise<TestResult> {
  return testSubscription(kept(storageKey));
}

/** Whether to offer it: once after a first acknowledgement, and not again for 90 days after it was put away. */
export const pushOffered = signal(false);

export async function offerPush(): Promise<void> {
  const away = Number(kept(offerKey)) || 0;
  if (pushHindrance() !== null || Date.now() - away < restsMs || (kept(storageKey) !== "" && await subscribed())) return;
  pushOffered.value = true;
}

export function putOfferAway(): void {
  keep(offerKey, String(Date.now()));
  pushOffered.value = false;
}
