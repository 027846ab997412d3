// SPDX-License-Identifier: Apache-2.0
import { say } from "../../i18n/say";
import { formatExact, formatMoment, formatSpan } from "../../lib/format";
import type { Shown } from "../../state/alerts";
import { now } from "../../state/clock";
import { deviceOf, fleet } from "../../state/fleet";
import { deviceName, sensorOf, valueAndCondition } from "../alert-text";
import { SeverityBadge } from "../glyph";
import { alertPath } from "../router";

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
              <div class="alert-title"><a href={alertPath(a.id)}>{deviceName(a.deviceId)}</a><span> · {sensorOf(deviceOf(a.deviceId), a.sensorType).name}</span></div>
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
