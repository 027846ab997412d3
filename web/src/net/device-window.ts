// SPDX-License-Identifier: Apache-2.0
// A window of the devices that fit a search, in an order, as the server has them.

import * as decode from "./decode";
import { request } from "./rest";
import type { DeviceWithLatest } from "./wire";

export interface DeviceWindow {
  /** Null: it was deleted since the order was made. */
  readonly devices: readonly (DeviceWithLatest | null)[];
  /** How many fit in all. */
  readonly found: number;
}

export async function fetchDeviceWindow(filter: string, sort: string, offset: number, limit: number, signal: AbortSignal): Promise<DeviceWindow> {
  const query = new URLSearchParams({ filter, sort, offset: String(offset), limit: String(limit) });
  const f = decode.fields(await request(`/devices?${query}`, { signal }));
  return { devices: decode.list(f["devices"]).map(decode.deviceWithLatest), found: Math.max(0, Math.floor(decode.num(f["found"]) ?? 0)) };
}
