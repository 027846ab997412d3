// SPDX-License-Identifier: Apache-2.0
// Alerts: those that are open, and those of the last days, with what this page did about them and nobody else knows yet.

import { computed, signal } from "@preact/signals";
import { fetchAlerts } from "../net/rest";
import type { Alert, Severity } from "../net/wire";
import { makeUnseenJob, markChange } from "./commit";
import { outbox } from "./outbox";

/** So many are held. */
export const mostAlerts = 2000;
const alerts = new Map<string, Alert>();

export interface Refused {
  readonly act: "acknowledge" | "release" | "snooze";
  /** In the server's words. */
  readonly why: string;
}

/** Acknowledgements and what takes them back, from the click until the server's answer. */
export const marks = {
  sent: new Set<string>(),
  released: new Set<string>(),
  undo: new Map<string, object>(),
  refused: new Map<string, Refused>(),
};

const version = signal(0);
const commit = makeUnseenJob(() => {
  version.value++;
});

export const severityRank: Readonly<Record<Severity, number>> = { critical: 3, warning: 2, info: 1 };

/** `queued` waits for the connection, and so does a snooze until `snoozing`; `sending` is on its way; `undoable` was acknowledged here a moment ago. */
export type Shown = Alert & { readonly sending: boolean; readonly queued: boolean; readonly snoozing: number | null; readonly undoable: boolean; readonly refused: Refused | null };

function shown(a: Alert): Shown {
  const was = a.acknowledged && !marks.released.has(a.id);
  const waits = outbox.value.filter((w) => w.id === a.id);
  const queued = !was && waits.some((w) => w.until === null);
  const sending = marks.sent.has(a.id) && !was && !queued;
  const acknowledged = was || sending || queued;
  return {
    ...a, acknowledged, acknowledgedBy: was ? a.acknowledgedBy : null, sending, queued, snoozing: waits.find((w) => w.until !== null)?.until ?? null, undoable: acknowledged && marks.undo.has(a.id), refused: marks.refused.get(a.id) ?? null,
  };
}

function worstFirst(a: Alert, b: Alert): number {
  return severityRank[b.severity] - severityRank[a.severity] || b.createdAt - a.createdAt ||
    (a.id < b.id ? -1 : 1);
}

/** Open alerts, worst and newest first; an acknowledgement does not move a row. */
export const openAlerts = computed<readonly Shown[]>(() => {
  version.value;
  return [...alerts.values()].filter((a) => !a.resolved && !a.pending).sort(worstFirst).map(shown);
});

/** Those whose condition holds, but not yet for long enough: shown, and nobody is told. */
export const pendingAlerts = computed<readonly Shown[]>(() => {
  version.value;
  return [...alerts.values()].filter((a) => a.pending && !a.resolved).sort(worstFirst).map(shown);
});

/** Every alert that is held, newest first. */
export const recentAlerts = computed<readonly Shown[]>(() => {
  version.value;
  return [...alerts.values()].filter((a) => !a.pending).sort((a, b) => b.createdAt - a.createdAt).map(shown);
});

/** The worst open severity that nobody has acknowledged, for the lamp. */
export const lamp = computed<{ readonly severity: Severity | null; readonly count: number }>(() => {
  const waiting = openAlerts.value.filter((a) => !a.acknowledged);
  return { severity: waiting[0]?.severity ?? null, count: waiting.length };
});

/** The worst open alert of each device. */
export const worstByDevice = computed<ReadonlyMap<string, Shown>>(() => {
  const worst = new Map<string, Shown>();
  for (const a of openAlerts.value) {
    const had = worst.get(a.deviceId);
    if (!had || (had.severity === a.severity && had.acknowledged && !a.acknowledged)) worst.set(a.deviceId, a);
  }
  return worst;
});

function trim(): void {
  if (alerts.size <= mostAlerts) return;
  const done = [...alerts.values()].filter((a) => a.resolved).sort((a, b) => a.createdAt - b.createdAt);
  for (const a of done.slice(0, alerts.size - mostAlerts)) alerts.delete(a.id);
}

function put(a: Alert): void {
  const before = alerts.get(a.id);
  if (before?.pending && a.resolved) {
    // It never fired: as if it had never been.
    alerts.delete(a.id);
    return;
  }
  if (before && (before.updatedAt > a.updatedAt || (before.resolved && !a.resolved))) return;
  alerts.set(a.id, a);
  if (a.acknowledged || a.resolved) marks.sent.delete(a.id);
}

export function alertChanged(): void {
  markChange(commit);
}

export function held(id: string): boolean {
  return alerts.has(id);
}

export function takeAlerts(list: readonly Alert[]): void {
  if (list.length === 0) return;
  list.forEach(put);
  trim();
  markChange(commit);
}

/** A whole list of what was open at a time: what it lacks was resolved while nobody told us. */
export function takeOpenAlerts(list: readonly Alert[], at: number): void {
  const open = new Set(list.map((a) => a.id));
  for (const [id, a] of alerts) {
    if (!a.resolved && !open.has(id) && a.updatedAt <= at) alerts.set(id, { ...a, resolved: true, resolvedAt: at });
  }
  list.forEach(put);
  markChange(commit);
}

export async function loadRecentAlerts(): Promise<void> {
  takeAlerts(await fetchAlerts("all", 200));
}

/** All that are held, for what is kept in this browser. */
export function heldAlerts(): readonly Alert[] {
  return [...alerts.values()];
}

/** Whether there is an alert of that id, among the latest. */
export async function loadAlert(id: string): Promise<boolean> {
  if (!alerts.has(id)) await loadRecentAlerts();
  return alerts.has(id);
}
