// SPDX-License-Identifier: Apache-2.0

import type { SeriesName } from "../net/wire";

/** Lines that can still be told apart. */
export const mostCompared = 12;

/** `device/sensor,device/sensor`, each part percent-encoded. */
export function parseCompare(text: string): readonly SeriesName[] {
  const seen = new Set<string>();
  return text.split(",").flatMap((part) => {
    const [device, sensor, more] = part.split("/").map((s) => {
      try {
        return decodeURIComponent(s);
      } catch {
        return "";
      }
    });
    if (!device || !sensor || more !== undefined || seen.has(part)) return [];
    seen.add(part);
    return [{ device, sensor }];
  }).slice(0, mostCompared);
}

export function compareText(names: readonly SeriesName[]): string {
  return names.map(({ device, sensor }) => `${encodeURIComponent(device)}/${encodeURIComponent(sensor)}`).join(",");
}
