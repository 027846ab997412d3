// SPDX-License-Identifier: Apache-2.0
// Is anything wrong, where, and since when?

import { useComputed } from "@preact/signals";
import { say } from "../../i18n/say";
import { formatClock, formatCount, formatMoment, formatSpan, zoneName } from "../../lib/format";
import type { GlyphName } from "../../lib/shapes";
import { openAlerts, recentAlerts } from "../../state/alerts";
import { now } from "../../state/clock";
import { fresh, heardAt } from "../../state/connection";
import { deviceCount, deviceOf, fleet, fleetCounts, known } from "../../state/fleet";
import { conditionText, deviceName, sensorOf } from "../alert-text";
import { Glyph } from "../glyph";
import { Guard } from "../guard";
import { NoDevices } from "../no-devices";
import { OpenAlertsCard } from "./alerts-card";
import { ChangesCard } from "./changes";
import { attention } from "./facts";
import { FleetCard } from "./fleet-card";
import { Tiles } from "./tiles";

function headline(): string {
  fleet.value;
  if (!known.value) return say.overview.waiting;
  const zone = zoneName(now.value);
  const n = attention();
  if (fresh.value) return n === 0 ? say.overview.allWell(deviceCount()) : say.overview.needAttention(n);
  const at = formatClock(heardAt.value);
  return n === 0 ? say.overview.wereWell(deviceCount(), at, zone) : say.overview.neededAttention(n, at, zone);
}

function lead(): string {
  fleet.value;
  if (!known.value) return "";
  if (!fresh.value) return say.overview.down(formatSpan(now.value - heardAt.value));
  const worst = openAlerts.value[0];
  if (!worst) {
    const { offline, unknown } = fleetCounts();
    if (offline + unknown > 0) return say.overview.worstSilent(offline, unknown);
    const last = Math.max(0, ...recentAlerts.value.map((a) => a.resolvedAt ?? 0));
    return last === 0 ? say.overview.nothingOpen : say.facts.nothingSince(formatMoment(last, now.value), zoneName(last));
  }
  const sensor = sensorOf(deviceOf(worst.deviceId), worst.sensorType);
  const holder = worst.acknowledged ? worst.acknowledgedBy ?? say.overview.somebody : null;
  return say.overview.worst(deviceName(worst.deviceId), sensor.name, conditionText(worst, sensor),
    formatMoment(worst.createdAt, now.value), zoneName(worst.createdAt), holder);
}

function Count({ n, word, glyph }: { n: number; word: string; glyph: GlyphName | null }) {
  const shown = fresh.value ? glyph : "stale";
  return (
    <div class={`fact${n === 0 ? " fact-zero" : ""}${fresh.value ? "" : " muted"}`}>
      <b>{formatCount(n)}</b>
      <span>{shown === null ? <Pulse /> : <Glyph name={shown} />}{word}</span>
    </div>
  );
}

function Pulse() {
  return (
    <svg class="glyph" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      <path d="M.5 6.5h2.4L4.6 1.6 7 10.4l1.6-3.9h2.9" fill="none" stroke="currentColor" stroke-width="1.2"
        stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}

function Facts() {
  fleet.value;
  const c = fleetCounts();
  return (
    <div class="facts" tabIndex={0} role="group" aria-label={say.overview.counts}>
      <Count n={c.online} word={say.status.online} glyph="online" />
      <Count n={c.offline} word={say.status.offline} glyph="offline" />
      <Count n={c.asleep} word={say.status.asleep} glyph="asleep" />
      <Count n={c.unknown} word={say.status.unknown} glyph="unknown" />
      <Count n={Math.round(c.readingsPerSecond)} word={say.readingsRate} glyph={null} />
    </div>
  );
}

export function Overview() {
  const title = useComputed(headline);
  const text = useComputed(lead);
  const empty = useComputed(() => {
    fleet.value;
    return known.value && deviceCount() === 0;
  });
  if (empty.value) return <NoDevices />;
  return (
    <div class="page overview">
      <div class="head">
        <div>
          <h1>{title}</h1>
          <p class="lead">{text}</p>
        </div>
        {known.value && <Facts />}
      </div>
      {known.value && (
        <>
          <div class="row-alerts">
            <Guard><OpenAlertsCard /></Guard>
            <Guard><FleetCard /></Guard>
          </div>
          <Guard><Tiles /></Guard>
          <Guard><ChangesCard /></Guard>
        </>
      )}
    </div>
  );
}
