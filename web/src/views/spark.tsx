// SPDX-License-Identifier: Apache-2.0
// The sparkline of a series' last hour, with the limit that matters.

import { computed, useComputed, type ReadonlySignal } from "@preact/signals";
import { Sparkline, type SparkLimit } from "../charts/sparkline";
import { en } from "../i18n/en";
import { formatNumber, formatValue } from "../lib/format";
import type { Sensor } from "../net/wire";
import { now, serverNow } from "../state/clock";
import { readingOf } from "../state/fleet";
import type { Drawn } from "../state/join";
import { rulesFor, side } from "../state/rules";
import type { Series } from "../state/series";
import { useSeries } from "./value";

export const sparkSpan = 3_600_000;
export const sparkPoints = 60;

/** A line that nothing extends any more still has to show the hole behind it. */
const slowly = computed(() => Math.floor(now.value / 5000));

export function useHour(device: string, sensor: string): { series: Series; drawn: ReadonlySignal<Drawn | null> } {
  const series = useSeries(device, sensor, sparkSpan, sparkPoints);
  const drawn = useComputed(() => {
    series.version.value;
    slowly.value;
    return series.draw(serverNow());
  });
  return { series, drawn };
}

/** The limit nearest to the value, in its colour once the value does not keep to it. */
export function nearestLimit(device: string, sensor: string): SparkLimit | null {
  const v = readingOf(device, sensor)?.v ?? null;
  let best: SparkLimit | null = null;
  for (const r of rulesFor(device, sensor)) {
    if (side(r.condition) === 0) continue;
    const crossed = v !== null && (side(r.condition) > 0 ? v > r.threshold : v < r.threshold);
    const closer = best === null || (v !== null && Math.abs(v - r.threshold) < Math.abs(v - best.value));
    if (closer || crossed) best = { value: r.threshold, tone: crossed ? r.severity : "plain" };
  }
  return best;
}

export function rangeText(drawn: Drawn | null, decimals: number, unit: string): string {
  if (!drawn || drawn.low === null) return en.overview.noHour;
  return en.overview.hourRange(formatNumber(drawn.low, decimals), formatValue(drawn.high, decimals, unit));
}

export function Spark({ device, sensor, drawn, limit, width, height }: {
  device: string; sensor: Sensor; drawn: ReadonlySignal<Drawn | null>;
  limit: SparkLimit | null; width: number; height: number;
}) {
  const to = useComputed(() => now.value);
  const from = useComputed(() => now.value - sparkSpan);
  const decimals = sensor.decimals ?? readingOf(device, sensor.id)?.decimals ?? 1;
  const label = `${sensor.name}, ${rangeText(drawn.peek(), decimals, sensor.unit)}`;
  return <Sparkline drawn={drawn} from={from} to={to} width={width} height={height} limit={limit} label={label} />;
}
