// SPDX-License-Identifier: Apache-2.0

import { closeSession } from "../net/rest";
import { forgetOutbox } from "./outbox";
import { session, wasIn } from "./session";
import { forgetSnapshot } from "./snapshot";

/** Changes to dashboards that were not saved, and what was pinned. */
function forgetDrafts(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith("telltale.draft.") || key === "telltale.pinned") localStorage.removeItem(key);
  } catch {
    // Where nothing can be kept there is nothing to forget.
  }
}

/** Ends the login and leaves nothing of it in this browser. */
export async function logout(): Promise<void> {
  await closeSession();
  wasIn.value = false;
  session.value = null;
  forgetOutbox();
  forgetDrafts();
  await forgetSnapshot();
  location.assign("/login");
}
