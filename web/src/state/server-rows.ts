// SPDX-License-Identifier: Apache-2.0
// Rows of the device table beyond what a page holds: the server filters and sorts, and what is in sight is asked for in windows.

import { signal } from "@preact/signals";
import { problemText } from "../lib/problem";
import { fetchDeviceWindow } from "../net/device-window";
import { takeDevice } from "./fleet";

/** Rows of one question; the next ones are asked for before they are seen. */
const windowRows = 200;
const mostUnder = 4;

export class ServerRows {
  /** Counts up when rows came, or the question changed. */
  readonly version = signal(0);
  readonly problem = signal<string | null>(null);
  /** As long as what fits; rows that are not here yet are holes. */
  ids: readonly string[] = [];
  private question = "\n";
  private asked = new Set<number>();
  private under = new AbortController();
  private shown: readonly [number, number] = [0, 1];

  ask(filter: string, sort: string): void {
    const question = `${filter}\n${sort}`;
    if (question === this.question) return;
    this.question = question;
    this.ids = [];
    this.begin();
  }

  /** The same question anew: the fleet has changed meanwhile. Rows stand until the new ones come. */
  renew(): void {
    this.begin();
  }

  show(first: number, last: number): void {
    this.shown = [first, last];
    const to = Math.floor(Math.max(first, last - 1) / windowRows);
    for (let w = Math.floor(first / windowRows); w <= to; w++) if (!this.asked.has(w)) void this.load(w);
  }

  /** All ids in their order, for who writes them down. */
  async all(): Promise<readonly string[]> {
    await this.load(0);
    const windows = Math.ceil(this.ids.length / windowRows);
    for (let w = 1; w < windows; w += mostUnder) {
      await Promise.all(Array.from({ length: Math.min(mostUnder, windows - w) }, (_, i) => (this.asked.has(w + i) && this.ids[(w + i) * windowRows] !== undefined ? undefined : this.load(w + i))));
    }
    if (this.problem.peek() !== null) throw new Error(this.problem.peek() ?? "");
    return this.ids.filter(() => true);
  }

  stop(): void {
    this.under.abort();
  }

  private begin(): void {
    this.under.abort();
    this.under = new AbortController();
    this.asked = new Set();
    this.problem.value = null;
    this.show(...this.shown);
  }

  private async load(window: number): Promise<void> {
    const { under } = this;
    const [filter = "", sort = ""] = this.question.split("\n");
    this.asked.add(window);
    try {
      const { devices, found } = await fetchDeviceWindow(filter, sort, window * windowRows, windowRows, under.signal);
      if (under.signal.aborted) return;
      const ids = this.ids.slice();
      ids.length = found;
      devices.forEach((d, i) => {
        if (d === null) return;
        takeDevice(d);
        ids[window * windowRows + i] = d.device.id;
      });
      this.ids = ids;
      this.problem.value = null;
    } catch (error) {
      if (under.signal.aborted) return;
      this.asked.delete(window);
      this.problem.value = problemText(error);
    }
    this.version.value++;
  }
}
