// SPDX-License-Identifier: Apache-2.0
// Widgets of series: a chart, values, gauges, a table. Each device that they name is watched while they are on the screen.

import { useComputed } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Line } from "../../charts/model";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import type { GaugeShape } from "../../lib/board";
import type { SeriesRef } from "../../lib/series-name";
import { shownUnit } from "../../lib/units";
import type { Device, Sensor } from "../../net/wire";
import { watchDevice } from "../../state/connection";
import { deviceOf, fleet, known, shownOf, valuesOf } from "../../state/fleet";
import type { TimeRange } from "../../state/range";
import { rulesFor } from "../../state/rules";
import { Series } from "../../state/series";
import { sensorOf } from "../alert-text";
import { ChartCard } from "../chart/chart-card";
import { marksOf, type EventMark } from "../chart/marks";
import { Chunk } from "../chunk";
import { crosses, plotLimits } from "../device/limits";
import { useStatusHistory } from "../device/readings";
import { Glyph } from "../glyph";
import { Tile } from "../overview/tiles";
import { devicePath } from "../router";
import { BoardGauge } from "./gauge-widget";
import { To } from "../to";
import { isMuted, lineParts, useValue } from "../value";

interface Found {
  readonly device: Device;
  readonly sensor: Sensor;
}

const keyOf = (refs: readonly SeriesRef[]): string => refs.map((r) => `${r.device}\n${r.sensor}`).join("\n\n");

/** The devices and sensors that are known; the rest may come. */
function useFound(refs: readonly SeriesRef[]): readonly Found[] {
  fleet.value;
  const devices = [...new Set(refs.map((r) => r.device))];
  useEffect(() => {
    const stops = devices.map(watchDevice);
    return () => stops.forEach((stop) => stop());
  }, [devices.join("\n")]);
  return refs.flatMap(({ device: id, sensor }) => {
    const device = deviceOf(id);
    return device ? [{ device, sensor: sensorOf(device, sensor) }] : [];
  });
}

/** What can't be shown, and why: nothing was chosen, it is not known yet, or nobody here knows it. */
function Missing({ refs, found }: { refs: readonly SeriesRef[]; found: readonly Found[] }) {
  if (refs.length === 0) return <p class="empty">{tools.boards.noSeries}</p>;
  if (!known.value) return <p class="empty" aria-busy="true">{say.loading}</p>;
  const gone = refs.filter((r) => !found.some((f) => f.device.id === r.device));
  return gone.length === 0 ? null : <p class="empty">{tools.boards.unknownDevices([...new Set(gone.map((g) => g.device))].join(", "))}</p>;
}

const points = 1000;

function useLines(found: readonly Found[], range: TimeRange): readonly Line[] {
  const key = keyOf(found.map((f) => ({ device: f.device.id, sensor: f.sensor.id })));
  const series = useMemo(() => found.map((f) => new Series(f.device.id, f.sensor.id, range, points)), [key, range]);
  useEffect(() => {
    for (const one of series) one.start();
    return () => { for (const one of series) one.stop(); };
  }, [series]);
  const several = new Set(found.map((f) => f.device.id)).size > 1;
  return found.flatMap((f, i) => {
    const own = series[i];
    return own ? [{
      series: own, name: several ? `${f.device.name} ${f.sensor.name}` : f.sensor.name, ...lineParts(f.device.id, f.sensor), colour: `--series${(i % 12) + 1}`,
      dashed: i >= 8,
    }] : [];
  });
}

const noCause = (): null => null;
const loadEvents = () => import("../chart/events-drawer").then((m) => m.EventsDrawer);

/** The limits of a chart of one series, which change their look when they are crossed. */
function useLimits(only: Found | null) {
  const rules = only ? rulesFor(only.device.id, only.sensor.id) : [];
  const crossed = useComputed(() => {
    if (!only) return "";
    valuesOf(only.device.id).value;
    const v = shownOf(only.device.id, only.sensor.id);
    return rules.map((r) => (crosses(r, v) ? "1" : "0")).join("");
  });
  return useMemo(() => (only ? plotLimits(rules, only.sensor, shownOf(only.device.id, only.sensor.id)) : []),
    [only?.device.id, only?.sensor.id, rules.map((r) => `${r.id}:${r.threshold}:${r.severity}`).join(), crossed.value]);
}

interface ChartParts {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly range: TimeRange;
  readonly height: number;
  readonly only: Found | null;
}

/** A chart about one device tells also what happened to it. */
function DeviceChart({ device, ...parts }: ChartParts & { device: Device }) {
  const { title, lines, range, height, only } = parts;
  const history = useStatusHistory(device);
  const limits = useLimits(only);
  const [chosen, choose] = useState<EventMark | null>(null);
  const marks = useComputed(() => marksOf(device.id, history.stretches.value));
  const cause = useMemo(() => (from: number, to: number) => history.causeOf(from, to), [history]);
  return (
    <>
      <ChartCard title={title} lines={lines} range={range} limits={limits} marks={marks.value} cause={cause} onMark={choose} height={height} />
      {chosen && <Chunk load={loadEvents} loading={say.loading} marks={marks.value} chosen={chosen} onClose={() => choose(null)} />}
    </>
  );
}

const noMarks: readonly never[] = [];
const nothing = (): void => undefined;

export function ChartWidget({ refs, title, range, height }: { refs: readonly SeriesRef[]; title: string; range: TimeRange; height: number }) {
  const found = useFound(refs);
  const lines = useLines(found, range);
  const [first] = found;
  if (lines.length === 0 || !first) return <section class="card widget-card" aria-label={title || tools.boards.types.chart}>{title !== "" && <header class="card-head"><h3>{title}</h3></header>}<Missing refs={refs} found={found} /></section>;
  const own = title === "" ? `${first.device.name}, ${lines.map((l) => l.name).join(", ")}` : title;
  if (found.every((f) => f.device.id === first.device.id)) {
    return <DeviceChart key={first.device.id} device={first.device} title={own} lines={lines} range={range} height={height} only={found.length === 1 ? first : null} />;
  }
  return <ChartCard title={own} lines={lines} range={range} limits={noMarks} marks={noMarks} cause={noCause} onMark={nothing} height={height} />;
}

export function ValueWidget({ refs }: { refs: readonly SeriesRef[] }) {
  const found = useFound(refs);
  return (
    <div class="widget-values">
      {found.map((f) => <Tile key={`${f.device.id}\n${f.sensor.id}`} device={f.device} sensor={f.sensor} />)}
      <Missing refs={refs} found={found} />
    </div>
  );
}

export function GaugeWidget({ refs, shape }: { refs: readonly SeriesRef[]; shape: GaugeShape }) {
  const found = useFound(refs);
  return (
    <div class="widget-values">
      {found.map((f) => <BoardGauge key={`${f.device.id}\n${f.sensor.id}`} device={f.device} sensor={f.sensor} shape={shape} />)}
      <Missing refs={refs} found={found} />
    </div>
  );
}

function Row({ device, sensor }: Found) {
  const value = useValue(device.id, sensor);
  const classes = useComputed(() => `number-cell value-${value.state.value}`);
  return (
    <tr>
      <th scope="row"><To href={devicePath(device.id)}>{device.name}</To></th>
      <td>{sensor.name}</td>
      <td class={classes}><b>{value.text}</b> {shownUnit(sensor.unit)}</td>
      <td class="quiet">{isMuted(value.state.value) && <Glyph name="stale" />}{value.age}</td>
    </tr>
  );
}

export function TableWidget({ refs }: { refs: readonly SeriesRef[] }) {
  const found = useFound(refs);
  return (
    <div class="widget-scroll" tabIndex={0} role="group" aria-label={tools.boards.types.table}>
      {found.length > 0 && (
        <table class="widget-table">
          <thead><tr><th scope="col">{tools.boards.device}</th><th scope="col">{tools.boards.sensor}</th><th scope="col">{tools.boards.value}</th><th scope="col">{tools.boards.age}</th></tr></thead>
          <tbody>{found.map((f) => <Row key={`${f.device.id}\n${f.sensor.id}`} {...f} />)}</tbody>
        </table>
      )}
      <Missing refs={refs} found={found} />
    </div>
  );
}
