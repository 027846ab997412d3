// SPDX-License-Identifier: Apache-2.0
// Something the server is asked for again and again while somebody looks.

import { signal, type ReadonlySignal } from "@preact/signals";
import { problemText } from "../lib/problem";

export type Polled<T> = { readonly value: T } | { readonly problem: string } | null;

/** Begins at once; a hidden page asks nothing. The second of the pair asks now, the third ends it. */
export function poll<T>(ask: () => Promise<T>, everyMs: number): readonly [ReadonlySignal<Polled<T>>, () => void, () => void] {
  const state = signal<Polled<T>>(null);
  let ended = false;
  const load = (): void => {
    if (document.hidden) return;
    ask().then(
      (value) => { if (!ended) state.value = { value }; },
      (error: unknown) => { if (!ended) state.value = { problem: problemText(error) }; });
  };
  load();
  const timer = setInterval(load, everyMs);
  return [state, load, () => { ended = true; clearInterval(timer); }];
}
