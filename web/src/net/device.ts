// SPDX-License-Identifier: Apache-2.0
// What is asked of one device on a click: a change of what is said of it, all its readings.

import { deviceWithLatest } from "./decode";
import { ask, historyQuery, request, sent } from "./rest";
import type { DeviceWithLatest, SeriesName } from "./wire";

export async function patchDevice(id: string, change: { readonly name?: string; readonly tags?: readonly string[]; readonly place?: string; readonly location?: { readonly lat: number; readonly lng: number } }): Promise<DeviceWithLatest | null> {
  return deviceWithLatest(await request(`/devices/${encodeURIComponent(id)}`, sent("PATCH", change)));
}

/** All readings of a series in CSV, as far as one answer holds them. */
export async function fetchCsv(name: SeriesName, from: number, to: number): Promise<string> {
  const query = historyQuery([name], from, to, 100_000);
  return (await ask(`/samples?${query}`, { headers: { Accept: "text/csv" } })).text();
}

