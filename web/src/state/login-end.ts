// SPDX-License-Identifier: Apache-2.0

import { closeSession } from "../net/rest";
import { session } from "./session";
import { forgetSnapshot } from "./snapshot";

/** Ends the login and leaves nothing of it in this browser. */
export async function logout(): Promise<void> {
  await closeSession();
  await forgetSnapshot();
  session.value = null;
  location.assign("/login");
}
