// SPDX-License-Identifier: Apache-2.0
// How is this device, and what happened to it?

import { useComputed } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { say } from "../../i18n/say";
import { formatExact, formatMoment, zoneName } from "../../lib/format";
import type { Device } from "../../net/wire";
import { openAlerts } from "../../state/alerts";
import { now, serverNow } from "../../state/clock";
import { fresh, loadDevice, watchDevice } from "../../state/connection";
import { deviceOf, fleet, readingOf, valuesOf } from "../../state/fleet";
import type { TimeRange } from "../../state/range";
import { rules } from "../../state/rules";
import { Series } from "../../state/series";
import { AcknowledgeButton, Holder, hindrance, Refusal } from "../acknowledge";
import { alertText, sensorOf } from "../alert-text";
import { Glyph, SeverityBadge } from "../glyph";
import { phone } from "../screen";
import { usePageRange } from "../chart/page-range";
import { RangeBar } from "../chart/range-bar";
import { Chunk } from "../chunk";
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

function Head({ device }: { device: Device }) {
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
        <section key={a.id} class={`banner banner-${a.severity}${a.acknowledged ? " banner-held" : ""}`} aria-label={say.severity[a.severity]}>
          <SeverityBadge alert={a} />
          <p><b>{sensorOf(device, a.sensorType).name}</b> {valuesOf(device.id).value >= 0 && alertText(a, now.value)} <Refusal alert={a} /></p>
          {hindrance() === null || a.acknowledged ? <Holder alert={a} /> : <span class="holder">{hindrance()}</span>}
          <AcknowledgeButton alert={a} primary />
        </section>
      ))}
    </div>
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

const loadAlerts = () => import("./alerts-tab").then((m) => m.AlertsTab);
const loadDetails = () => import("./details").then((m) => m.Details);
const loadMessages = () => import("./messages").then((m) => m.MessagesTab);

function Known({ device }: { device: Device }) {
  rules.value;
  const range = usePageRange(usualSpan);
  const ids = JSON.stringify(device.sensors.map((s) => s.id));
  const series = useAllSeries(device.id, ids, range, phone.value ? 360 : 720);
  const days = useAllSeries(device.id, ids, day, dayPoints);
  const open = openAlerts.value.filter((a) => a.deviceId === device.id).length;
  const tabs = [
    { id: "readings", words: say.device.readings }, { id: "alerts", words: say.nav.alerts, note: open > 0 ? say.device.open(open) : "" },
    { id: "messages", words: say.device.messages }, { id: "details", words: say.device.details },
  ];
  const tab = openTab(tabs);
  return (
    <div class="page device">
      <Head device={device} />
      <Alerts device={device} />
      {device.sensors.length === 0 && <p class="empty">{say.device.noSensors}</p>}
      {device.sensors.length > 0 && (
        <section class="gauges" aria-label={say.device.values}>
          {device.sensors.map((s) => <GaugeCard key={s.id} device={device} sensor={s} series={days.get(s.id)} />)}
        </section>
      )}
      <Tabs tabs={tabs} label={say.device.parts}>{tab === "readings" && <RangeBar range={range} />}</Tabs>
      <TabPanel tab={tab}>
        {tab === "readings" && <Readings device={device} series={series} range={range} />}
        {tab === "alerts" && <Chunk load={loadAlerts} loading={say.loading} device={device} />}
        {tab === "messages" && <Chunk load={loadMessages} loading={say.topics.loading} device={device.id} />}
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
