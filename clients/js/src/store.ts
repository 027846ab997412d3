// SPDX-License-Identifier: Apache-2.0
// A store that begins with its first listener and ends with its last.

import type { Store } from "./types.js";

export class LazyStore<T> implements Store<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();
  readonly #begin: () => () => void;
  #end: (() => void) | null = null;

  /** `begin` runs with the first listener and returns what to do after the last. */
  constructor(value: T, begin: () => () => void) {
    this.#value = value;
    this.#begin = begin;
  }

  get(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  }

  subscribe(listener: () => void): () => void {
    // A wrapper of its own, so that one function may listen twice.
    const own = () => listener();
    this.#listeners.add(own);
    if (this.#listeners.size === 1) this.#end = this.#begin();
    return () => {
      if (!this.#listeners.delete(own) || this.#listeners.size > 0) return;
      this.#end?.();
      this.#end = null;
    };
  }
}
