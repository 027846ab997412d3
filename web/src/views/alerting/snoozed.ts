// SPDX-License-Identifier: Apache-2.0
import type { Shown } from "../../state/alerts";

/** Nobody is told of it for a while, or will not be once the connection is back. */
export function isSnoozed(a: Shown): boolean {
  return a.snoozing !== null || a.muted === "silence" || a.muted === "maintenance";
}
