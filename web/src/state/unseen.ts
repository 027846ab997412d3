// SPDX-License-Identifier: Apache-2.0
// A tab that nobody looks at asks the server for less: soon for no device's readings, later for alerts
// alone. Seen again, it catches up once.

import { restStream } from "./connection";

/** Who looks elsewhere for a moment finds the page as it was. */
const fleetAfterMs = 10_000;
const alertsAfterMs = 300_000;

export function startResting(): void {
  let timers: readonly ReturnType<typeof setTimeout>[] = [];
  const look = (): void => {
    timers.forEach(clearTimeout);
    timers = document.hidden
      ? [setTimeout(() => restStream("fleet"), fleetAfterMs), setTimeout(() => restStream("alerts"), alertsAfterMs)]
      : [];
    if (!document.hidden) restStream("seen");
  };
  document.addEventListener("visibilitychange", look);
  addEventListener("pageshow", look);
  look();
}
