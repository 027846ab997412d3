// SPDX-License-Identifier: Apache-2.0
// The readings of a device: its charts on one range, with what happened to it.

import { useComputed } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Line } from "../../charts/model";
import { say } from "../../i18n/say";
import type { Device, Sensor } from "../../net/wire";
import { openAlerts } from "../../state/alerts";
import { now } from "../../state/clock";
import { StatusHistory } from "../../state/events";
import { readingOf, shownOf, valuesOf } from "../../state/fleet";
import type { TimeRange } from "../../state/range";
import { rulesFor } from "../../state/rules";
import type { Series } from "../../state/series";
import { ChartCard } from "../chart/chart-card";
import { Chunk } from "../chunk";
import { Guard } from "../guard";
import { inWindow, marksOf, type EventMark } from "../chart/marks";
import { AvailabilityLane } from "./availability";
import { styledMore } from "../styles";
import { lineParts, switchWord } from "../value";
import { crosses, plotLimits } from "./limits";

const mostTogether = 4;
/** Temperatures further apart than this would flatten each other. */
const nearDegrees = 12;

function near(a: number | null, b: number | null): boolean {
  return a !== null && b !== null && Math.abs(a - b) <= nearDegrees;
}

/** Sensors that share a chart: switches, and temperatures that lie near each other, four at most. */
export function groupSensors(sensors: readonly Sensor[], first: string | undefined, valueOf: (sensor: string) => number | null = () => null): readonly (readonly Sensor[])[] {
  const groups: Sensor[][] = [];
  const ordered = first === undefined ? sensors : [...sensors.filter((s) => s.id === first), ...sensors.filter((s) => s.id !== first)];
  const together = (a: Sensor, b: Sensor): boolean => (a.boolean || b.boolean ? a.boolean && b.boolean
    : a.unit === b.unit && /^(°[CF]|K)$/.test(a.unit) && near(valueOf(a.id), valueOf(b.id)));
  for (const s of ordered) {
    const fits = groups.find((g) => g[0] && g.length < mostTogether && together(g[0], s));
    if (fits) fits.push(s);
    else groups.push([s]);
  }
  return groups;
}

function lineOf(device: Device, sensor: Sensor, series: Series, index: number): Line {
  return {
    series, name: sensor.name, ...lineParts(device.id, sensor), colour: `--series${(index % 12) + 1}`, dashed: index >= 8,
    ...(sensor.boolean ? { states: [switchWord(sensor, 0), switchWord(sensor, 1)] as const } : {}),
  };
}

function SensorChart({ device, sensors, series, range, wide, marks, cause, onMark }: {
  device: Device; sensors: readonly Sensor[]; series: ReadonlyMap<string, Series>; range: TimeRange; wide: boolean;
  marks: readonly EventMark[]; cause: (from: number, to: number) => string | null; onMark: (mark: EventMark) => void;
}) {
  const [first] = sensors;
  const ruled = sensors.filter((s) => !s.boolean).flatMap((sensor) => rulesFor(device.id, sensor.id).map((rule) => ({ sensor, rule })));
  // The limits change colour when they are crossed, not with every value.
  const crossed = useComputed(() => {
    valuesOf(device.id).value;
    return ruled.map(({ sensor, rule }) => (crosses(rule, shownOf(device.id, sensor.id)) ? "1" : "0")).join("");
  });
  const limits = useMemo(() => ruled.flatMap(({ sensor, rule }) => plotLimits([rule], sensor, shownOf(device.id, sensor.id))),
    [ruled.map(({ rule: r }) => `${r.id}:${r.threshold}:${r.clear}:${r.severity}:${r.name}`).join(), first, crossed.value]);
  const lines = sensors.flatMap((s, i) => {
    const own = series.get(s.id);
    return own ? [lineOf(device, s, own, i)] : [];
  });
  if (!first) return null;
  const compare = `/compare?s=${sensors.map((s) => `${encodeURIComponent(device.id)}/${encodeURIComponent(s.id)}`).join(",")}`;
  return (
    <ChartCard title={sensors.map((s) => s.name).join(", ")} lines={lines} range={range} limits={limits} marks={marks} cause={cause}
      onMark={onMark} wide={wide} compare={compare} />
  );
}

export function useStatusHistory(device: Device): StatusHistory {
  const sensor = device.sensors[0]?.id ?? "";
  const history = useMemo(() => new StatusHistory(device.id, sensor), [device.id, sensor]);
  useEffect(() => {
    if (sensor === "") return;
    history.start();
    return () => history.stop();
  }, [history]);
  useEffect(() => history.take(device.status, device.cause, device.since), [history, device.status, device.since]);
  return history;
}

const mostCharts = 24;
const loadEvents = () => styledMore(import("../chart/events-drawer")).then((m) => m.EventsDrawer);

export function Readings({ device, series, range }: { device: Device; series: ReadonlyMap<string, Series>; range: TimeRange }) {
  const history = useStatusHistory(device);
  const [chosen, choose] = useState<EventMark | "list" | null>(null);
  const marks = useComputed(() => marksOf(device.id, history.stretches.value));
  const within = useComputed(() => {
    range.view.value;
    const { from, to } = range.window(Math.floor(now.value / 5000) * 5000);
    return inWindow(marks.value, from, to);
  });
  const alarmed = openAlerts.value.find((a) => a.deviceId === device.id)?.sensorType;
  const ids = device.sensors.map((s) => s.id).join("\n");
  // What belongs together is found once: a chart does not fall apart while one looks at it.
  const groups = useMemo(() => groupSensors(device.sensors.slice(0, mostCharts), alarmed, (id) => readingOf(device.id, id)?.v ?? null), [device.id, ids, alarmed]);
  const cause = useMemo(() => (from: number, to: number) => history.causeOf(from, to), [history]);
  return (
    <>
      <div class="availability-row">
        <AvailabilityLane stretches={history.stretches.value} />
        <button type="button" class="link" onClick={() => choose("list")}>{say.events.inRange(within.value.length)}</button>
      </div>
      <div class="charts">
        {groups.map((g, i) => (
          <Guard key={g.map((s) => s.id).join("\n")}>
            <SensorChart device={device} sensors={g} series={series} range={range} wide={i === 0 && groups.length > 1}
              marks={marks.value} cause={cause} onMark={choose} />
          </Guard>
        ))}
      </div>
      {chosen !== null && <Chunk load={loadEvents} loading={say.loading} marks={within.value} chosen={chosen === "list" ? null : chosen} onClose={() => choose(null)} />}
    </>
  );
}
