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
import { AlertRow, AlertSpark } from "../alert-row";
import { deviceName, sensorOf, valueAndCondition } from "../alert-text";
import { Glyph } from "../glyph";
import { alertPath, devicePath } from "../router";
import { phone } from "../screen";
import { medianTaken } from "./facts";

const hour = 3_600_000;
const day = 24 * hour;
const rowsWide = 6;
const rowsPhone = 3;
const mostNamed = 2;

function ResolvedRow({ alert }: { alert: Shown }) {
  const at = alert.resolvedAt ?? alert.updatedAt;
  return (
    <li class="resolved-row">
      <span class="badge badge-done"><Glyph name="check" />{say.facts.resolved}</span>
      <div class="alert-words">
        <div class="alert-title"><a href={devicePath(alert.deviceId)}>{deviceName(alert.deviceId)}</a><span> · {sensorOf(deviceOf(alert.deviceId), alert.sensorType).name}</span></div>
        <div class="alert-text"><a class="quiet-link" href={alertPath(alert.id)}>{say.facts.was(valueAndCondition(alert), formatSpan(at - alert.createdAt))}</a></div>
      </div>
      {!phone.value && <AlertSpark key={alert.id} alert={alert} />}
      <span class="alert-when">{say.facts.at(formatMoment(at, now.peek()))}</span>
      <span class="holder">{alert.acknowledgedBy ?? say.facts.nobody}</span>
    </li>
  );
}

/** How it went of late: how much was resolved, how quickly somebody was there. */
function useLately(open: boolean): string {
  const words = useComputed(() => {
    const since = now.value - day;
    const recent = recentAlerts.value.filter((a) => a.createdAt > since);
    const median = medianTaken(recent);
    const done = recentAlerts.value.filter((a) => a.resolvedAt !== null && a.resolvedAt > now.value - hour).length;
    return [open ? say.overview.resolvedInHour(done) : say.facts.inDay(recent.length), median === null ? "" : say.facts.medianTaken(formatSpan(median))].filter((s) => s !== "").join(", ");
  });
  return words.value;
}

function Foot({ hidden }: { hidden: readonly Shown[] }) {
  const lately = useLately(openAlerts.value.length > 0);
  if (phone.value && openAlerts.value.length > 0) {
    return <a class="card-foot card-foot-link" href="/alerts"><span>{say.overview.all(openAlerts.value.length)}</span><ChevronRight size={18} aria-hidden="true" /></a>;
  }
  const names = hidden.slice(0, mostNamed).map((a) => `${deviceName(a.deviceId)} ${sensorOf(deviceOf(a.deviceId), a.sensorType).name}`).join(", ");
  return (
    <div class="card-foot">
      <span>{fresh.value && openAlerts.value.length > 0 && <Glyph name="check" />}{fresh.value ? lately : <Hindrance />}</span>
      {hidden.length > 0 && <a href="/alerts">{say.facts.more(hidden.length, names)}</a>}
    </div>
  );
}

export function OpenAlertsCard() {
  const open = openAlerts.value;
  const most = phone.value ? rowsPhone : rowsWide;
  const rows = open.slice(0, most);
  const lately = open.length === 0 ? recentAlerts.value.filter((a) => a.resolved).slice(0, most) : [];
  const well = open.length === 0 && lately.length > 0;
  return (
    <section class="card card-alerts" aria-labelledby="open-alerts">
      <header class="card-head">
        <h2 id="open-alerts">{well ? say.facts.noneOpen : say.overview.openAlerts}</h2>
        <span class="quiet">{well ? say.facts.resolvedLately : formatCount(open.length)}</span>
        <span class="card-space" />
        <span class="quiet hide-phone">
          {fresh.value ? "" : `${say.overview.asOf(formatClock(heardAt.value))}, `}{say.overview.timesIn(zoneName(now.value))}
        </span>
        {!phone.value && <a href={well ? "/alerts?tab=history" : "/alerts"}>{well ? say.facts.history : say.overview.allAlerts}</a>}
        {phone.value && !well && <span class="quiet">{say.overview.worstFirst}</span>}
      </header>
      {open.length > 0 && <ul class="alert-rows">{rows.map((a) => <AlertRow key={a.id} alert={a} withSpark={!phone.value} />)}</ul>}
      {well && <ul class="alert-rows alert-rows-done">{lately.map((a) => <ResolvedRow key={a.id} alert={a} />)}</ul>}
      {open.length === 0 && lately.length === 0 && <p class="empty">{say.overview.noneEver}</p>}
      {(open.length > 0 || well || !fresh.value) && <Foot hidden={open.slice(rows.length)} />}
    </section>
  );
}
