// SPDX-License-Identifier: Apache-2.0
// Silences: which alerts tell nobody, from when until when, who said so and why. Snoozing an alert is a silence of it alone.

import { signal } from "@preact/signals";
import { deleteDocument, fetchDocuments, makeDocument, type Kept } from "../net/documents";
import type { Alert } from "../net/wire";
import { serverNow } from "./clock";

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

export async function endSilence(id: string): Promise<void> {
  await deleteDocument("silences", id);
  await loadSilences();
}

export function snooze(alert: Alert, until: number, reason: string): Promise<void> {
  return addSilence({ alert: alert.id }, serverNow(), until, reason);
}
