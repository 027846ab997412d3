// SPDX-License-Identifier: Apache-2.0
// How is this device, and what happened to it?

import { useComputed } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { en } from "../../i18n/en";
import { formatExact, formatMoment, formatSpan, zoneName } from "../../lib/format";
import type { Device } from "../../net/wire";
import { openAlerts } from "../../state/alerts";
import { now, serverNow } from "../../state/clock";
import { fresh, loadDevice, watchDevice } from "../../state/connection";
import { deviceOf, fleet, readingOf, valuesOf } from "../../state/fleet";
import { rules } from "../../state/rules";
import { Series } from "../../state/series";
import { AcknowledgeButton, Holder, hindrance, Refusal } from "../acknowledge";
import { alertText, sensorOf } from "../alert-text";
import { Glyph, SeverityBadge } from "../glyph";
import { route, setQuery } from "../router";
import { phone } from "../screen";
import { ChartCard } from "./chart-card";
import { Details } from "./details";
import { GaugeCard } from "./gauge-card";

const minute = 60_000;
const ranges = { "15m": 15 * minute, "1h": 60 * minute, "6h": 360 * minute, "24h": 1440 * minute } as const;
type RangeName = keyof typeof ranges;
const rangeNames = Object.keys(ranges) as RangeName[];
const mostCharts = 24;

function rangeOf(query: URLSearchParams): RangeName {
  const given = query.get("range");
  return rangeNames.find((r) => r === given) ?? "1h";
}

function statusText(device: Device): string {
  const since = device.since > 0
    ? en.since(formatMoment(device.since, now.value), zoneName(device.since)) : "";
  return en.statusLine(en.status[device.status], since, device.cause);
}

function lastReadingText(device: Device): string {
  valuesOf(device.id).value;
  let newest = 0;
  for (const s of device.sensors) newest = Math.max(newest, readingOf(device.id, s.id)?.t ?? 0);
  if (newest === 0) return "";
  now.value;
  const age = Math.max(0, serverNow() - newest);
  if (!fresh.value) return en.lastReading(en.age.stale(age));
  return en.lastReading(age < 2000 ? en.age.now : en.age.ago(age));
}

function Head({ device }: { device: Device }) {
  const status = useComputed(() => statusText(device));
  const last = useComputed(() => lastReadingText(device));
  return (
    <header class="device-head">
      <nav class="crumbs"><a href="/devices">{en.device.back}</a>{device.place !== null && <span> / {device.place}</span>}</nav>
      <div class="device-line">
        <h1>{device.name}</h1>
        <p class={`device-state${fresh.value ? "" : " muted"}`} title={formatExact(device.since)}>
          <Glyph name={fresh.value ? device.status : "stale"} /><span>{status}</span><span class="quiet">{last}</span>
        </p>
      </div>
    </header>
  );
}

function Alerts({ device }: { device: Device }) {
  const own = openAlerts.value.filter((a) => a.deviceId === device.id);
  if (own.length === 0) return null;
  return (
    <div class="banners">
      {own.map((a) => (
        <section key={a.id} class={`banner banner-${a.severity}${a.acknowledged ? " banner-held" : ""}`} aria-label={en.severity[a.severity]}>
          <SeverityBadge alert={a} />
          <p><b>{sensorOf(device, a.sensorType).name}</b> {valuesOf(device.id).value >= 0 && alertText(a, now.value)} <Refusal alert={a} /></p>
          {hindrance() === null || a.acknowledged ? <Holder alert={a} /> : <span class="holder">{hindrance()}</span>}
          <AcknowledgeButton alert={a} primary />
        </section>
      ))}
    </div>
  );
}

function RangePicker({ range }: { range: RangeName }) {
  return (
    <div class="segments" role="group" aria-label={en.device.range}>
      {rangeNames.map((r) => (
        <button key={r} type="button" aria-pressed={r === range} onClick={() => setQuery("range", r)}>{en.device.ranges[r]}</button>
      ))}
    </div>
  );
}

/** One series a sensor, shared by its gauge and its chart. */
function useAllSeries(device: string, sensors: string, span: number, points: number): ReadonlyMap<string, Series> {
  const all = useMemo(() => {
    const ids: string[] = JSON.parse(sensors) as string[];
    return new Map(ids.map((id) => [id, new Series(device, id, span, points)] as const));
  }, [device, sensors, span, points]);
  useEffect(() => {
    for (const s of all.values()) s.start();
    return () => {
      for (const s of all.values()) s.stop();
    };
  }, [all]);
  return all;
}

function Known({ device }: { device: Device }) {
  rules.value;
  const range = rangeOf(route.value.query);
  const shown = device.sensors.slice(0, mostCharts);
  const series = useAllSeries(device.id, JSON.stringify(shown.map((s) => s.id)), ranges[range], phone.value ? 360 : 720);
  const alarmed = openAlerts.value.find((a) => a.deviceId === device.id)?.sensorType;
  const first = shown.find((s) => s.id === alarmed) ?? shown[0];
  const ordered = first ? [first, ...shown.filter((s) => s !== first)] : [];
  return (
    <div class="page device">
      <Head device={device} />
      <Alerts device={device} />
      {device.sensors.length === 0 && <p class="empty">{en.device.noSensors}</p>}
      <section class="gauges" aria-label={en.device.values}>
        {device.sensors.map((s) => <GaugeCard key={s.id} device={device} sensor={s} series={series.get(s.id)} />)}
      </section>
      <header class="section-head">
        <h2>{en.device.readings}</h2>
        <span class="card-space" />
        <RangePicker range={range} />
      </header>
      <div class="charts">
        {ordered.map((s) => {
          const own = series.get(s.id);
          return own && <ChartCard key={s.id} device={device} sensor={s} series={own} wide={s === first && ordered.length > 1}
            rangeWords={formatSpan(ranges[range])} />;
        })}
      </div>
      <Details device={device} />
    </div>
  );
}

export function DevicePage({ id }: { id: string }) {
  const [missing, setMissing] = useState(false);
  fleet.value;
  const device = deviceOf(id);
  useEffect(() => watchDevice(id), [id]);
  useEffect(() => {
    if (deviceOf(id)) return;
    loadDevice(id).then((found) => setMissing(!found), () => setMissing(false));
  }, [id]);
  if (device) return <Known device={device} />;
  return (
    <div class="page narrow">
      <nav class="crumbs"><a href="/devices">{en.device.back}</a></nav>
      <h1>{id}</h1>
      {missing && <p class="lead">{en.device.missing}. {en.device.missingHow}</p>}
    </div>
  );
}
