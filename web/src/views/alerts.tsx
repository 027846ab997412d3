// SPDX-License-Identifier: Apache-2.0
// All open alerts, and below them what was resolved.

import { useEffect } from "preact/hooks";
import { say } from "../i18n/say";
import { formatExact, formatMoment, formatSpan } from "../lib/format";
import { loadRecentAlerts, openAlerts, recentAlerts, type Shown } from "../state/alerts";
import { now } from "../state/clock";
import { deviceOf, fleet } from "../state/fleet";
import { Hindrance } from "./acknowledge";
import { AlertRow } from "./alert-row";
import { deviceName, sensorOf, valueAndCondition } from "./alert-text";
import { SeverityBadge } from "./glyph";
import { devicePath } from "./router";

const mostRows = 200;
const mostSparks = 12;

/** What is over, as rows. */
export function Resolved({ done }: { done: readonly Shown[] }) {
  fleet.value;
  if (done.length === 0) return null;
  return (
    <section class="card" aria-labelledby="resolved">
      <header class="card-head"><h2 id="resolved">{say.alerts.history}</h2><span class="quiet">{done.length}</span></header>
      <ul class="alert-rows">
        {done.map((a) => (
          <li key={a.id} class="alert-row alert-done">
            <SeverityBadge alert={a} />
            <div class="alert-words">
              <div class="alert-title"><a href={devicePath(a.deviceId)}>{deviceName(a.deviceId)}</a><span> · {sensorOf(deviceOf(a.deviceId), a.sensorType).name}</span></div>
              <div class="alert-text">{valueAndCondition(a)}</div>
            </div>
            <span class="alert-span quiet" title={formatExact(a.createdAt)}>
              {say.alerts.at(formatMoment(a.createdAt, now.peek()), formatMoment(a.resolvedAt ?? a.updatedAt, now.peek()))}, {say.alerts.lasted(formatSpan((a.resolvedAt ?? a.updatedAt) - a.createdAt))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function AlertsPage() {
  useEffect(() => void loadRecentAlerts().catch(() => undefined), []);
  const open = openAlerts.value;
  return (
    <div class="page">
      <div class="head"><h1>{say.alerts.openCount(open.length)}</h1></div>
      <Hindrance />
      {open.length > 0 && (
        <section class="card" aria-label={say.overview.openAlerts}>
          <ul class="alert-rows">{open.slice(0, mostRows).map((a, i) => <AlertRow key={a.id} alert={a} withSpark={i < mostSparks} />)}</ul>
        </section>
      )}
      <Resolved done={recentAlerts.value.filter((a) => a.resolved).slice(0, mostRows)} />
    </div>
  );
}
