// SPDX-License-Identifier: Apache-2.0
// The server's time, and one tick a second for all who count ages while anybody does.

import { LazyStore } from "./store.js";
import type { Store, Stream, StreamState } from "./types.js";

export class Clock {
  #offset = 0;
  readonly #ticking = new Set<() => void>();
  #timer: ReturnType<typeof setInterval> | null = null;
  readonly #stream = new LazyStore<Stream>({ state: "connecting", since: Date.now() }, () => () => undefined);

  get stream(): Store<Stream> {
    return this.#stream;
  }

  now(): number {
    return Date.now() + this.#offset;
  }

  live(): boolean {
    return this.#stream.get().state === "live";
  }

  /** The server said what time it is. */
  heard(serverTime: number): void {
    this.#offset = serverTime - Date.now();
  }

  become(state: StreamState): void {
    if (state === this.#stream.get().state) return;
    this.#stream.set({ state, since: Date.now() });
    this.#tick();
  }

  /** Calls back each second and when the stream changes, until the returned function is called. */
  each(callback: () => void): () => void {
    this.#ticking.add(callback);
    this.#timer ??= setInterval(() => this.#tick(), 1000);
    return () => {
      this.#ticking.delete(callback);
      if (this.#ticking.size > 0 || this.#timer === null) return;
      clearInterval(this.#timer);
      this.#timer = null;
    };
  }

  #tick(): void {
    for (const callback of [...this.#ticking]) callback();
  }
}
