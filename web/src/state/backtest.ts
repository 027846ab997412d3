// SPDX-License-Identifier: Apache-2.0
// How often a rule would have fired: asked of the server's own engine a moment after the last edit, the older question given up.

import { signal } from "@preact/signals";
import { problemText } from "../lib/problem";
import { fetchHistory } from "../net/rest";
import { testRule } from "../net/rules";
import type { Backtest, Samples, SeriesName } from "../net/wire";

const afterEditMs = 250;

export type BacktestState =
  | { readonly kind: "none" }
  | { readonly kind: "asking"; readonly before: Backtest | null }
  | { readonly kind: "ready"; readonly result: Backtest }
  | { readonly kind: "failed"; readonly message: string };

export class BacktestJob {
  readonly state = signal<BacktestState>({ kind: "none" });
  private timer: ReturnType<typeof setTimeout> | undefined;
  private request: AbortController | null = null;

  ask(rule: object, from: number, to: number, compare: string | null): void {
    this.stop();
    const { state } = this;
    const last = state.peek();
    state.value = { kind: "asking", before: last.kind === "ready" ? last.result : last.kind === "asking" ? last.before : null };
    this.timer = setTimeout(() => void this.send(rule, from, to, compare), afterEditMs);
  }

  private async send(rule: object, from: number, to: number, compare: string | null): Promise<void> {
    const request = new AbortController();
    this.request = request;
    try {
      const result = await testRule(rule, from, to, compare, request.signal);
      if (!request.signal.aborted) this.state.value = { kind: "ready", result };
    } catch (error) {
      if (!request.signal.aborted) this.state.value = { kind: "failed", message: problemText(error) };
    }
  }

  clear(): void {
    this.stop();
    this.state.value = { kind: "none" };
  }

  stop(): void {
    clearTimeout(this.timer);
    this.request?.abort();
    this.request = null;
  }
}

/** The history that a rule is drawn on. */
export async function pastOf(name: SeriesName, from: number, to: number, points: number, signal: AbortSignal): Promise<Samples | null> {
  const [samples] = await fetchHistory([name], from, to, points, signal);
  return samples ?? null;
}
