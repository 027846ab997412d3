// SPDX-License-Identifier: Apache-2.0
// The pinned values from the server: whoever changes them changes them for all.

import { fields, list } from "../net/decode";
import { request } from "../net/rest";
import { keepPins, pinnedId, type Pin } from "./pins";

export async function loadPins(): Promise<void> {
  keepPins(list(fields(await request(`/dashboards?id=${pinnedId}`))["dashboards"])[0] ?? null);
}

/** Where a browser had those of its own, before they were a dashboard. */
const ownKey = "telltale.pins";

export function ownPins(): readonly Pin[] {
  const parsed: unknown = JSON.parse(localStorage.getItem(ownKey) ?? "[]");
  return list(parsed).flatMap((entry) => {
    const [device, sensor] = list(entry);
    return typeof device === "string" && typeof sensor === "string" ? [{ device, sensor }] : [];
  });
}

export function forgetOwnPins(): void {
  localStorage.removeItem(ownKey);
}
