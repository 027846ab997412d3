// SPDX-License-Identifier: Apache-2.0
// Documents that the server keeps for people: each is an object with an id and a version.

import * as decode from "./decode";
import { RestError, request, sent } from "./rest";

export type DocumentKind = "dashboards" | "plans" | "silences" | "channels" | "mappings" | "routes" | "people";

export interface Kept {
  readonly id: string;
  readonly version: number;
  readonly updatedAt: number;
  readonly updatedBy: string;
  /** Everything as it was written; what it means is for its reader to find out. */
  readonly body: Readonly<Record<string, unknown>>;
}

function kept(raw: unknown): Kept | null {
  const body = decode.fields(raw);
  const id = decode.text(body["id"]);
  const version = body["version"];
  return id === "" || typeof version !== "number" ? null
    : { id, version, updatedAt: Number(body["updatedAt"]) || 0, updatedBy: decode.text(body["updatedBy"]), body };
}

const path = (kind: DocumentKind, id: string): string => `/${kind}/${encodeURIComponent(id)}`;

function must(raw: unknown): Kept {
  const one = kept(raw);
  if (!one) throw new RestError(502, "invalid", "the answer is no document");
  return one;
}

/** All of a kind, as far as a page can use them. */
export async function fetchDocuments(kind: DocumentKind, signal?: AbortSignal): Promise<Kept[]> {
  const answer = decode.fields(await request(`/${kind}?limit=1000`, signal ? { signal } : {}));
  return decode.list(answer[kind]).map(kept).filter((d): d is Kept => d !== null);
}

/** Null: there is none. */
export async function fetchDocument(kind: DocumentKind, id: string): Promise<Kept | null> {
  try {
    return must(await request(path(kind, id)));
  } catch (error) {
    if (error instanceof RestError && error.status === 404) return null;
    throw error;
  }
}

/** The same, for who expects that there may be none: a browser reports an answer of 404 as an error of the page. */
export async function findDocument(kind: DocumentKind, id: string): Promise<Kept | null> {
  const answer = decode.fields(await request(`/${kind}?id=${encodeURIComponent(id)}`));
  const [one] = decode.list(answer[kind]);
  return one === undefined ? null : must(one);
}

export async function makeDocument(kind: DocumentKind, body: object): Promise<Kept> {
  return must(await request(`/${kind}`, sent("POST", body)));
}

/** Null: somebody else changed it since `version`. A version of null overwrites whatever is there. */
export async function putDocument(kind: DocumentKind, id: string, body: object, version: number | null): Promise<Kept | null> {
  try {
    return must(await request(path(kind, id), sent("PUT", version === null ? body : { ...body, version })));
  } catch (error) {
    if (error instanceof RestError && error.status === 409 && error.code === "exists") return null;
    throw error;
  }
}

export async function deleteDocument(kind: DocumentKind, id: string): Promise<void> {
  await request(path(kind, id), sent("DELETE"));
}
