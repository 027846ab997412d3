// SPDX-License-Identifier: Apache-2.0

/** Calls `callback` at once, then at most once in `delay` ms with the newest arguments; the last call is never lost. */
export function throttle<A extends unknown[]>(callback: (...args: A) => void, delay: number): ((...args: A) => void) & { cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let waiting: A | null = null;
  const due = () => {
    timer = null;
    if (waiting === null) return;
    const args = waiting;
    waiting = null;
    timer = setTimeout(due, delay);
    callback(...args);
  };
  const throttled = (...args: A) => {
    if (timer !== null) {
      waiting = args;
      return;
    }
    timer = setTimeout(due, delay);
    callback(...args);
  };
  throttled.cancel = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    waiting = null;
  };
  return throttled;
}
