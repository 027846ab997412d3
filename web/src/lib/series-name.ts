// SPDX-License-Identifier: Apache-2.0
// The name of a series in a dashboard: `device/sensor`, each percent-encoded, or `$variable` in the device's place.

export interface SeriesRef {
  readonly device: string;
  readonly sensor: string;
}

export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** What a reference means while the variables have these values; null while one that it names has none. */
export function resolveSeries(reference: string, values: ReadonlyMap<string, string>): SeriesRef | null {
  const at = reference.indexOf("/");
  const head = reference.slice(0, at);
  const device = head.startsWith("$") ? values.get(head.slice(1)) : decoded(head);
  return at < 0 || device === undefined || device === "" ? null : { device, sensor: decoded(reference.slice(at + 1)) };
}
