// SPDX-License-Identifier: Apache-2.0
// The open alerts of a device above everything else: what, since when, what probably led to it, and what can be done.

import { useComputed } from "@preact/signals";
import { say } from "../../i18n/say";
import type { Device } from "../../net/wire";
import { openAlerts, type Shown } from "../../state/alerts";
import { now } from "../../state/clock";
import { valuesOf } from "../../state/fleet";
import type { Series } from "../../state/series";
import { mayChange } from "../../state/session";
import { AcknowledgeButton, Holder, hindrance, Refusal } from "../acknowledge";
import { alertText, sensorOf } from "../alert-text";
import { Chunk } from "../chunk";
import { SeverityBadge } from "../glyph";
import { tooled } from "../styles";
import { likelyCause } from "./likely";

const loadSnooze = () => tooled(import("../alerting/snooze")).then((m) => m.SnoozeMenu);

/** What probably led to it, looked at anew every few seconds. */
function Likely({ device, alert, series }: { device: Device; alert: Shown; series: ReadonlyMap<string, Series> }) {
  const words = useComputed(() => {
    for (const s of series.values()) s.loads.value;
    return likelyCause(device, alert, (id) => series.get(id)?.shown() ?? null, Math.floor(now.value / 5000) * 5000);
  });
  return <>{words}</>;
}

export function Banners({ device, series }: { device: Device; series: ReadonlyMap<string, Series> }) {
  const own = openAlerts.value.filter((a) => a.deviceId === device.id);
  if (own.length === 0) return null;
  return (
    <>
      {own.map((a) => (
        <section key={a.id} class={`banner banner-${a.severity}${a.acknowledged ? " banner-held" : ""}`} aria-label={say.severity[a.severity]}>
          <SeverityBadge alert={a} />
          <p><b>{sensorOf(device, a.sensorType).name}</b> {valuesOf(device.id).value >= 0 && alertText(a, now.value)}. <Likely device={device} alert={a} series={series} /> <Refusal alert={a} /></p>
          {hindrance() === null || a.acknowledged ? <Holder alert={a} /> : <span class="holder">{hindrance()}</span>}
          {mayChange.value && a.muted === null && <span class="banner-snooze"><Chunk load={loadSnooze} loading="" alert={a} /></span>}
          <AcknowledgeButton alert={a} primary />
        </section>
      ))}
    </>
  );
}
