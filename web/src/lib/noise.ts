// SPDX-License-Identifier: Apache-2.0
// What rings how often: alerts of a stretch of time as lanes, one a rule and device, the noisiest first.

import type { Alert, Severity } from "../net/wire";

export interface Bar {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  /** From when on somebody had it; `to` when nobody did. */
  readonly held: number;
  readonly severity: Severity;
}

export interface Lane {
  readonly key: string;
  readonly ruleId: string;
  readonly ruleName: string;
  readonly device: string;
  readonly sensor: string;
  /** The worst of its alerts. */
  readonly severity: Severity;
  readonly bars: readonly Bar[];
  readonly totalMs: number;
  /** The middle of the times until somebody had it; null: nobody ever had. */
  readonly toAcknowledgeMs: number | null;
}

const rank: Readonly<Record<Severity, number>> = { critical: 3, warning: 2, info: 1 };

/** The middle value, of an even number the mean of both; null of none. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

function barOf(a: Alert, from: number, to: number): Bar {
  const end = Math.min(to, a.resolvedAt ?? to);
  const held = a.acknowledgedAt ?? end;
  return { id: a.id, from: Math.max(from, a.createdAt), to: end, held: Math.min(end, Math.max(from, a.createdAt, held)), severity: a.severity };
}

/** `from` ≤ time ≤ `to`; what began before counts by what of it lies inside. Pending ones count not. */
export function lanesOf(alerts: readonly Alert[], from: number, to: number): Lane[] {
  const groups = new Map<string, Alert[]>();
  for (const a of alerts) {
    if (a.pending || a.createdAt > to || (a.resolvedAt ?? to) < from) continue;
    const key = `${a.ruleId} ${a.deviceId}`;
    const group = groups.get(key);
    if (group) group.push(a);
    else groups.set(key, [a]);
  }
  return [...groups].map(([key, group]) => {
    group.sort((a, b) => a.createdAt - b.createdAt);
    const bars = group.map((a) => barOf(a, from, to));
    const waits = group.flatMap((a) => (a.acknowledgedAt === null ? [] : [Math.max(0, a.acknowledgedAt - a.createdAt)]));
    const worst = group.reduce((w, a) => (rank[a.severity] > rank[w.severity] ? a : w));
    return {
      key, ruleId: worst.ruleId, ruleName: worst.ruleName ?? "", device: worst.deviceId, sensor: worst.sensorType, severity: worst.severity, bars,
      totalMs: bars.reduce((sum, b) => sum + Math.max(0, b.to - b.from), 0), toAcknowledgeMs: median(waits),
    };
  }).sort((a, b) => b.bars.length - a.bars.length || b.totalMs - a.totalMs || (a.key < b.key ? -1 : 1));
}
