// SPDX-License-Identifier: Apache-2.0
// Silences: which alerts tell nobody, from when until when, who said so and why. Snoozing an alert is a silence of it alone.

import { computed, signal } from "@preact/signals";
import { deleteDocument, fetchDocument, fetchDocuments, makeDocument, putDocument, type Kept } from "../net/documents";
import { RestError } from "../net/rest";
import type { Alert } from "../net/wire";
import { alertChanged, marks } from "./alerts";
import { now, serverNow } from "./clock";
import { drop, queue } from "./outbox";

export const matchers = ["device", "tag", "model", "rule", "severity", "place", "alert"] as const;
export type Matcher = (typeof matchers)[number];
export type Match = Readonly<Partial<Record<Matcher, string>>>;

export interface Silence {
  readonly id: string;
  readonly match: Match;
  readonly start: number;
  readonly end: number;
  readonly reason: string;
  readonly author: string;
  /** It is a window that comes again. */
  readonly recurring: boolean;
}

/** Null while they were never asked for. */
export const silences = signal<readonly Silence[] | null>(null);
export const silencesFailed = signal(false);

/** So long before its end it is said that it ends, as the server does. */
const warnedMs = 15 * 60_000;

/** Those that hold now; windows that come again are the server's to know. */
export const activeSilences = computed<readonly Silence[]>(() => (silences.value ?? []).filter((s) => !s.recurring && s.start <= now.value && s.end > now.value));

/** Those that end soon, but the snooze of one alert, whose row says until when. */
export const endingSilences = computed<readonly Silence[]>(() => activeSilences.value.filter((s) => s.end - now.value <= warnedMs && s.match.alert === undefined));

const text = (x: unknown): string => (typeof x === "string" ? x : "");
const number = (x: unknown): number => (typeof x === "number" && Number.isFinite(x) ? x : 0);

function matchOf(raw: unknown): Match {
  const f = typeof raw === "object" && raw !== null ? (raw as Record<string, unknown>) : {};
  return Object.fromEntries(matchers.flatMap((m) => (typeof f[m] === "string" ? [[m, f[m]]] : Array.isArray(f[m]) ? [[m, f[m].join(", ")]] : [])));
}

function silenceOf({ id, body, updatedBy }: Kept): Silence {
  return {
    id, match: matchOf(body["matchers"]), start: number(body["start"]), end: number(body["end"]), reason: text(body["reason"]),
    author: text(body["author"]) || updatedBy, recurring: typeof body["window"] === "object" && body["window"] !== null,
  };
}

export async function loadSilences(): Promise<void> {
  try {
    silencesFailed.value = false;
    silences.value = (await fetchDocuments("silences")).map(silenceOf);
  } catch {
    silencesFailed.value = true;
  }
}

export async function addSilence(match: Match, start: number, end: number, reason: string): Promise<void> {
  await makeDocument("silences", { matchers: match, start: Math.round(start), end: Math.round(end), ...(reason === "" ? {} : { reason }) });
  await loadSilences();
}

/** Goes on for longer, with everything else as it was. */
export async function extendSilence(id: string, ms: number): Promise<void> {
  const kept = await fetchDocument("silences", id);
  if (kept === null) return;
  const end = Math.max(number(kept.body["end"]), Math.round(serverNow())) + ms;
  await putDocument("silences", id, { ...kept.body, end }, kept.version);
  await loadSilences();
}

/** Each device for itself, so that each can be ended alone. */
export async function silenceDevices(devices: readonly { readonly id: string }[], span: number, reason: string): Promise<void> {
  const start = Math.round(serverNow());
  for (const d of devices) await makeDocument("silences", { matchers: { device: d.id }, start, end: start + span, ...(reason === "" ? {} : { reason }) });
  if (silences.peek() !== null) await loadSilences();
}

export async function endSilence(id: string): Promise<void> {
  await deleteDocument("silences", id);
  await loadSilences();
}

/** Ends the silence of this alert alone; false: what silences it is about more. */
export async function wake(alert: Alert): Promise<boolean> {
  const kept = alert.mutedBy === null ? null : await fetchDocument("silences", alert.mutedBy);
  if (kept === null) return false;
  const { match } = silenceOf(kept);
  if (match.alert !== alert.id || Object.keys(match).length > 1) return false;
  await endSilence(kept.id);
  return true;
}

/** The snooze of an alert has an id of its own, so that one that is sent twice is one. A snooze that is over before it could be sent is none. */
export async function sendSnooze(alert: string, until: number): Promise<void> {
  const start = Math.round(serverNow());
  if (until <= start) return;
  await putDocument("silences", `snooze-${alert}`, { matchers: { alert }, start, end: Math.round(until) }, null);
}

/** At once while `connected`; else, and where the server did not answer, it waits and is sent once. False: no more can wait. */
export async function snooze(alert: string, until: number, connected: boolean): Promise<boolean> {
  marks.refused.delete(alert);
  if (connected) {
    try {
      await sendSnooze(alert, until);
      await loadSilences();
      return true;
    } catch (error) {
      if (error instanceof RestError && error.status < 500) throw error;
    }
  }
  const queued = queue(alert, "", until);
  alertChanged();
  return queued;
}

/** Takes back one that still waits. */
export function forgetSnooze(alert: string): void {
  drop(alert, true);
  alertChanged();
}
