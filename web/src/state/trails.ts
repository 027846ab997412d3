// SPDX-License-Identifier: Apache-2.0
// The ways of the devices that move: asked of history for those in view, and gone on with as positions arrive. A position is two
// readings of one time, location.latitude and location.longitude.

import { signal } from "@preact/signals";
import { extend, joinPositions, type Trail } from "../lib/trail";
import { fetchHistory } from "../net/rest";
import type { Device } from "../net/wire";
import { serverNow } from "./clock";
import { onCurrent } from "./connection";
import { readingOf } from "./fleet";

const latitude = "location.latitude";
const longitude = "location.longitude";
/** Ways at once: more than eyes follow. */
export const mostTrails = 60;
/** Devices of one question, two series each. */
const together = 12;
const points = 360;
const aheadMs = 60_000;
/** What failed is asked again after this. */
const againMs = 10_000;

export function moves(d: Device): boolean {
  return d.sensors.some((s) => s.id === latitude);
}

export class Trails {
  /** Counts up when a way became another. */
  readonly version = signal(0);
  readonly failed = signal(false);
  private held = new Map<string, Trail>();
  private abort = new AbortController();
  private readonly asked = new Set<string>();
  private readonly stop: () => void;

  constructor(private span: number) {
    // What came while the stream was broken is in history.
    this.stop = onCurrent((broken) => {
      if (broken) this.show(this.span);
    });
  }

  end(): void {
    this.stop();
    this.abort.abort();
  }

  /** Without making whoever calls it depend on it. */
  private changed(): void {
    this.version.value = this.version.peek() + 1;
  }

  of(id: string): Trail | undefined {
    return this.held.get(id);
  }

  all(): IterableIterator<[string, Trail]> {
    return this.held.entries();
  }

  /** Begins anew with another stretch of time. What is shown stays until `want` is told what to ask for. */
  show(span: number): void {
    this.abort.abort();
    this.abort = new AbortController();
    this.span = span;
    this.asked.clear();
    this.held = new Map();
    this.changed();
  }

  /** Asks for the ways of these that are not known yet. */
  want(ids: readonly string[]): void {
    const fresh = ids.slice(0, mostTrails).filter((id) => !this.asked.has(id));
    for (let i = 0; i < fresh.length; i += together) void this.load(fresh.slice(i, i + together));
  }

  private async load(ids: readonly string[]): Promise<void> {
    const { signal: abort } = this.abort;
    ids.forEach((id) => this.asked.add(id));
    try {
      const to = serverNow() + aheadMs;
      const names = ids.flatMap((device) => [{ device, sensor: latitude }, { device, sensor: longitude }]);
      const answer = await fetchHistory(names, to - aheadMs - this.span, to, points, abort);
      if (abort.aborted) return;
      ids.forEach((id, i) => {
        const [lat, lng] = [answer[2 * i], answer[2 * i + 1]];
        if (lat && lng) this.held.set(id, joinPositions(lat, lng));
      });
      this.failed.value = false;
    } catch {
      if (abort.aborted) return;
      this.failed.value = true;
      setTimeout(() => {
        if (abort.aborted) return;
        ids.forEach((id) => this.asked.delete(id));
        this.changed();
      }, againMs);
      return;
    }
    this.changed();
  }

  /** Goes on with the positions that came; those that the stretch of time left behind go. */
  follow(): void {
    let changed = false;
    const oldest = serverNow() - this.span;
    for (const [id, trail] of this.held) {
      const [lat, lng] = [readingOf(id, latitude), readingOf(id, longitude)];
      if (!lat || !lng || lat.v === null || lng.v === null || lat.t !== lng.t) continue;
      if (!extend(trail, lat.t, lat.v, lng.v)) continue;
      changed = true;
      while ((trail.t[1] ?? Infinity) < oldest) for (const column of [trail.t, trail.lat, trail.lng]) column.shift();
    }
    if (changed) this.changed();
  }
}
