// SPDX-License-Identifier: Apache-2.0
// The window before the one that is shown, of the same series: what a chart draws in grey below its
// lines, so that today can be held against yesterday.

import { effect } from "@preact/signals";
import { now, serverNow } from "./clock";
import { TimeRange } from "./range";
import { Series } from "./series";

/** A window that follows now moves on by steps of this share of it. */
const stepsAWindow = 200;

/** Each series a window earlier, as long as `stop` is not called. */
export function seriesBefore(all: readonly Series[], range: TimeRange): { readonly series: readonly Series[]; readonly stop: () => void } {
  const earlier = (): { span: number; end: number } => {
    const { span, end } = range.view.peek();
    const step = Math.max(1000, span / stepsAWindow);
    return { span, end: (end ?? Math.ceil(serverNow() / step) * step) - span };
  };
  const shifted = new TimeRange(earlier());
  const series = all.map((s) => new Series(s.device, s.sensor, shifted, s.points));
  for (const s of series) s.start();
  const follow = effect(() => {
    range.view.value;
    now.value;
    shifted.show(earlier());
  });
  return {
    series,
    stop: () => {
      follow();
      for (const s of series) s.stop();
    },
  };
}
