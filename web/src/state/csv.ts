// SPDX-License-Identifier: Apache-2.0
// All readings of a series as CSV with their times in words: UTC and the page's zone.

import { formatExact } from "../lib/format";
import { fetchCsv } from "../net/device";
import type { SeriesName } from "../net/wire";

/** The server's `time_ms,...` with the columns utc and local behind the time. */
export function withTimes(csv: string): string {
  return csv.split("\n").map((row, i) => {
    const comma = row.indexOf(",");
    if (comma < 0) return row;
    const time = row.slice(0, comma);
    if (i === 0) return `${time},utc,local${row.slice(comma)}`;
    const ms = Number(time);
    return Number.isFinite(ms) ? `${time},${new Date(ms).toISOString()},"${formatExact(ms)}"${row.slice(comma)}` : row;
  }).join("\n");
}

export async function readingsCsv(name: SeriesName, from: number, to: number): Promise<string> {
  return withTimes(await fetchCsv(name, from, to));
}
