// SPDX-License-Identifier: Apache-2.0
// The one place that touches uPlot. It draws in the frame's share, only when a pixel would change,
// and not at all while it is off the screen.

import { useSignalEffect, type ReadonlySignal, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { forget, makeJob, markDrawing } from "../state/commit";
import type { Series } from "../state/series";
import { plotOptions, type PlotLimit, type PlotModel } from "./plot";

export interface CursorPoint {
  readonly t: number;
  readonly mean: number;
}

interface Props {
  readonly series: Series;
  readonly limits: readonly PlotLimit[];
  readonly height: number;
  readonly decimals: number;
  readonly summary: string;
  readonly now: ReadonlySignal<number>;
  readonly current: ReadonlySignal<boolean>;
  readonly theme: ReadonlySignal<number>;
  readonly cursor: Signal<CursorPoint | null>;
  readonly token: (name: string) => string;
  readonly gapWords: (span: string) => string;
}

function columns(model: PlotModel): uPlot.AlignedData {
  const d = model.drawn;
  return d ? [d.t, d.mean, d.min, d.max] : [[], [], [], []];
}

export function SeriesChart(props: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const { series, limits, height, decimals, now, current, theme, cursor, token, gapWords } = props;
  const model = useRef<PlotModel>({ drawn: null, from: 0, to: 1, current: true, limits, decimals, gapWords, token });
  Object.assign(model.current, { limits, decimals, gapWords, token });
  const redraw = useRef<(atOnce: boolean) => void>(() => undefined);

  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const m = model.current;
    let plot: uPlot | null = null;
    let visible = false;
    const onCursor = (index: number | null): void => {
      const t = index === null ? undefined : m.drawn?.t[index];
      const mean = index === null ? null : m.drawn?.mean[index] ?? null;
      cursor.value = t === undefined || mean === null ? null : { t, mean };
    };
    const draw = (): void => {
      m.to = now.peek();
      m.from = m.to - series.span;
      m.drawn = series.draw(m.to);
      m.current = current.peek();
      if (plot) plot.setData(columns(m));
      else if (m.drawn && element.clientWidth > 0) plot = new uPlot(plotOptions(m, element.clientWidth, height, onCursor), columns(m), element);
    };
    const job = makeJob(draw, Math.max(250, series.span / Math.max(200, element.clientWidth)));
    redraw.current = (atOnce) => {
      if (atOnce) job.last = -Infinity;
      if (visible) markDrawing(job);
    };
    const sight = new IntersectionObserver((entries) => {
      visible = entries.some((e) => e.isIntersecting);
      redraw.current(true);
    });
    const size = new ResizeObserver(() => {
      if (plot && element.clientWidth > 0) plot.setSize({ width: element.clientWidth, height });
    });
    sight.observe(element);
    size.observe(element);
    return () => {
      sight.disconnect();
      size.disconnect();
      forget(job);
      plot?.destroy();
      redraw.current = () => undefined;
    };
  }, [series, height]);

  useSignalEffect(() => {
    series.version.value;
    now.value;
    redraw.current(false);
  });
  useSignalEffect(() => {
    current.value;
    theme.value;
    series.loads.value;
    redraw.current(true);
  });
  useEffect(() => redraw.current(true), [limits]);

  return <div ref={holder} class="plot" style={{ height: `${height}px` }} role="img" aria-label={props.summary} />;
}
