// SPDX-License-Identifier: Apache-2.0
// Logging in, the first account, and accounts of people.

import { fields, list, num, oneOf, text } from "./decode";
import { post, request, sent } from "./rest";
import type { Role } from "./wire";

export interface User {
  readonly name: string;
  readonly role: Role;
  /** Null where who asks may only know the name. */
  readonly createdAt: number | null;
  readonly sessions: number;
}

export type Login = { readonly token: string } | { readonly user: string; readonly password: string };

export async function openSession(by: Login): Promise<void> {
  await post("/session", by);
}

/** Whether the first account may be made from here. */
export async function fetchSetup(): Promise<boolean> {
  return fields(await request("/setup"))["open"] === true;
}

/** Makes the first account and logs in. */
export async function setUp(user: string, password: string): Promise<void> {
  await post("/setup", { user, password });
}

const path = (name: string): string => `/users/${encodeURIComponent(name)}`;

export async function fetchUsers(): Promise<User[]> {
  return list(fields(await request("/users"))["users"]).map((x) => {
    const f = fields(x);
    return { name: text(f["name"]), role: oneOf(f["role"], ["viewer", "operator", "admin"], "viewer"), createdAt: num(f["createdAt"]), sessions: num(f["sessions"]) ?? 0 };
  });
}

export async function addUser(name: string, role: Role, password: string): Promise<void> {
  await post("/users", { name, role, password });
}

export async function changeUser(name: string, change: { readonly role?: Role; readonly password?: string }): Promise<void> {
  await request(path(name), sent("PATCH", change));
}

export async function removeUser(name: string): Promise<void> {
  await request(path(name), sent("DELETE"));
}

/** One's own. */
export async function changePassword(present: string, password: string): Promise<void> {
  await request("/session/password", sent("PUT", { present, password }));
}
