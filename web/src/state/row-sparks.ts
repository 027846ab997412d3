// SPDX-License-Identifier: Apache-2.0
// The last hour of the rows that are seen, asked for together once scrolling rests.

import { signal } from "@preact/signals";
import type { Samples, SeriesName } from "../net/wire";
import { serverNow } from "./clock";
import { historyOf } from "./history";

export const rowSparkSpan = 3_600_000;
const points = 60;
const restMs = 150;
const keptMs = 60_000;
const mostKept = 500;

export class RowSparks {
  /** Moves when lines came. */
  readonly version = signal(0);
  private readonly kept = new Map<string, { samples: Samples; at: number }>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private request: AbortController | null = null;

  of(device: string, sensor: string): Samples | null {
    return this.kept.get(`${device}\n${sensor}`)?.samples ?? null;
  }

  show(names: readonly SeriesName[]): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(names), restMs);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.request?.abort();
  }

  private async load(names: readonly SeriesName[]): Promise<void> {
    const now = serverNow();
    const lacking = names.filter((n) => now - (this.kept.get(`${n.device}\n${n.sensor}`)?.at ?? -Infinity) > keptMs);
    if (lacking.length === 0) return;
    this.request?.abort();
    const request = new AbortController();
    this.request = request;
    const found = await Promise.allSettled(lacking.map((n) => historyOf(n, { span: rowSparkSpan, end: null, points }, request.signal)));
    found.forEach((f, i) => {
      const name = lacking[i];
      if (name && f.status === "fulfilled") this.kept.set(`${name.device}\n${name.sensor}`, { samples: f.value, at: now });
    });
    for (const key of this.kept.keys()) if (this.kept.size > mostKept) this.kept.delete(key);
    if (!request.signal.aborted) this.version.value++;
  }
}
