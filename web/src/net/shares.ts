// SPDX-License-Identifier: Apache-2.0
// Links to dashboards and their earlier versions, as the server keeps them; and what a link shows.

import { fields, list, num, text } from "./decode";
import { request } from "./rest";

export interface Share {
  readonly id: string;
  readonly name: string;
  readonly devices: readonly string[];
  readonly createdBy: string;
  readonly expiresAt: number;
  readonly expired: boolean;
  readonly viewers: number;
  /** Only of one that was just made. */
  readonly token: string;
}

export interface Earlier {
  readonly version: number;
  readonly updatedAt: number;
  readonly updatedBy: string;
  readonly body: unknown;
}

export interface Shared {
  readonly body: unknown;
  readonly expiresAt: number;
  readonly devices: readonly string[];
}

function share(x: unknown): Share {
  const f = fields(x);
  return {
    id: text(f["id"]), name: text(f["name"]), devices: list(f["devices"]).map(text), createdBy: text(f["createdBy"]),
    expiresAt: num(f["expiresAt"]) ?? 0, expired: f["expired"] === true, viewers: num(f["viewers"]) ?? 0, token: text(f["token"]),
  };
}

const of = (dashboard: string): string => `/dashboards/${encodeURIComponent(dashboard)}`;

export async function fetchShares(dashboard: string): Promise<Share[]> {
  return list(fields(await request(`${of(dashboard)}/shares`))["shares"]).map(share);
}

export async function makeShare(dashboard: string, wish: { readonly expiresAt: number; readonly name: string; readonly devices: readonly string[] }): Promise<Share> {
  return share(await request(`${of(dashboard)}/shares`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(wish) }));
}

export async function revokeShare(dashboard: string, id: string): Promise<void> {
  await request(`${of(dashboard)}/shares/${encodeURIComponent(id)}`, { method: "DELETE" });
}

export async function fetchVersions(dashboard: string): Promise<Earlier[]> {
  return list(fields(await request(`${of(dashboard)}/versions`))["versions"]).map((x) => {
    const f = fields(x);
    return { version: num(f["version"]) ?? 0, updatedAt: num(f["updatedAt"]) ?? 0, updatedBy: text(f["updatedBy"]), body: f["body"] };
  });
}

/** The dashboard of the link that is followed. */
export async function fetchShared(): Promise<Shared> {
  const f = fields(await request(""));
  return { body: f["dashboard"], expiresAt: num(f["expiresAt"]) ?? 0, devices: list(f["devices"]).map(text) };
}
