// SPDX-License-Identifier: Apache-2.0
// When a value stops being new. A sensor's usual interval is learned from what arrives, because most tell none.

/** Below this an interval says nothing: readings come in bursts. */
const LEAST_INTERVAL = 5000;
/** A value is stale after so many of its usual intervals. */
const INTERVALS = 5;

export class Freshness {
  #interval = 0;
  #last = Number.NEGATIVE_INFINITY;

  /** A reading of this time arrived. */
  saw(timestamp: number): void {
    const gap = timestamp - this.#last;
    if (gap > 0 && Number.isFinite(gap)) this.#interval = this.#interval === 0 ? gap : this.#interval + (gap - this.#interval) / 8;
    this.#last = Math.max(this.#last, timestamp);
  }

  /** Until nothing is known of its interval, a value is taken for new for a minute. */
  isStale(now: number): boolean {
    const interval = this.#interval === 0 ? 60_000 / INTERVALS : Math.max(this.#interval, LEAST_INTERVAL);
    return now - this.#last > INTERVALS * interval;
  }
}
