// SPDX-License-Identifier: Apache-2.0

import * as decode from "./decode";
import { request } from "./rest";
import type { Alert } from "./wire";

/** One page of alerts, the newest first; `next` is where the following one begins. */
export async function fetchAlertPage(state: "open" | "all", limit: number, after: string | null): Promise<{ readonly alerts: Alert[]; readonly next: string | null }> {
  const f = decode.fields(await request(`/alerts?state=${state}&limit=${limit}${after === null ? "" : `&after=${encodeURIComponent(after)}`}`));
  return { alerts: decode.alerts(f["alerts"]), next: typeof f["next"] === "string" ? f["next"] : null };
}
