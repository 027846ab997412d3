// SPDX-License-Identifier: Apache-2.0
// Open alerts, worst and newest first. With none open it says what was resolved lately, in the same place.

import { useComputed } from "@preact/signals";
import { ChevronRight } from "lucide-preact";
import { say } from "../../i18n/say";
import { formatClock, formatCount, formatMoment, formatSpan, zoneName } from "../../lib/format";
import { openAlerts, recentAlerts, type Shown } from "../../state/alerts";
import { now } from "../../state/clock";
import { fresh, heardAt } from "../../state/connection";
import { deviceOf } from "../../state/fleet";
import { Hindrance } from "../acknowledge";
import { deviceName, sensorOf } from "../alert-text";
import { AlertRow } from "../alert-row";
import { Glyph } from "../glyph";
import { devicePath } from "../router";
import { phone } from "../screen";

const hour = 3_600_000;
const rowsWide = 6;
const rowsPhone = 3;

function Resolved({ alerts }: { alerts: readonly Shown[] }) {
  return (
    <ul class="resolved">
      {alerts.map((a) => (
        <li key={a.id}>
          <Glyph name="check" />
          <span class="when">{formatMoment(a.resolvedAt ?? a.updatedAt, now.peek())}</span>
          <a href={devicePath(a.deviceId)}>{deviceName(a.deviceId)}</a>
          <span class="quiet">{sensorOf(deviceOf(a.deviceId), a.sensorType).name}, {say.alerts.lasted(formatSpan((a.resolvedAt ?? a.updatedAt) - a.createdAt))}</span>
        </li>
      ))}
    </ul>
  );
}

function Foot({ hidden }: { hidden: number }) {
  const resolved = useComputed(() => recentAlerts.value.filter((a) => a.resolvedAt !== null && a.resolvedAt > now.value - hour).length);
  if (phone.value) {
    return <a class="card-foot card-foot-link" href="/alerts"><span>{say.overview.all(openAlerts.value.length)}</span><ChevronRight size={18} aria-hidden="true" /></a>;
  }
  return (
    <div class="card-foot">
      <span>{fresh.value && <Glyph name="check" />}{fresh.value ? say.overview.resolvedInHour(resolved.value) : <Hindrance />}</span>
      {hidden > 0 && <a href="/alerts">{say.overview.more(hidden)}</a>}
    </div>
  );
}

export function OpenAlertsCard() {
  const open = openAlerts.value;
  const rows = open.slice(0, phone.value ? rowsPhone : rowsWide);
  const lately = open.length === 0 ? recentAlerts.value.filter((a) => a.resolved).slice(0, rowsWide) : [];
  return (
    <section class="card card-alerts" aria-labelledby="open-alerts">
      <header class="card-head">
        <h2 id="open-alerts">{open.length === 0 && lately.length > 0 ? say.overview.resolvedToday : say.overview.openAlerts}</h2>
        <span class="quiet">{open.length === 0 && lately.length > 0 ? say.overview.noneOpen : formatCount(open.length)}</span>
        <span class="card-space" />
        <span class="quiet hide-phone">
          {fresh.value ? "" : `${say.overview.asOf(formatClock(heardAt.value))}, `}{say.overview.timesIn(zoneName(now.value))}
        </span>
        {!phone.value && <a href="/alerts">{say.overview.allAlerts}</a>}
        {phone.value && <span class="quiet">{say.overview.worstFirst}</span>}
      </header>
      {open.length > 0 && <ul class="alert-rows">{rows.map((a) => <AlertRow key={a.id} alert={a} withSpark={!phone.value} />)}</ul>}
      {open.length === 0 && lately.length > 0 && <Resolved alerts={lately} />}
      {open.length === 0 && lately.length === 0 && <p class="empty">{say.overview.noneEver}</p>}
      {(open.length > 0 || !fresh.value) && <Foot hidden={open.length - rows.length} />}
    </section>
  );
}
