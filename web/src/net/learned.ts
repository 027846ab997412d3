// SPDX-License-Identifier: Apache-2.0
// What the server learned of series in 30 days.

import { fields, list, num, text } from "./decode";
import { request } from "./rest";
import type { SeriesName } from "./wire";

export interface Learned {
  readonly device: string;
  readonly sensor: string;
  readonly low: number;
  readonly high: number;
}

/** Series without a usual range are left out. */
export async function fetchLearned(names: readonly SeriesName[]): Promise<Learned[]> {
  const query = new URLSearchParams();
  for (const { device, sensor } of names) {
    query.append("device", device);
    query.append("sensor", sensor);
  }
  return list(fields(await request(`/learned?${query}`))["series"]).flatMap((x) => {
    const f = fields(x);
    const [low, high] = list(f["range"]).map(num);
    return typeof low === "number" && typeof high === "number" && high > low ? [{ device: text(f["device"]), sensor: text(f["sensor"]), low, high }] : [];
  });
}
