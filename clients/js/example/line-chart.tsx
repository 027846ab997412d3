// SPDX-License-Identifier: Apache-2.0
import type { Series } from "../src/index.js";

const WIDTH = 800;
const HEIGHT = 200;

/** The line, broken where nothing came for longer than five of the usual distances. */
function pathOf({ t, v }: Series, x: (t: number) => number, y: (v: number) => number): string {
  const gaps = t.slice(1).map((time, i) => time - t[i]!).sort((a, b) => a - b);
  const longest = 5 * Math.max(gaps[gaps.length >> 1] ?? 0, 1000);
  return t.map((time, i) => `${i === 0 || time - t[i - 1]! > longest ? "M" : "L"}${x(time).toFixed(1)} ${y(v[i]!).toFixed(1)}`).join("");
}

export function LineChart({ series }: { series: Series }) {
  if (series.error !== null) return <p role="alert">{series.error}</p>;
  if (series.t.length === 0) return <p className="empty">{series.loading ? "Loading" : "No readings in the last ten minutes"}</p>;
  const [from, to] = [series.t[0]!, series.t[series.t.length - 1]!];
  const [low, high] = [Math.min(...series.min), Math.max(...series.max)];
  const x = (t: number) => ((t - from) / (to - from || 1)) * WIDTH;
  const y = (v: number) => HEIGHT - 4 - ((v - low) / (high - low || 1)) * (HEIGHT - 8);
  const time = (t: number) => new Date(t).toLocaleTimeString();
  return (
    <figure className={series.stale ? "stale" : ""}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${series.sensor}, ${series.t.length} rows, ${low} to ${high}`} data-rows={series.t.length} data-filled={series.filled.length}>
        <path d={pathOf(series, x, y)} />
      </svg>
      <figcaption>
        {time(from)} to {time(to)}, {low.toPrecision(4)} to {high.toPrecision(4)}
        {series.filled.length > 0 && `, ${series.filled.length} gap filled`}
      </figcaption>
    </figure>
  );
}
