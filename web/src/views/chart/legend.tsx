// SPDX-License-Identifier: Apache-2.0
// The legend as a table: the value at the cursor or now, and what the window holds of each line. A
// click isolates a line, with Ctrl it is hidden or shown; pointing at one dims the rest.

import { useComputed, type ReadonlySignal, type Signal } from "@preact/signals";
import { cursorTime } from "../../charts/words";
import type { Line } from "../../charts/model";
import { say } from "../../i18n/say";
import { formatNumber, formatSpan } from "../../lib/format";
import { fresh } from "../../state/connection";
import { shownOf, valuesOf } from "../../state/fleet";
import type { TimeRange } from "../../state/range";

interface Props {
  readonly lines: readonly Line[];
  readonly range: TimeRange;
  readonly cursor: Signal<number | null>;
  readonly hidden: Signal<ReadonlySet<number>>;
  readonly bright: Signal<number>;
}

/** The line's value at the cursor, or its newest one. */
export function valueAt(line: Line, time: number | null): number | null {
  const { series } = line;
  if (time === null) return shownOf(series.device, series.sensor);
  const d = series.shown();
  const i = d?.nearest(time) ?? -1;
  return d && i >= 0 ? d.mean[i] ?? null : null;
}

function switched(line: Line, v: number | null): string {
  if (v === null) return formatNumber(v, 0);
  return v > 0 ? line.states?.[1] ?? say.chart.on : line.states?.[0] ?? say.chart.off;
}

/** How often it went on, for which share and how long. */
function switching(line: Line): readonly [string, string, string] {
  const d = line.series.shown();
  if (!d || d.average === null) return ["", "", ""];
  let times = 0;
  for (let i = 1; i < d.length; i++) if ((d.mean[i] ?? 0) > 0 && (d.mean[i - 1] ?? 0) <= 0) times++;
  const { span } = line.series.range.view.peek();
  return [String(times), `${formatNumber(d.average * 100, 0)}\u202f%`, formatSpan(d.average * span)];
}

function Row({ line, index, props }: { line: Line; index: number; props: Props }) {
  const { hidden, bright, cursor, range } = props;
  const { series } = line;
  const now = useComputed(() => {
    valuesOf(series.device).value;
    series.version.value;
    const v = valueAt(line, cursor.value);
    return line.steps ? switched(line, v) : formatNumber(v, line.decimals);
  });
  const stats = useComputed<readonly [string, string, string]>(() => {
    series.version.value;
    range.view.value;
    if (line.steps) return switching(line);
    const d = series.shown();
    return [formatNumber(d?.low, line.decimals), formatNumber(d?.average, line.decimals), formatNumber(d?.high, line.decimals)];
  });
  const cells = [0, 1, 2].map((i) => useComputed(() => stats.value[i] ?? ""));
  const toggle = (event: MouseEvent): void => {
    const all = props.lines.length;
    const next = new Set(hidden.peek());
    if (event.ctrlKey || event.metaKey) {
      if (next.has(index)) next.delete(index);
      else next.add(index);
    } else if (next.size === all - 1 && !next.has(index)) {
      next.clear();
    } else {
      for (let i = 0; i < all; i++) next.add(i);
      next.delete(index);
    }
    hidden.value = next.size === all ? new Set() : next;
  };
  const off = hidden.value.has(index);
  const many = props.lines.length > 1;
  const sample = <svg class="sample" width="14" height="8" aria-hidden="true"><path d="M0 4H14" stroke={`var(${line.colour})`} stroke-width="2" stroke-dasharray={line.dashed ? "4 2" : undefined} /></svg>;
  return (
    <tr class={off ? "legend-off" : undefined} onMouseEnter={() => { if (many) bright.value = index; }} onMouseLeave={() => { bright.value = -1; }}>
      <th scope="row">
        {many ? <button type="button" class="legend-name" aria-pressed={!off} title={say.chart.isolate(line.name)} onClick={toggle}>{sample}{line.name}</button> : <>{sample}{line.name}</>}
      </th>
      <td class={fresh.value || cursor.value !== null ? "legend-now" : "legend-now muted"}>{now}</td>
      <td>{cells[0]}</td><td>{cells[1]}</td><td>{cells[2]}</td><td class="legend-unit">{line.unit}</td>
    </tr>
  );
}

export function Legend(props: Props) {
  const { cursor, range, lines } = props;
  const head: ReadonlySignal<string> = useComputed(() => (cursor.value === null ? say.chart.now : cursorTime(cursor.value, range.view.value.span)));
  const steps = lines.every((l) => l.steps);
  return (
    <div class="legend-box">
      <table class="legend">
        <thead>
          <tr>
            <td /><th scope="col">{head}</th>
            <th scope="col">{steps ? say.chart.times : say.chart.min}</th><th scope="col">{steps ? say.chart.share : say.chart.mean}</th><th scope="col">{steps ? say.chart.total : say.chart.max}</th><td />
          </tr>
        </thead>
        <tbody>{lines.map((line, i) => <Row key={`${line.series.device}\n${line.series.sensor}`} line={line} index={i} props={props} />)}</tbody>
      </table>
    </div>
  );
}
