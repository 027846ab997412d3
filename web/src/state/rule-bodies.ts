// SPDX-License-Identifier: Apache-2.0
// Rules as they are edited. Every change renews the limits that charts and gauges show.

import { signal } from "@preact/signals";
import { changeRule, createRule, deleteRule, fetchRuleBodies, fetchRuleBody } from "../net/rules";
import type { RuleBody } from "../net/wire";
import { loadRules } from "./rules";

/** How many rules there are, of every kind; null until they were asked for. */
export const ruleCount = signal<number | null>(null);

export async function loadRuleBodies(): Promise<RuleBody[]> {
  const bodies = await fetchRuleBodies();
  ruleCount.value = bodies.length;
  return bodies;
}

export const loadRuleBody = fetchRuleBody;

async function renew<T>(change: Promise<T>): Promise<T> {
  const done = await change;
  void loadRules().catch(() => undefined);
  return done;
}

export function addRule(body: object): Promise<RuleBody> {
  return renew(createRule(body));
}

export function saveRule(id: string, body: object, before: RuleBody): Promise<RuleBody> {
  return renew(changeRule(id, body, before));
}

export function setRuleEnabled(id: string, enabled: boolean): Promise<RuleBody> {
  return renew(changeRule(id, { enabled }, {}));
}

export function removeRule(id: string): Promise<void> {
  return renew(deleteRule(id));
}
