// SPDX-License-Identifier: Apache-2.0
// A chart with its head, legend and menu. The chart's code comes as a chunk when the first one is needed.

import { useComputed, useSignal } from "@preact/signals";
import { Ellipsis } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ChartHandle, SeriesChart } from "../../charts/series-chart";
import type { HeldRanges, Line, PlotLimit } from "../../charts/model";
import { cursorTime } from "../../charts/words";
import { say } from "../../i18n/say";
import { formatSpan, formatValue, zoneName } from "../../lib/format";
import { now } from "../../state/clock";
import { paused } from "../../state/commit";
import { fresh } from "../../state/connection";
import { shownOf } from "../../state/fleet";
import type { TimeRange } from "../../state/range";
import type { Series } from "../../state/series";
import { Chunk } from "../chunk";
import { Popover } from "../popover";
import { phone } from "../screen";
import { styledMore } from "../styles";
import { theme, token } from "../theme";
import { Legend, valueAt } from "./legend";
import type { EventMark } from "./marks";
import { openCursor, withBefore } from "./open-range";
import { rangeText } from "./range-text";

type ChartType = typeof SeriesChart;

const none: readonly Line[] = [];
const loadMenu = () => styledMore(import("./chart-menu")).then((m) => m.ChartMenu);
const loadTable = () => styledMore(import("./table")).then((m) => m.SeriesTable);
const speakAfterMs = 500;
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

interface Props {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly range: TimeRange;
  readonly limits: readonly PlotLimit[];
  readonly marks: readonly EventMark[];
  readonly cause: (from: number, to: number) => string | null;
  readonly onMark: (mark: EventMark) => void;
  readonly wide?: boolean;
  /** Of the plot, px; by the screen unless given. */
  readonly height?: number;
  /** Lines of charts beside this one that share its range of values. */
  readonly beside?: readonly Line[];
  /** Where these lines stand beside others, unless they do already. */
  readonly compare?: string;
}

function tierWords(lines: readonly Line[]): string {
  let step = 0;
  for (const { series } of lines) {
    series.version.value;
    if (series.loading.value === "loading") return say.chart.loading;
    step = Math.max(step, series.step);
  }
  return step === 0 ? say.chart.raw : say.chart.tier(formatSpan(step));
}

function summaryOf(lines: readonly Line[], range: TimeRange): string {
  const [line] = lines;
  if (!line) return "";
  const d = line.series.shown();
  const value = (v: number | null | undefined): string => formatValue(v, line.decimals, line.unit);
  return say.chart.summary(lines.map((l) => l.name).join(", "), rangeText(range.view.value), value(shownOf(line.series.device, line.series.sensor)),
    d?.low === null || !d ? "" : value(d.low), value(d?.high));
}

/** Speaks the point under the cursor once it rests there, for who moves it by keys. */
function Spoken({ lines, range }: { lines: readonly Line[]; range: TimeRange }) {
  const [text, setText] = useState("");
  const at = openCursor.value;
  useEffect(() => {
    if (at === null) return;
    const timer = setTimeout(() => {
      setText(say.chart.point(cursorTime(at, range.view.peek().span), lines.map((l) => `${l.name} ${formatValue(valueAt(l, at), l.decimals, l.unit)}`).join(", ")));
    }, speakAfterMs);
    return () => clearTimeout(timer);
  }, [at]);
  return <div class="visually-hidden" role="status">{at === null ? "" : text}</div>;
}

/** The lines with what was a window earlier, while that is asked for. */
function useBefore(lines: readonly Line[], range: TimeRange): readonly Line[] {
  const [before, put] = useState<ReadonlyMap<Series, Series>>(new Map());
  const key = lines.map((l) => `${l.series.device}\n${l.series.sensor}`).join("\n\n");
  const asked = withBefore.value;
  useEffect(() => {
    if (!asked) return;
    let end = (): void => undefined;
    let ended = false;
    void import("../../state/before").then(({ seriesBefore }) => {
      if (ended) return;
      const { series, stop } = seriesBefore(lines.map((l) => l.series), range);
      put(new Map(lines.flatMap((l, i) => (series[i] ? [[l.series, series[i]] as const] : []))));
      end = stop;
    }).catch(() => undefined);
    return () => {
      ended = true;
      end();
      put(new Map());
    };
  }, [asked, key, range, lines[0]?.series]);
  return before.size === 0 ? lines : lines.map((l) => {
    const earlier = before.get(l.series);
    return earlier ? { ...l, before: earlier } : l;
  });
}

export function ChartCard(props: Props) {
  const { title, range, limits, marks, cause, onMark, wide = false, compare, beside = none } = props;
  const lines = useBefore(props.lines, range);
  const Chart = useChart();
  const units = [...new Set(lines.filter((l) => !l.steps).map((l) => l.unit))];
  const handle = useRef<ChartHandle | null>(null);
  const hidden = useSignal<ReadonlySet<number>>(new Set());
  const bright = useSignal(-1);
  const locked = useSignal<HeldRanges | null>(null);
  const [asTable, setAsTable] = useState(false);
  const [focused, setFocused] = useState(false);
  const tier = useComputed(() => tierWords(lines));
  const empty = useComputed(() => lines.every((l) => {
    l.series.version.value;
    range.view.value;
    return l.series.loading.value === "ready" && (l.series.shown()?.length ?? 0) === 0;
  }));
  const failed = useComputed(() => lines.find((l) => l.series.loading.value === "failed") ?? null);
  const height = props.height ?? (phone.value ? 212 : lines.every((l) => l.steps) ? 64 + 52 * lines.length : 252);
  return (
    <section class={`card chart-card${wide ? " chart-wide" : ""}`} aria-label={title} onFocusCapture={() => setFocused(true)} onBlurCapture={() => setFocused(false)}>
      <header class="card-head">
        <h2>{title}</h2><span class="card-space" /><span class="quiet chart-tier">{tier}{withBefore.value && `, ${say.before.shown(formatSpan(range.view.value.span))}`}</span>
        <Popover label={say.chart.menu(title)} className="icon-button" button={<Ellipsis size={16} aria-hidden="true" />}>
          {(close) => <Chunk load={loadMenu} loading={say.loading} title={title} lines={lines} range={range} handle={handle} locked={locked}
            asTable={asTable} onTable={() => setAsTable(!asTable)} compare={compare} close={close} />}
        </Popover>
      </header>
      {asTable ? lines.map((l) => <Chunk key={l.name} load={loadTable} loading={say.loading} line={l} range={range} height={height} />) : (
        <div class="plot-box">
          <span class="plot-unit">{units[0]}</span>
          {units.length > 1 && <span class="plot-unit plot-unit-right">{units[1]}</span>}
          {typeof Chart === "string"
            ? <div class="plot plot-waiting" style={{ height: `${height}px` }}>{Chart === "failed" && say.failed}</div>
            : <Chart lines={lines} range={range} cursor={openCursor} limits={limits} marks={marks} cause={cause} hidden={hidden.value}
                bright={bright.value} locked={locked.value} beside={beside} height={height} summary={summaryOf(lines, range)} words={say.chart} now={now}
                current={fresh} paused={paused} theme={theme} token={token} onMark={(m) => onMark(m as EventMark)} handle={handle} />}
          <span class="plot-zone">{zoneName(now.peek())}</span>
          {empty.value && <p class="plot-note">{say.chart.empty}</p>}
          {failed.value && <p class="plot-note" role="alert">{say.chart.failed} <button type="button" class="button" onClick={() => failed.value?.series.retry()}>{say.chart.retry}</button></p>}
        </div>
      )}
      <Legend lines={lines} range={range} cursor={openCursor} hidden={hidden} bright={bright} />
      {focused && <Spoken lines={lines} range={range} />}
    </section>
  );
}
