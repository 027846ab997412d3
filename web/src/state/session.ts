// SPDX-License-Identifier: Apache-2.0
// Who uses this page and what the server lets them do.

import { computed, signal } from "@preact/signals";
import { fetchSession } from "../net/rest";
import type { Role, Session } from "../net/wire";

/** undefined while not asked, null when a login is needed. */
export const session = signal<Session | null | undefined>(undefined);

/** Whether this page has been in: then a login that ends is asked for over the page, and nothing typed is lost. */
export const wasIn = signal(false);

/** The role of the last visit, while the server can't be asked. */
export const lastRole = signal<Role | null>(null);

export const mayAcknowledge = computed(() => {
  // A form stays where it is while its login is renewed.
  const role = session.value ? session.value.role : session.value === undefined || wasIn.value ? lastRole.value : null;
  return role === "operator" || role === "admin";
});

/** Rules, devices, dashboards, silences. */
export const mayChange = mayAcknowledge;

export async function loadSession(): Promise<void> {
  session.value = await fetchSession();
  if (session.value === null) return;
  wasIn.value = true;
  lastRole.value = session.value.role;
}

let asking = false;

/** Asks who this is, once at a time; without an answer it stays unknown. */
export function askSession(): void {
  if (asking) return;
  asking = true;
  loadSession().catch(() => undefined).finally(() => { asking = false; });
}
