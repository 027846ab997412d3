// SPDX-License-Identifier: Apache-2.0
// Whom a rule may tell: the people and the channels that were arranged.

import { fetchDocuments } from "../net/documents";

/** What stands in the rule, and its name, people first. */
export async function tellChoices(): Promise<readonly (readonly [string, string])[]> {
  const [people, channels] = await Promise.all([fetchDocuments("people"), fetchDocuments("channels")]);
  const name = (body: Readonly<Record<string, unknown>>, id: string): string => (typeof body["name"] === "string" && body["name"] !== "" ? body["name"] : id);
  return [...people.map((p) => [`person:${p.id}`, name(p.body, p.id)] as const), ...channels.map((c) => [`channel:${c.id}`, name(c.body, c.id)] as const)];
}
