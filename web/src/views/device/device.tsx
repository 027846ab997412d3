// SPDX-License-Identifier: Apache-2.0
// How is this device, and what happened to it?

import "../chart/parts";
import { useComputed } from "@preact/signals";
import { BellPlus, GitCompareArrows, Pencil } from "lucide-preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { say } from "../../i18n/say";
import { formatExact, formatMoment, formatParts, zoneName } from "../../lib/format";
import type { Device } from "../../net/wire";
import { recentAlerts } from "../../state/alerts";
import { now, serverNow } from "../../state/clock";
import { fresh, loadDevice, watchDevice } from "../../state/connection";
import { deviceOf, fleet, readingOf, valuesOf } from "../../state/fleet";
import type { TimeRange } from "../../state/range";
import { rules } from "../../state/rules";
import { Series } from "../../state/series";
import { mayChange } from "../../state/session";
import { Glyph } from "../glyph";
import { useBar } from "../bar-slot";
import { compareText, mostCompared } from "../compare-address";
import { setQuery } from "../router";
import { phone } from "../screen";
import { usePageRange } from "../chart/page-range";
import { RangeBar } from "../chart/range-bar";
import { Chunk } from "../chunk";
import { styledMore } from "../styles";
import { GaugeCard } from "./gauge-card";
import { Readings } from "./readings";
import { openTab, TabPanel, Tabs } from "./tabs";

const usualSpan = 3_600_000;
const day = 86_400_000;
/** Of the day that a gauge's marks are taken from. */
const dayPoints = 96;

function statusText(device: Device): string {
  const since = device.since > 0
    ? say.since(formatMoment(device.since, now.value), zoneName(device.since)) : "";
  return say.statusLine(say.status[device.status], since, device.cause);
}

function lastReadingText(device: Device): string {
  valuesOf(device.id).value;
  let newest = 0;
  for (const s of device.sensors) newest = Math.max(newest, readingOf(device.id, s.id)?.t ?? 0);
  if (newest === 0) return "";
  now.value;
  const age = Math.max(0, serverNow() - newest);
  if (!fresh.value) return say.lastReading(say.age.stale(age));
  return say.lastReading(age < 2000 ? say.age.now : say.age.ago(age));
}

const icon = { size: 16, strokeWidth: 1.75, "aria-hidden": "true" as const };

function compareAddress(device: Device): string {
  return `/compare?s=${compareText(device.sensors.filter((s) => !s.boolean).slice(0, mostCompared).map((s) => ({ device: device.id, sensor: s.id })))}`;
}

function Head({ device }: { device: Device }) {
  const number = device.sensors.find((s) => !s.boolean);
  const status = useComputed(() => statusText(device));
  const last = useComputed(() => lastReadingText(device));
  return (
    <header class="device-head">
      <nav class="crumbs"><a href="/devices">{say.device.back}</a>{device.place !== null && <span> / {device.place}</span>}</nav>
      <div class="device-line">
        <h1>{device.name}</h1>
        <p class={`device-state${fresh.value ? "" : " muted"}`} title={formatExact(device.since)}>
          <Glyph name={fresh.value ? device.status : "stale"} /><span>{status}</span><span class="quiet">{last}</span>
        </p>
        <span class="card-space" />
        <div class="device-acts">
          {mayChange.value && number && <a class="button" href={`/rules/new?device=${encodeURIComponent(device.id)}&sensor=${encodeURIComponent(number.id)}`}><BellPlus {...icon} />{say.deviceActs.rule}</a>}
          {number && <a class="button" href={compareAddress(device)}><GitCompareArrows {...icon} />{say.deviceActs.compare}</a>}
          {mayChange.value && <button type="button" class="button" onClick={() => setQuery("tab", "details")}><Pencil {...icon} />{say.deviceActs.rename}</button>}
        </div>
      </div>
    </header>
  );
}

/** One series a sensor for as long as the component is there. */
function useAllSeries(device: string, sensors: string, range: TimeRange | number, points: number): ReadonlyMap<string, Series> {
  const all = useMemo(() => {
    const ids: string[] = JSON.parse(sensors) as string[];
    return new Map(ids.map((id) => [id, new Series(device, id, range, points)] as const));
  }, [device, sensors, range, points]);
  useEffect(() => {
    for (const s of all.values()) s.start();
    return () => {
      for (const s of all.values()) s.stop();
    };
  }, [all]);
  return all;
}

const loadBanners = () => import("./banners").then((m) => m.Banners);
const loadAlerts = () => import("./alerts-tab").then((m) => m.AlertsTab);
const loadDetails = () => styledMore(import("./details")).then((m) => m.Details);
const loadMessages = () => styledMore(import("./messages")).then((m) => m.MessagesTab);

function Known({ device }: { device: Device }) {
  rules.value;
  const range = usePageRange(usualSpan);
  const ids = JSON.stringify(device.sensors.map((s) => s.id));
  const series = useAllSeries(device.id, ids, range, phone.value ? 360 : 720);
  const days = useAllSeries(device.id, ids, day, dayPoints);
  const own = recentAlerts.value.filter((a) => a.deviceId === device.id);
  const open = own.filter((a) => !a.resolved).length;
  const note = formatParts(open > 0 ? say.deviceActs.open(open) : "", own.length > open ? say.deviceActs.lately(own.length) : "");
  const tabs = [
    { id: "readings", words: say.device.readings }, { id: "alerts", words: say.nav.alerts, note },
    { id: "messages", words: say.device.messages }, { id: "details", words: say.device.details },
  ];
  const tab = openTab(tabs);
  const inBar = useBar(tab === "readings" ? <RangeBar range={range} /> : null, tab === "readings" && range);
  return (
    <div class="page device">
      <Head device={device} />
      {open > 0 && <div class="banners"><Chunk load={loadBanners} loading="" device={device} series={series} /></div>}
      {device.sensors.length === 0 && <p class="empty">{say.device.noSensors}</p>}
      {device.sensors.length > 0 && (
        <section class="gauges" aria-label={say.device.values}>
          {device.sensors.map((s) => <GaugeCard key={s.id} device={device} sensor={s} series={days.get(s.id)} />)}
        </section>
      )}
      <Tabs tabs={tabs} label={say.device.parts}>{tab === "readings" && !inBar && <RangeBar range={range} />}</Tabs>
      <TabPanel tab={tab}>
        {tab === "readings" && <Readings device={device} series={series} range={range} />}
        {tab === "alerts" && <Chunk load={loadAlerts} loading={say.loading} device={device} />}
        {tab === "messages" && <Chunk load={loadMessages} loading={say.loading} device={device.id} />}
        {tab === "details" && <Chunk load={loadDetails} loading={say.loading} device={device} />}
      </TabPanel>
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
      <nav class="crumbs"><a href="/devices">{say.device.back}</a></nav>
      <h1>{id}</h1>
      {!missing && <div class="waiting" aria-hidden="true" />}
      {missing && <p class="lead">{say.device.missing}. {say.device.missingHow}</p>}
    </div>
  );
}
