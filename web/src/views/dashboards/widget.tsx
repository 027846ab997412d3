// SPDX-License-Identifier: Apache-2.0
// One widget of a dashboard, by its type. It fails alone: the others go on.

import { useComputed } from "@preact/signals";
import { useErrorBoundary } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import type { Widget } from "../../lib/board";
import { formatClock, zoneName } from "../../lib/format";
import { resolveSeries, type SeriesRef } from "../../lib/series-name";
import { openAlerts } from "../../state/alerts";
import { now } from "../../state/clock";
import type { TimeRange } from "../../state/range";
import { AlertRow } from "../alert-row";
import { FleetCard } from "../overview/fleet-card";
import { wallZoom } from "../wall-zoom";
import { Chunk } from "../chunk";
import { CountsWidget } from "./counts-widget";
import { ImageWidget } from "./image-widget";
import { LanesWidget } from "./lanes-widget";
import type { Shown } from "./shown";
import { ChartWidget, GaugeWidget, TableWidget, ValueWidget } from "./series-widgets";
import { TextWidget } from "./text-widget";

export const rowHeight = 40;
export const gap = 12;
/** What a chart's head and legend take of its height. */
const chartFrame = 108;

export const heightOf = (rows: number, row = rowHeight): number => rows * row + (rows - 1) * gap;
/** On a wall a chart has no legend. */
const wallFrame = 62;

/** Types that show all chosen devices at once. */
const many: readonly Widget["type"][] = ["table", "chart", "lanes"];

function refsOf({ widget, values, devices, whole }: Shown): SeriesRef[] {
  const all = whole || (widget.repeat === null && many.includes(widget.type));
  const sets = all && widget.series.some((s) => s.startsWith("$")) ? devices.map((device) => new Map([...values.keys()].map((name) => [name, device]))) : [values];
  const found = new Map<string, SeriesRef>();
  for (const ref of sets.flatMap((set) => widget.series.map((s) => resolveSeries(s, set)))) if (ref) found.set(`${ref.device}\n${ref.sensor}`, ref);
  return [...found.values()];
}

function AlertsWidget({ devices }: { devices: readonly string[] }) {
  const open = openAlerts.value.filter((a) => devices.length === 0 || devices.includes(a.deviceId));
  return (
    <div class="widget-scroll" tabIndex={0} role="group" aria-label={tools.boards.types.alerts}>
      {open.length === 0 ? <p class="empty">{tools.boards.noAlerts}</p> : <ul class="alert-rows">{open.slice(0, 50).map((a) => <AlertRow key={a.id} alert={a} withSpark={false} />)}</ul>}
    </div>
  );
}

function Clock() {
  const time = useComputed(() => formatClock(now.value));
  const zone = useComputed(() => zoneName(now.value));
  return <p class="widget-clock"><b>{time}</b> <span class="quiet">{zone}</span></p>;
}

const loadMap = () => import("./map-widget").then((m) => m.MapWidget);

/** The devices of the series that were chosen, else those that the variables choose. */
function lanesOf(shown: Shown): readonly string[] {
  const named = [...new Set(refsOf(shown).map((r) => r.device))];
  return named.length > 0 ? named : shown.devices;
}

function Content({ shown, title, range, row }: { shown: Shown; title: string; range: TimeRange; row: number }) {
  const { widget } = shown;
  switch (widget.type) {
    case "chart": return <ChartWidget refs={refsOf(shown)} title={title} range={range} height={Math.max(60, heightOf(widget.box.h, row) - (wallZoom.value > 1 ? wallFrame : chartFrame))} />;
    case "value": return <ValueWidget refs={refsOf(shown)} />;
    case "gauge": return <GaugeWidget refs={refsOf(shown)} shape={widget.shape} />;
    case "table": return <TableWidget refs={refsOf(shown)} />;
    case "alerts": return <AlertsWidget devices={shown.scope} />;
    case "map": return <Chunk load={loadMap} loading={say.loading} ids={shown.scope} />;
    case "squares": return <FleetCard />;
    case "counts": return <CountsWidget ids={shown.scope} />;
    case "lanes": return <LanesWidget ids={lanesOf(shown)} range={range} />;
    case "text": return <TextWidget text={widget.text} />;
    case "image": return <ImageWidget plan={widget.plan} title={widget.title} />;
    case "clock": return <Clock />;
  }
}

/** Types that bring a card and a title of their own. */
const framed: readonly Widget["type"][] = ["chart", "value", "gauge", "squares"];

/** `row`: what a row of the grid is high. */
export function WidgetView({ shown, range, row = rowHeight }: { shown: Shown; range: TimeRange; row?: number }) {
  const [error, retry] = useErrorBoundary();
  const { widget } = shown;
  if (error !== undefined) {
    return <div class="card widget-failed" role="alert">{tools.boards.widgetFailed} <button type="button" class="button" onClick={retry}>{say.chart.retry}</button></div>;
  }
  const title = [widget.title, shown.label].filter((part) => part !== "").join(": ");
  if (framed.includes(widget.type)) {
    const content = <Content shown={shown} title={title} range={range} row={row} />;
    return shown.whole && widget.type !== "chart" ? <section class="widget-group" aria-label={title}><h3>{title}</h3>{content}</section> : content;
  }
  return (
    <section class={`card widget-card widget-of-${widget.type}`} aria-label={title || tools.boards.types[widget.type]}>
      {title !== "" && <header class="card-head"><h3>{title}</h3></header>}
      <Content shown={shown} title={title} range={range} row={row} />
    </section>
  );
}
