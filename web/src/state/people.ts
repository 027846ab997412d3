// SPDX-License-Identifier: Apache-2.0
// Who logs in, and accounts of people, for views.

import { openSession, setUp, type Login } from "../net/people";
import { RestError } from "../net/rest";
import { loadSession, session } from "./session";

export { addUser, changePassword, changeUser, fetchSetup, fetchUsers, removeUser, type Login, type User } from "../net/people";

/** As the server has it (model/limits.h). */
export const passwordMin = 10;

/** False: the browser did not keep the cookie. */
async function arrived(): Promise<boolean> {
  await loadSession();
  return session.peek() !== null;
}

export async function logIn(by: Login): Promise<boolean> {
  await openSession(by);
  return arrived();
}

export async function logInFirst(user: string, password: string): Promise<boolean> {
  await setUp(user, password);
  return arrived();
}

/** Why the server refused, where the page has words of its own for it. */
export type Refusal = "wrong" | "held" | "busy" | "closed" | "taken" | "name" | "password" | "present" | "last";

export function refusal(error: unknown): Refusal | null {
  if (!(error instanceof RestError)) return null;
  const { status, code, field } = error;
  if (status === 401) return "wrong";
  if (status === 429) return "held";
  if (status === 503) return "busy";
  if (code === "exists") return "taken";
  if (code === "last_admin") return "last";
  if (code === "forbidden") return "closed";
  return field === "name" || field === "user" ? "name" : field === "password" || field === "present" ? field : null;
}
