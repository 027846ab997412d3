// SPDX-License-Identifier: Apache-2.0
// The rules, for the limits that charts and gauges show.

import { signal } from "@preact/signals";
import { fetchRules } from "../net/rest";
import type { Rule } from "../net/wire";
import { converter } from "../lib/units";
import { deviceOf, unitOf } from "./fleet";

export const rules = signal<readonly Rule[]>([]);

export async function loadRules(): Promise<void> {
  rules.value = await fetchRules();
}

function covers({ scope, scoped }: Rule, id: string): boolean {
  if (scope === "all" || scope === "devices") return scope === "all" || scoped.includes(id);
  const device = deviceOf(id);
  if (!device) return false;
  return scope === "tag" ? device.tags.some((t) => scoped.includes(t)) : scoped.includes(device.model);
}

/** Their limits are in the unit that is shown of the series. */
export function rulesFor(device: string, sensor: string): readonly Rule[] {
  const own = rules.value.filter((r) => r.enabled && r.sensorType === sensor && covers(r, device));
  return converter?.limits(own, unitOf(device, sensor)) ?? own;
}

/** Which side of its threshold a rule fires on; 0 for equality, which is no side. */
export function side(condition: string): -1 | 0 | 1 {
  if (condition.startsWith("greater")) return 1;
  return condition.startsWith("less") ? -1 : 0;
}
