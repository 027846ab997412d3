// SPDX-License-Identifier: Apache-2.0
// Alerts that follow from another stand below it as one line: "+38 muted".

import type { Alert } from "../net/wire";

export interface Group<A extends Alert> {
  /** Null: what they follow from has no open alert of its own. */
  readonly alert: A | null;
  readonly muted: readonly A[];
  readonly key: string;
}

/** In the order of `alerts`. An alert below one that is itself below another stands at the same place, never nowhere. */
export function grouped<A extends Alert>(alerts: readonly A[]): Group<A>[] {
  const leads = alerts.filter((a) => a.muted !== "inhibited");
  const muted = new Map<string, A[]>();
  const orphans = new Map<string, A[]>();
  for (const a of alerts) {
    if (a.muted !== "inhibited") continue;
    const lead = leads.find((l) => l.ruleId === a.mutedBy);
    const [map, key] = lead ? [muted, lead.id] : [orphans, a.mutedBy ?? ""];
    map.set(key, [...map.get(key) ?? [], a]);
  }
  return [
    ...leads.map((alert) => ({ alert, muted: muted.get(alert.id) ?? [], key: alert.id })),
    ...[...orphans].map(([by, list]) => ({ alert: null, muted: list, key: `muted ${by}` })),
  ];
}
