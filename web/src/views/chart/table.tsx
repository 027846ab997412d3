// SPDX-License-Identifier: Apache-2.0
// What a chart shows, as a table: for those who do not see it, and for those who want the numbers.

import { useComputed } from "@preact/signals";
import type { Line } from "../../charts/model";
import { say } from "../../i18n/say";
import { formatExact, formatNumber } from "../../lib/format";
import type { TimeRange } from "../../state/range";

const mostRows = 500;

interface RowData {
  readonly t: number;
  readonly cells: readonly string[];
}

function rowsOf(line: Line): { rows: readonly RowData[]; all: number } {
  const d = line.series.shown();
  const rows: RowData[] = [];
  let all = 0;
  for (let i = (d?.length ?? 0) - 1; d && i >= 0; i--) {
    if (Number.isNaN(d.mean[i])) continue;
    if (all++ >= mostRows) continue;
    rows.push({ t: d.t[i] ?? 0, cells: [d.min[i], d.mean[i], d.max[i]].map((v) => formatNumber(v, line.decimals)) });
  }
  return { rows, all };
}

export function SeriesTable({ line, range, height }: { line: Line; range: TimeRange; height: number }) {
  const data = useComputed(() => {
    line.series.version.value;
    range.view.value;
    return rowsOf(line);
  });
  const { rows, all } = data.value;
  return (
    <div class="series-table" style={{ maxHeight: `${height}px` }} tabIndex={0} role="region" aria-label={line.name}>
      <table>
        <thead><tr><th scope="col">{say.chart.time}</th><th scope="col">{say.chart.min}</th><th scope="col">{say.chart.mean}</th><th scope="col">{say.chart.max}</th></tr></thead>
        <tbody>
          {rows.map((r, i) => <tr key={i}><td><time dateTime={new Date(r.t).toISOString()}>{formatExact(r.t)}</time></td>{r.cells.map((c, k) => <td key={k}>{c}</td>)}</tr>)}
        </tbody>
      </table>
      {all > rows.length && <p class="caption">{say.chart.tableCut(rows.length, all)}</p>}
    </div>
  );
}
