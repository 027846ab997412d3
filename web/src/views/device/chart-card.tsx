// SPDX-License-Identifier: Apache-2.0
// A sensor's chart with its legend. The chart's code comes as a chunk when the first one is needed.

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { CursorPoint, SeriesChart } from "../../charts/series-chart";
import { en } from "../../i18n/en";
import { formatClock, formatNumber, formatSpan, formatValue, zoneName } from "../../lib/format";
import type { Device, Sensor } from "../../net/wire";
import { now, serverNow } from "../../state/clock";
import { fresh } from "../../state/connection";
import { readingOf, valuesOf } from "../../state/fleet";
import { rulesFor } from "../../state/rules";
import type { Series } from "../../state/series";
import { theme, token } from "../theme";
import { phone } from "../screen";
import { crosses, plotLimits } from "./limits";

type ChartType = typeof SeriesChart;

let loaded: ChartType | null = null;

function useChart(): ChartType | "loading" | "failed" {
  const [chart, setChart] = useState<ChartType | "loading" | "failed">(() => loaded ?? "loading");
  useEffect(() => {
    if (loaded) return;
    import("../../charts/series-chart").then((m) => {
      loaded = m.SeriesChart;
      setChart(() => m.SeriesChart);
    }, () => setChart("failed"));
  }, []);
  return chart;
}

function Legend({ device, sensor, series, cursor }: {
  device: Device; sensor: Sensor; series: Series; cursor: { readonly value: CursorPoint | null };
}) {
  const decimals = useComputed(() => {
    valuesOf(device.id).value;
    return sensor.decimals ?? readingOf(device.id, sensor.id)?.decimals ?? 1;
  });
  const stats = useComputed(() => {
    series.version.value;
    const d = series.draw(serverNow());
    return [d?.low, d?.average, d?.high].map((v) => formatNumber(v, decimals.value));
  });
  const head = useComputed(() => (cursor.value ? formatClock(cursor.value.t) : en.chart.now));
  const shown = useComputed(() => {
    valuesOf(device.id).value;
    const v = cursor.value ? cursor.value.mean : readingOf(device.id, sensor.id)?.v;
    return formatNumber(v, decimals.value);
  });
  const [min, mean, max] = [0, 1, 2].map((i) => useComputed(() => stats.value[i] ?? ""));
  return (
    <table class="legend">
      <thead><tr><td /><th>{head}</th><th>{en.chart.min}</th><th>{en.chart.mean}</th><th>{en.chart.max}</th><td /></tr></thead>
      <tbody>
        <tr>
          <th scope="row"><i class="sample" />{sensor.name}</th>
          <td class={fresh.value ? "legend-now" : "legend-now muted"}>{shown}</td>
          <td>{min}</td><td>{mean}</td><td>{max}</td><td class="legend-unit">{sensor.unit}</td>
        </tr>
      </tbody>
    </table>
  );
}

function tierWords(series: Series): string {
  series.version.value;
  if (series.loading.value === "loading") return en.chart.loading;
  return series.step === 0 ? en.chart.raw : en.chart.tier(formatSpan(series.step));
}

export function ChartCard({ device, sensor, series, wide, rangeWords }: {
  device: Device; sensor: Sensor; series: Series; wide: boolean; rangeWords: string;
}) {
  const Chart = useChart();
  const cursor = useSignal<CursorPoint | null>(null);
  const tier = useComputed(() => tierWords(series));
  const rules = rulesFor(device.id, sensor.id);
  // The limits change colour when they are crossed, not with every value.
  const crossed = useComputed(() => {
    valuesOf(device.id).value;
    const v = readingOf(device.id, sensor.id)?.v ?? null;
    return rules.map((r) => (crosses(r, v) ? "1" : "0")).join("");
  });
  const limits = useMemo(() => plotLimits(rules, sensor, readingOf(device.id, sensor.id)?.v ?? null), [rules.map((r) => `${r.id}:${r.threshold}:${r.severity}`).join(), sensor, crossed.value]);
  const empty = useComputed(() => {
    series.version.value;
    return series.loading.value === "ready" && (series.draw(now.value)?.t.length ?? 0) === 0;
  });
  const reading = readingOf(device.id, sensor.id);
  const decimals = sensor.decimals ?? reading?.decimals ?? 1;
  const summary = en.chart.summary(sensor.name, rangeWords, formatValue(reading?.v, decimals, sensor.unit));
  const height = phone.value ? 200 : 240;
  return (
    <section class={`card chart-card${wide ? " chart-wide" : ""}`} aria-label={sensor.name}>
      <header class="card-head"><h2>{sensor.name}</h2><span class="card-space" /><span class="quiet">{tier}</span></header>
      <div class="plot-box">
        <span class="plot-unit">{sensor.unit}</span>
        {typeof Chart === "string"
          ? <div class="plot plot-waiting" style={{ height: `${height}px` }}>{Chart === "failed" && en.failed}</div>
          : <Chart series={series} limits={limits} height={height} decimals={decimals} summary={summary} now={now}
              current={fresh} theme={theme} cursor={cursor} token={token} gapWords={en.chart.gap} />}
        <span class="plot-zone">{zoneName(now.peek())}</span>
        {empty.value && <p class="plot-note">{en.chart.empty}</p>}
        {series.loading.value === "failed" && <p class="plot-note" role="alert">{en.chart.failed} <button type="button" class="button" onClick={() => series.retry()}>{en.chart.retry}</button></p>}
      </div>
      <Legend device={device} sensor={sensor} series={series} cursor={cursor} />
    </section>
  );
}
