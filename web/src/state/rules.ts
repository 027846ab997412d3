// SPDX-License-Identifier: Apache-2.0
// The rules, for the limits that charts and gauges show.

import { signal } from "@preact/signals";
import { fetchRules } from "../net/rest";
import type { Rule } from "../net/wire";
import { deviceOf } from "./fleet";

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

export function rulesFor(device: string, sensor: string): readonly Rule[] {
  return rules.value.filter((r) => r.enabled && r.sensorType === sensor && covers(r, device));
}

/** Which side of its threshold a rule fires on; 0 for equality, which is no side. */
export function side(condition: string): -1 | 0 | 1 {
  if (condition.startsWith("greater")) return 1;
  return condition.startsWith("less") ? -1 : 0;
}
