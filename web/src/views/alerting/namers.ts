// SPDX-License-Identifier: Apache-2.0
// Who names a way or a person: whoever takes it away should know who would not be told any more.

import { usersOf } from "../../state/channels";
import { loadRuleBodies } from "../../state/rule-bodies";
import { sentenceOf } from "../rules/rules-list";

export async function namersOf(kind: "channels" | "people", id: string): Promise<readonly string[]> {
  const named = JSON.stringify(`${kind === "people" ? "person" : "channel"}:${id}`);
  const rules = (await loadRuleBodies()).filter((r) => JSON.stringify(r["notify"] ?? null).includes(named));
  return [...usersOf(kind, id), ...rules.map((r) => (typeof r["name"] === "string" && r["name"] !== "" ? r["name"] : sentenceOf(r)))];
}
