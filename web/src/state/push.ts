// SPDX-License-Identifier: Apache-2.0
// This browser as a place where alerts are told. Nothing is asked before a person wants it.

import { signal } from "@preact/signals";
import { problemText } from "../lib/problem";
import { deleteSubscription, fetchPushKey, putSubscription, testSubscription } from "../net/notify";
import type { TestResult } from "../net/wire";

export type PushState = "unsupported" | "insecure" | "off" | "on" | "refused" | "working";

const storageKey = "telltale.push";
export const pushState = signal<PushState>("off");
export const pushProblem = signal<string | null>(null);

function keptId(): string {
  try {
    return localStorage.getItem(storageKey) ?? "";
  } catch {
    return "";
  }
}

function keep(id: string): void {
  try {
    if (id === "") localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, id);
  } catch {
    // The subscription works all the same; only the page forgets that it is this browser's.
  }
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

/** How it stands, without asking anybody. */
export async function lookAtPush(): Promise<void> {
  if (!isSecureContext) pushState.value = "insecure";
  else if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) pushState.value = "unsupported";
  else if (window.Notification.permission === "denied") pushState.value = "refused";
  else {
    const registration = await navigator.serviceWorker.getRegistration();
    const subscription = await registration?.pushManager.getSubscription();
    pushState.value = subscription && keptId() !== "" ? "on" : "off";
  }
}

async function attempt(act: () => Promise<PushState>): Promise<void> {
  const before = pushState.peek();
  pushState.value = "working";
  pushProblem.value = null;
  try {
    pushState.value = await act();
  } catch (error) {
    pushProblem.value = problemText(error);
    pushState.value = window.Notification.permission === "denied" ? "refused" : before;
  }
}

/** On a person's click: the browser asks, then the server is told where to send. */
export function subscribe(name: string): Promise<void> {
  return attempt(async () => {
    if (await window.Notification.requestPermission() !== "granted") return window.Notification.permission === "denied" ? "refused" : "off";
    const registration = await navigator.serviceWorker.ready;
    const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(await fetchPushKey()) });
    keep(await putSubscription(subscription.toJSON(), name));
    return "on";
  });
}

export function unsubscribe(): Promise<void> {
  return attempt(async () => {
    const registration = await navigator.serviceWorker.ready;
    const id = keptId();
    if (id !== "") await deleteSubscription(id);
    await (await registration.pushManager.getSubscription())?.unsubscribe();
    keep("");
    return "off";
  });
}

export function testPush(): Promise<TestResult> {
  return testSubscription(keptId());
}
