// SPDX-License-Identifier: Apache-2.0
// What the settings ask of the server: tokens, credentials of devices, links to brokers, counters.

import { fields, list, num, text } from "./decode";
import { request, requestText, sent } from "./rest";
import type { Role } from "./wire";

export interface Token {
  readonly id: string;
  readonly role: string;
  readonly createdAt: number;
}

export interface Credential {
  readonly id: string;
  readonly name: string;
  readonly speaksFor: readonly string[];
  readonly createdAt: number;
  readonly revokedAt: number | null;
  readonly lastUsedAt: number | null;
}

export interface Link {
  readonly name: string;
  readonly address: string;
  readonly tls: boolean;
  readonly state: string;
  readonly since: number | null;
  readonly messages: number;
  readonly reconnects: number;
  readonly lastError: string;
}

export async function fetchTokens(): Promise<Token[]> {
  return list(fields(await request("/tokens"))["tokens"]).map((x) => {
    const f = fields(x);
    return { id: text(f["id"]), role: text(f["role"]), createdAt: num(f["createdAt"]) ?? 0 };
  });
}

/** The secret; it is told this once. */
export async function makeToken(role: Role): Promise<string> {
  return text(fields(await request("/tokens", sent("POST", { role })))["token"]);
}

export async function revokeToken(id: string): Promise<void> {
  await request(`/tokens/${encodeURIComponent(id)}`, sent("DELETE"));
}

export async function fetchCredentials(): Promise<Credential[]> {
  return list(fields(await request("/credentials?limit=1000"))["credentials"]).map((x) => {
    const f = fields(x);
    return {
      id: text(f["id"]), name: text(f["name"]), speaksFor: list(f["speaksFor"]).map(text), createdAt: num(f["createdAt"]) ?? 0,
      revokedAt: num(f["revokedAt"]), lastUsedAt: num(f["lastUsedAt"]),
    };
  });
}

/** The MQTT password; it is told this once. */
export async function makeCredential(id: string, speaksFor: readonly string[]): Promise<string> {
  return text(fields(await request("/credentials", sent("POST", { id, ...(speaksFor.length > 0 ? { speaksFor } : {}) })))["secret"]);
}

export async function revokeCredential(id: string): Promise<void> {
  await request(`/credentials/${encodeURIComponent(id)}`, sent("DELETE"));
}

export async function fetchLinks(): Promise<Link[]> {
  return list(fields(await request("/links"))["links"]).map((x) => {
    const f = fields(x);
    return {
      name: text(f["name"]), address: `${text(f["host"])}:${text(f["port"])}`, tls: f["tls"] === true, state: text(f["state"]), since: num(f["since"]),
      messages: num(f["messages"]) ?? 0, reconnects: num(f["reconnects"]) ?? 0, lastError: text(f["lastError"]),
    };
  });
}

/** Counters by name, a label's value behind it: "telltale_dropped_total too_old". */
export function readCounters(body: string): ReadonlyMap<string, number> {
  const out = new Map<string, number>();
  for (const line of body.split("\n")) {
    const match = /^([a-z_]+)(?:\{[a-z]+="([^"]*)"\})? (-?[\d.e+]+)$/.exec(line);
    if (match?.[1] !== undefined) out.set(match[2] === undefined ? match[1] : `${match[1]} ${match[2]}`, Number(match[3]));
  }
  return out;
}

export async function fetchCounters(): Promise<ReadonlyMap<string, number>> {
  return readCounters(await requestText("/metrics"));
}
