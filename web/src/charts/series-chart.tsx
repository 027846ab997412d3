// SPDX-License-Identifier: Apache-2.0
// A chart of one or many series. It draws in the frame's share, only when a pixel would change, and
// not at all while it is off the screen.

import { effect, type ReadonlySignal, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { serverNow } from "../state/clock";
import { forget, makeJob, markDrawing } from "../state/commit";
import { printers } from "../state/printing";
import type { TimeRange } from "../state/range";
import { Cursor } from "./cursor";
import type { Picture } from "./export";
import type { GestureHost } from "./gestures";
import { markAt } from "./lanes";
import { leftRoom, type HeldRanges, type Line, type Mark, type PlotLimit, type PlotModel, type Words } from "./model";
import { Plot } from "./plot";

export interface ChartHandle {
  readonly picture: (about: Picture) => Promise<Blob | null>;
}

interface Props {
  readonly lines: readonly Line[];
  readonly range: TimeRange;
  readonly cursor: Signal<number | null>;
  readonly limits: readonly PlotLimit[];
  readonly marks: readonly Mark[];
  readonly cause: (from: number, to: number) => string | null;
  readonly hidden: ReadonlySet<number>;
  readonly bright: number;
  readonly locked: HeldRanges | null;
  readonly beside: readonly Line[];
  readonly height: number;
  readonly summary: string;
  readonly words: Words;
  readonly now: ReadonlySignal<number>;
  /** Whether what is drawn can pass for current; and whether drawing stands still. */
  readonly current: ReadonlySignal<boolean>;
  readonly paused: ReadonlySignal<boolean>;
  readonly theme: ReadonlySignal<number>;
  readonly token: (name: string) => string;
  readonly onMark: (mark: Mark) => void;
  readonly handle: { current: ChartHandle | null };
}

function modelOf(p: Props): PlotModel {
  return {
    lines: p.lines, drawn: [], before: [], from: 0, to: 1, current: true, limits: p.limits, marks: p.marks, cause: p.cause,
    hidden: p.hidden, bright: p.bright, locked: p.locked, beside: p.beside, words: p.words, token: p.token,
  };
}

/** 180 mm. */
const paperWidth = 680;

/** One chart on the screen. */
class Chart {
  private plot: Plot | null = null;
  private cursor: Cursor | null = null;
  private visible = false;
  private onPaper = false;
  /** A drawing is due that must not wait for its turn. */
  private atOnce = false;
  private readonly stops: (() => void)[] = [];
  private readonly job = makeJob(() => this.draw(), 250);
  readonly model: PlotModel;

  constructor(private readonly element: HTMLElement, private props: Props) {
    this.model = modelOf(props);
    printers.add(this.print);
    this.stops.push(() => printers.delete(this.print));
    this.stops.push(this.watchSize(), this.listen(), () => this.element.replaceChildren(), () => forget(this.job));
    this.stops.push(effect(() => {
      for (const line of this.props.lines) {
        line.series.version.value;
        line.before?.version.value;
      }
      this.props.now.value;
      this.redraw(false);
    }));
    this.stops.push(effect(() => {
      for (const line of this.props.lines) line.series.loads.value;
      this.props.current.value;
      this.props.theme.value;
      this.props.range.view.value;
      this.redraw(true);
    }));
    this.stops.push(effect(() => {
      this.props.cursor.value;
      this.moveCursor();
    }));
  }

  update(props: Props): void {
    this.props = props;
    const { lines, limits, marks, cause, hidden, bright, locked, beside } = props;
    Object.assign(this.model, { lines, limits, marks, cause, hidden, bright, locked, beside });
    this.redraw(true);
  }

  /** On paper it is as wide as the sheet, and there whether it was in sight or not. */
  private print = (printing: boolean): void => {
    this.onPaper = printing;
    const width = printing ? paperWidth : this.element.clientWidth;
    if (this.plot && width > 0) this.plot.size(width, this.props.height);
    this.draw();
  };

  private watchSize(): () => void {
    const sight = new IntersectionObserver((entries) => {
      this.visible = entries.some((e) => e.isIntersecting);
      this.redraw(true);
    }, { rootMargin: "100px" });
    const size = new ResizeObserver(() => {
      if (this.onPaper || !this.plot || this.element.clientWidth === 0) return;
      this.plot.size(this.element.clientWidth, this.props.height);
      this.redraw(true);
    });
    sight.observe(this.element);
    size.observe(this.element);
    return () => {
      sight.disconnect();
      size.disconnect();
    };
  }

  private listen(): () => void {
    let end = (): void => undefined;
    let ended = false;
    const host: GestureHost = {
      range: this.props.range, cursor: this.props.cursor,
      box: () => this.plot?.frame() ?? { left: leftRoom, width: this.element.clientWidth - leftRoom },
      next: (time, direction) => this.nextPoint(time, direction),
      select: (from, to) => {
        const f = this.plot?.frame();
        if (f) this.cursor?.select(from, to, f);
      },
      press: (x, y) => {
        const f = this.plot?.frame();
        const mark = f ? markAt(f, this.model, x, y) : null;
        if (mark) this.props.onMark(mark);
        return mark !== null;
      },
    };
    // The chart is drawn first; hands come later.
    void import("./gestures").then(({ listenTo }) => {
      if (!ended) end = listenTo(this.element, host);
    }).catch(() => undefined);
    return () => {
      ended = true;
      end();
    };
  }

  private nextPoint(time: number, direction: 1 | -1): number | null {
    let best: number | null = null;
    for (const d of this.model.drawn) {
      const t = d?.neighbour(time, direction) ?? null;
      if (t !== null && (best === null || direction * (t - best) < 0)) best = t;
    }
    return best;
  }

  private redraw(atOnce: boolean): void {
    if (!this.visible) return;
    if (this.props.paused.peek() && this.plot && !atOnce) return;
    const width = Math.max(200, this.element.clientWidth);
    this.atOnce ||= atOnce;
    (this.job as { every: number }).every = this.atOnce ? 0 : Math.max(250, this.props.range.view.peek().span / width);
    markDrawing(this.job);
  }

  private draw(): void {
    this.atOnce = false;
    const { props, model, element } = this;
    const { from, to } = props.range.window(props.paused.peek() && this.plot ? model.to : serverNow());
    model.from = from;
    model.to = to;
    model.current = props.current.peek();
    model.drawn = model.lines.map((line) => line.series.draw(from, to));
    model.before = model.lines.map((line) => line.before?.draw(2 * from - to, from) ?? null);
    if (this.plot) {
      this.plot.draw();
    } else if (element.clientWidth > 0 && model.drawn.some((d) => d !== null)) {
      this.plot = new Plot(model, element.clientWidth, props.height);
      element.append(this.plot.canvas);
      this.plot.draw();
      this.cursor = new Cursor(element);
    }
    this.moveCursor();
  }

  private moveCursor(): void {
    const f = this.plot?.frame();
    if (f) this.cursor?.show(this.props.cursor.peek(), f, this.model);
  }

  async picture(about: Picture): Promise<Blob | null> {
    return (await import("./export")).exportPicture(this.model, about);
  }

  stop(): void {
    for (const stop of this.stops) stop();
  }
}

export function SeriesChart(props: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart | null>(null);
  const key = props.lines.map((l) => `${l.unit}\n${l.steps}`).join("\n\n");

  useEffect(() => {
    if (!holder.current) return;
    const made = new Chart(holder.current, props);
    chart.current = made;
    props.handle.current = { picture: (about) => made.picture(about) };
    return () => {
      made.stop();
      chart.current = null;
      props.handle.current = null;
    };
  }, [props.range, props.height, key]);
  useEffect(() => chart.current?.update(props));

  return (
    <div ref={holder} class="plot" style={{ height: `${props.height}px` }} tabIndex={0} role="application"
      aria-roledescription="chart" aria-label={props.summary} />
  );
}
