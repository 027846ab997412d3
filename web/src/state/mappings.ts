// SPDX-License-Identifier: Apache-2.0
// Mappings: those in use, what one would do, and the ones that people keep.

import { signal } from "@preact/signals";
import { problemText } from "../lib/problem";
import { deleteDocument, makeDocument, putDocument } from "../net/documents";
import { RestError } from "../net/rest";
import type { Mapping, MappingBody } from "../net/topics";

export { fetchMappings, testMapping, type Mapping, type MappingBody, type MappingTrial } from "../net/topics";

/** Keys of a mapping that hold several texts. */
export const manyKeys: ReadonlySet<string> = new Set(["include", "exclude", "true", "false", "status_online", "status_offline"]);
export const firstKeys = ["topic", "device", "sensor", "value", "unit", "scale"] as const;
export const moreKeys = ["decoder", "time", "time_unit", "offset", "true", "false", "include", "exclude", "name", "model", "location", "status_online", "status_offline", "retained"] as const;

/** A mapping as a form has it: each key a text, several with commas. */
export type Draft = Readonly<Record<string, string>>;

/** What is wrong, and with which key; an empty one is about the whole. */
export interface Fault {
  readonly key: string;
  readonly words: string;
}

export function draftOf(body: MappingBody): Draft {
  return Object.fromEntries(Object.entries(body).map(([key, v]) => [key === "format" ? "decoder" : key, typeof v === "string" ? v : v.join(", ")]));
}

export function bodyOf(draft: Draft): MappingBody {
  const given = Object.entries(draft).filter(([, v]) => v.trim() !== "");
  return Object.fromEntries(given.map(([key, v]) => [key, manyKeys.has(key) ? v.split(",").map((w) => w.trim()).filter((w) => w !== "") : v.trim()]));
}

/** A first guess: the first level says whose topics these are; the last one is the sensor when there are enough, and the one before it the device. */
export function guessed(topic: string): Draft {
  const levels = topic.split("/");
  const last = levels.length - 1;
  const named = last >= 2 ? { [last]: "{sensor}", [last - 1]: "{device}" } : { [last]: last > 0 ? "{device}" : undefined };
  return { topic: levels.map((level, i) => named[i] ?? level).join("/") };
}

/** The server's words begin with the key that they are about. */
export function faultOf(error: unknown): Fault {
  const known = error instanceof RestError && [...firstKeys, ...moreKeys].some((k) => k === error.field);
  return { key: known ? error.field : "", words: problemText(error) };
}

/** Null: somebody else changed it since it was read. */
export async function saveMapping(of: Pick<Mapping, "id" | "version"> | null, body: MappingBody): Promise<true | null> {
  const kept = of?.id == null ? await makeDocument("mappings", body) : await putDocument("mappings", of.id, body, of.version);
  changed.value++;
  return kept === null ? null : true;
}

export async function removeMapping(id: string): Promise<void> {
  await deleteDocument("mappings", id);
  changed.value++;
}

/** Grows with each change that was made here, so that lists ask again. */
export const changed = signal(0);
