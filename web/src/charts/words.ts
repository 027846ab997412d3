// SPDX-License-Identifier: Apache-2.0

import { formatClock, formatDayTime } from "../lib/format";

const day = 86_400_000;

/** A time as the cursor names it: as fine as the window asks for. */
export function cursorTime(t: number, span: number): string {
  return span > day ? formatDayTime(t) : formatClock(t);
}
