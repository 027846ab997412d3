// SPDX-License-Identifier: Apache-2.0

import { say } from "../../i18n/say";
import { formatDayTime, formatMoment, formatSpan, zoneOffset } from "../../lib/format";
import { serverNow } from "../../state/clock";
import type { View } from "../../state/range";

const hour = 3_600_000;
const day = 24 * hour;

/** A window in words: "Last 6 h", "14:00 to 15:30". */
export function rangeText({ span, end }: View): string {
  if (end === null) return say.range.last(formatSpan(span));
  const now = serverNow();
  const from = end - span;
  const sameDay = Math.floor((from + zoneOffset(from)) / day) === Math.floor((end + zoneOffset(end)) / day);
  return say.range.between(now - from < 20 * hour ? formatMoment(from, now) : formatDayTime(from), sameDay ? formatMoment(end, end) : formatDayTime(end));
}
