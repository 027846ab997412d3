// SPDX-License-Identifier: Apache-2.0
// A series over a window that ends now. What is live is heard first and held; then the history is asked for and both are joined: readings by their time, buckets by the
// position that the answer is complete to. After a lost connection the store is asked for what was missed, in the same way.

import type { Clock } from "./clock.js";
import { decodePosition } from "./decode.js";
import { Freshness } from "./freshness.js";
import { type History, type Rest } from "./rest.js";
import type { Reading, Rooms } from "./rooms.js";
import { LazyStore } from "./store.js";
import type { Series, SeriesOptions, Store } from "./types.js";

const DEFAULTS = { window: 3_600_000, interval: 250, points: 600 };
/** A device's clock may be ahead of the server's by this much and its readings still belong to now. */
const AHEAD = 300_000;

interface Columns {
  t: number[];
  v: number[];
  min: number[];
  max: number[];
}

/** Puts one reading where its time belongs; of two with one time the later arrival stands. */
function insert(c: Columns, t: number, v: number): void {
  let at = c.t.length;
  while (at > 0 && c.t[at - 1]! > t) at--;
  const replaces = at > 0 && c.t[at - 1] === t ? 1 : 0;
  at -= replaces;
  c.t.splice(at, replaces, t);
  for (const column of [c.v, c.min, c.max]) column.splice(at, replaces, v);
}

/** Rows before `from` and from `to` on, with what came between replaced by the answer. */
function replaced(c: Columns, from: number, to: number, history: History): Columns {
  const keep = (column: readonly number[], own: readonly number[]) => [
    ...own.filter((_, i) => c.t[i]! < from), ...column, ...own.filter((_, i) => c.t[i]! >= to),
  ];
  return { t: keep(history.t, c.t), v: keep(history.v, c.v), min: keep(history.min, c.min), max: keep(history.max, c.max) };
}

function isAfter(position: string, complete: string): boolean {
  const a = decodePosition(position);
  const b = decodePosition(complete);
  return a === null || b === null || a.epoch !== b.epoch || a.seq > b.seq;
}

export class SeriesStore {
  readonly store: Store<Series>;
  readonly #settings: typeof DEFAULTS;
  readonly #age = new Freshness();
  #columns: Columns = { t: [], v: [], min: [], max: [] };
  /** Live readings that came while a history was under way. */
  #held: Reading[] | null = null;
  #asking: AbortController | null = null;

  constructor(readonly device: string, readonly sensor: string, options: SeriesOptions, readonly rooms: Rooms, readonly rest: Rest, readonly clock: Clock) {
    this.#settings = { ...DEFAULTS, ...options };
    const store: LazyStore<Series> = new LazyStore<Series>(
      { device, sensor, loading: true, t: [], v: [], min: [], max: [], filled: [], stale: true, error: null },
      () => this.#begin(store),
    );
    this.store = store;
  }

  #begin(store: LazyStore<Series>): () => void {
    const leave = this.rooms.join(this.device, {
      interval: this.#settings.interval,
      sensors: [this.sensor],
      device: () => void this.#fill(store),
      reading: (reading) => this.#reading(store, reading),
      status: () => undefined,
    });
    const stop = this.clock.each(() => this.#judge(store));
    return () => {
      leave();
      stop();
      this.#asking?.abort();
      this.#asking = null;
      this.#held = null;
    };
  }

  #reading(store: LazyStore<Series>, reading: Reading): void {
    if (reading.sensor !== this.sensor) return;
    if (this.#held) this.#held.push(reading);
    this.#age.saw(reading.timestamp);
    insert(this.#columns, reading.timestamp, reading.value);
    this.#show(store, {});
    // A window that filled up with single readings is drawn from buckets again.
    if (this.#columns.t.length > 4 * this.#settings.points && !this.#asking && store.get().error === null) void this.#fill(store, true);
  }

  /** Asks for what is not here: the whole window at first, later what came since the newest row. */
  async #fill(store: LazyStore<Series>, whole = false): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.#held = [];
    const to = this.clock.now() + AHEAD;
    const begin = this.clock.now() - this.#settings.window;
    const newest = this.#columns.t[this.#columns.t.length - 1];
    const missed = !whole && !store.get().loading && newest !== undefined && newest > begin;
    const from = missed ? newest : begin;
    try {
      const history = await this.rest.history({ device: this.device, sensor: this.sensor, from, to, points: this.#settings.points }, asking.signal);
      if (asking.signal.aborted) return;
      this.#join(store, from, to, history, missed);
    } catch (error) {
      if (!asking.signal.aborted) this.#show(store, { loading: false, error: error instanceof Error ? error.message : String(error) });
    } finally {
      if (this.#asking === asking) {
        this.#asking = null;
        this.#held = null;
      }
    }
  }

  #join(store: LazyStore<Series>, from: number, to: number, history: History, missed: boolean): void {
    this.#columns = replaced(this.#columns, from, to, history);
    for (const reading of this.#held ?? []) {
      if (history.step === 0 || isAfter(reading.position, history.seq)) insert(this.#columns, reading.timestamp, reading.value);
    }
    for (const t of history.t.slice(-8)) this.#age.saw(t);
    const last = history.t[history.t.length - 1];
    const filled = missed && last !== undefined && last > from ? [...store.get().filled, { from, to: last, step: history.step }] : store.get().filled;
    this.#show(store, { loading: false, error: null, filled: filled.slice(-16) });
  }

  #judge(store: LazyStore<Series>): void {
    const stale = !this.clock.live() || this.#age.isStale(this.clock.now());
    const oldest = this.#columns.t[0];
    const expired = oldest !== undefined && oldest < this.clock.now() - this.#settings.window;
    if (stale !== store.get().stale || expired) this.#show(store, {});
  }

  #show(store: LazyStore<Series>, changed: Partial<Series>): void {
    const begin = this.clock.now() - this.#settings.window;
    const c = this.#columns;
    const first = c.t.findIndex((t) => t >= begin);
    for (const column of [c.t, c.v, c.min, c.max]) column.splice(0, first < 0 ? column.length : first);
    store.set({
      ...store.get(), t: [...c.t], v: [...c.v], min: [...c.min], max: [...c.max],
      stale: !this.clock.live() || this.#age.isStale(this.clock.now()), ...changed,
    });
  }
}
