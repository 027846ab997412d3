// SPDX-License-Identifier: Apache-2.0

/** The first of the `length` times, in order, that is not before `time`. */
export function indexAtOrAfter(t: ArrayLike<number>, time: number, length = t.length): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((t[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
