// SPDX-License-Identifier: Apache-2.0
// What a device's status was, over the last month: the answer to "when was it away?".

import { signal } from "@preact/signals";
import { fetchEvents } from "../net/rest";
import type { StatusEvent, Status } from "../net/wire";
import { serverNow } from "./clock";
import { isCurrent, onCurrent } from "./connection";
import { stretchesOf, type StatusStretch } from "./stretches";

export const availabilitySpan = 30 * 86_400_000;
/** As many as are remembered of a device. */
const most = 600;

export class StatusHistory {
  readonly stretches = signal<readonly StatusStretch[]>([]);
  private events: StatusEvent[] = [];
  private stops: (() => void)[] = [];

  constructor(readonly device: string, readonly sensor: string) {}

  start(): void {
    this.stops.push(onCurrent(() => void this.load()));
    if (isCurrent()) void this.load();
  }

  stop(): void {
    for (const stop of this.stops.splice(0)) stop();
  }

  private async load(): Promise<void> {
    const now = serverNow();
    const found = await fetchEvents(this.device, this.sensor, now - availabilitySpan, now + 60_000).catch(() => null);
    if (!found) return;
    this.events = [...found];
    this.stretches.value = stretchesOf(this.events);
  }

  /** What the stream tells of it now. */
  take(status: Status, cause: string, since: number): void {
    const last = this.events[this.events.length - 1];
    if (since === 0 || (last && (last.time >= since || last.status === status))) return;
    this.events = [...this.events.slice(-most), { time: since, status, cause }];
    this.stretches.value = stretchesOf(this.events);
  }

  /** The status that explains a gap, when the device was known to be away in it. */
  causeOf(from: number, to: number): string | null {
    for (const s of this.stretches.peek()) {
      if (s.status !== "online" && s.from < to && (s.to ?? Infinity) > from) return s.cause;
    }
    return null;
  }
}
