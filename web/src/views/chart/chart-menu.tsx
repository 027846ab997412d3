// SPDX-License-Identifier: Apache-2.0
// What can be done with a chart besides looking: take it along as a picture, numbers or a link, see it
// as a table, hold its axis, zoom without a wheel.

import type { Signal } from "@preact/signals";
import type { HeldRanges, Line } from "../../charts/model";
import type { ChartHandle } from "../../charts/series-chart";
import { say } from "../../i18n/say";
import { percentile } from "../../lib/firings";
import { converter } from "../../lib/units";
import { formatDayTime, zoneName } from "../../lib/format";
import { readingsCsv } from "../../state/csv";
import { unitOf } from "../../state/fleet";
import { linked } from "../../state/link";
import type { TimeRange } from "../../state/range";
import { mayChange } from "../../state/session";
import { attempt } from "../../state/told";
import { copyText } from "../copy";
import { fileName, save } from "../download";
import { go } from "../router";

interface Props {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly range: TimeRange;
  readonly handle: { readonly current: ChartHandle | null };
  readonly locked: Signal<HeldRanges | null>;
  readonly asTable: boolean;
  readonly onTable: () => void;
  readonly compare: string | undefined;
  readonly close: () => void;
}

async function saveCsv({ lines, title, range }: Props, all: boolean): Promise<void> {
  const { from, to } = range.window();
  const { csvOf } = await import("../../charts/export");
  const texts = all
    ? await Promise.all(lines.map((l) => readingsCsv({ device: l.series.device, sensor: l.series.sensor }, from, to)))
    : [csvOf(lines, from, to)];
  const names = lines.map((l) => l.name);
  texts.forEach((text, i) => {
    save(new Blob([text], { type: "text/csv" }), fileName(all ? [names[i] ?? title, "readings"] : [title], "csv"));
  });
}

async function savePicture({ title, range, handle }: Props): Promise<void> {
  const { from, to } = range.window();
  const note = say.chart.rangeIn(formatDayTime(from), formatDayTime(to), zoneName(to));
  const blob = await handle.current?.picture({ title, note });
  if (!blob) throw new Error(say.chartActs.noPicture);
  save(blob, fileName([title], "png"));
}

/** Holds each axis at what is shown, or frees them. */
function hold({ lines, locked }: Props): void {
  const held = new Map<string, [number, number]>();
  for (const line of lines) {
    const d = line.series.shown();
    if (!d || line.steps || d.low === null || d.high === null) continue;
    const [low, high] = held.get(line.unit) ?? [Infinity, -Infinity];
    held.set(line.unit, [Math.min(low, d.low), Math.max(high, d.high)]);
  }
  for (const [unit, [low, high]] of held) {
    const room = (high - low || 1) * 0.05;
    held.set(unit, [low - room, high + room]);
  }
  locked.value = locked.peek() || held.size === 0 ? null : held;
}

/** The rule editor for this series, with a limit that a hundredth of what is shown lies above. */
function ruleHere(line: Line): void {
  const d = line.series.shown();
  const tops = d === null ? [] : Array.from(d.mean.subarray(0, d.length), (v, i) => Math.max(v, d.max[i] || v));
  const limit = percentile(tops, 0.99);
  const shown = Number(limit?.toFixed(Math.min(6, line.decimals)));
  const query = new URLSearchParams({ device: line.series.device, sensor: line.series.sensor, ...(limit === null ? {} : { limit: String(converter?.stored.limit(shown, unitOf(line.series.device, line.series.sensor)) ?? shown) }) });
  go(`/rules/new?${query}`);
}

/** So many lines of a chart can each have a rule from its menu. */
const mostRules = 4;

export function ChartMenu(props: Props) {
  const { range, locked, asTable, onTable, compare, close } = props;
  const entry = (words: string, act: () => unknown) => (
    <button type="button" class="menu-entry" onClick={() => { close(); attempt((async () => act())()); }}>{words}</button>
  );
  const middle = (): number => (range.view.peek().end === null ? 1 : 0.5);
  return (
    <>
      {entry(asTable ? say.chartActs.asChart : say.chartActs.table, onTable)}
      {!asTable && entry(say.chartActs.picture, () => savePicture(props))}
      {entry(say.chartActs.csvShown, () => saveCsv(props, false))}
      {!linked() && entry(say.chartActs.csvRaw, () => saveCsv(props, true))}
      {entry(say.chartActs.zoomIn, () => range.zoomBy(0.5, middle()))}
      {entry(say.range.out, () => range.zoomBy(2, middle()))}
      {entry(locked.value ? say.chartActs.unlock : say.chartActs.lock, () => hold(props))}
      {entry(say.chartActs.copyLink, () => copyText(location.href))}
      {mayChange.value && !linked() && props.lines.slice(0, mostRules).map((l) => <span key={l.name}>{entry(props.lines.length === 1 ? say.chartActs.createRule : say.chartActs.createRuleOn(l.name), () => ruleHere(l))}</span>)}
      {compare !== undefined && !linked() && <a class="menu-entry" href={compare} onClick={close}>{say.chartActs.compare}</a>}
    </>
  );
}
