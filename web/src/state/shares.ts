// SPDX-License-Identifier: Apache-2.0
// The links to the dashboard that is open, for who may make them.

import { signal } from "@preact/signals";
import { problemText } from "../lib/problem";
import { fetchShares, makeShare, revokeShare, type Share } from "../net/shares";

export class Shares {
  /** Null while they are asked for. */
  readonly all = signal<readonly Share[] | null>(null);
  /** The one that was just made, with its secret. */
  readonly made = signal<Share | null>(null);
  readonly problem = signal<string | null>(null);
  readonly busy = signal(false);

  constructor(readonly dashboard: string) {}

  async load(): Promise<void> {
    await this.attempt(async () => {
      this.all.value = await fetchShares(this.dashboard);
    });
  }

  async make(name: string, expiresAt: number, devices: readonly string[]): Promise<void> {
    await this.attempt(async () => {
      this.made.value = await makeShare(this.dashboard, { name, expiresAt, devices });
      this.all.value = await fetchShares(this.dashboard);
    });
  }

  async revoke(id: string): Promise<void> {
    await this.attempt(async () => {
      await revokeShare(this.dashboard, id);
      if (this.made.peek()?.id === id) this.made.value = null;
      this.all.value = await fetchShares(this.dashboard);
    });
  }

  private async attempt(act: () => Promise<void>): Promise<void> {
    this.problem.value = null;
    this.busy.value = true;
    try {
      await act();
    } catch (error) {
      this.problem.value = problemText(error);
    } finally {
      this.busy.value = false;
    }
  }
}
