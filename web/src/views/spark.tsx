// SPDX-License-Identifier: Apache-2.0
// The sparkline of a series' last hour, with the limit that matters.

import { computed, untracked, useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { Sparkline, type SparkLimit } from "../charts/sparkline";
import { say } from "../i18n/say";
import { formatNumber, formatValue } from "../lib/format";
import type { Sensor } from "../net/wire";
import { now } from "../state/clock";
import { shownOf } from "../state/fleet";
import type { Drawn } from "../state/drawn";
import { rulesFor, side } from "../state/rules";
import type { Series } from "../state/series";
import { lineParts, useSeries } from "./value";

export const sparkSpan = 3_600_000;
export const sparkPoints = 60;

/** A line that nothing extends any more still has to show the hole behind it. */
const slowly = computed(() => Math.floor(now.value / 5000));

export interface Hour {
  readonly series: Series;
  /** What is drawn of the last hour, to be called where signals may be read. */
  readonly draw: () => Drawn | null;
}

export function useHour(device: string, sensor: string): Hour {
  const series = useSeries(device, sensor, sparkSpan, sparkPoints);
  return useMemo(() => ({
    series,
    draw: () => {
      series.version.value;
      slowly.value;
      return series.shown();
    },
  }), [series]);
}

/** The limit nearest to the value, in its colour once the value does not keep to it. */
export function nearestLimit(device: string, sensor: string): SparkLimit | null {
  const v = shownOf(device, sensor);
  let best: SparkLimit | null = null;
  for (const r of rulesFor(device, sensor)) {
    if (side(r.condition) === 0) continue;
    const crossed = v !== null && (side(r.condition) > 0 ? v > r.threshold : v < r.threshold);
    const closer = best === null || (v !== null && Math.abs(v - r.threshold) < Math.abs(v - best.value));
    if (closer || crossed) best = { value: r.threshold, tone: crossed ? r.severity : "plain" };
  }
  return best;
}

/** Of what was drawn, in the unit and decimals that are shown. */
export function rangeText(drawn: Drawn | null, decimals: number, unit: string): string {
  if (!drawn || drawn.low === null) return say.overview.noHour;
  return say.overview.hourRange(formatNumber(drawn.low, decimals), formatValue(drawn.high, decimals, unit));
}

export function Spark({ device, sensor, draw, limit, width, height }: {
  device: string; sensor: Sensor; draw: () => Drawn | null;
  limit: SparkLimit | null; width: number; height: number;
}) {
  const to = useComputed(() => now.value);
  const from = useComputed(() => now.value - sparkSpan);
  const { decimals, unit } = lineParts(device, sensor);
  const label = `${sensor.name}, ${untracked(() => rangeText(draw(), decimals, unit))}`;
  return <Sparkline draw={draw} from={from} to={to} width={width} height={height} limit={limit} label={label} />;
}
