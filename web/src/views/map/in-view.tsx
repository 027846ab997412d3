// SPDX-License-Identifier: Apache-2.0
// What the map shows, as a list: worst first, a click opens it.

import type { Signal } from "@preact/signals";
import { say } from "../../i18n/say";
import { compareNames, formatSpan } from "../../lib/format";
import type { Device } from "../../net/wire";
import { worstByDevice } from "../../state/alerts";
import { now } from "../../state/clock";
import { fresh } from "../../state/connection";
import { deviceCount, fleet } from "../../state/fleet";
import { sensorOf, valueAndCondition } from "../alert-text";
import { Glyph } from "../glyph";
import { badness, deviceGlyph } from "../overview/facts";
import { devicePath } from "../router";

const mostRows = 100;

function about(d: Device): string {
  const a = worstByDevice.value.get(d.id);
  const what = a ? `${sensorOf(d, a.sensorType).name} ${valueAndCondition(a)}`
    : d.status === "online" ? say.status.online : say.event.status(say.status[d.status], d.cause);
  return d.place === null ? what : `${d.place} · ${what}`;
}

function age(d: Device): string {
  const a = worstByDevice.value.get(d.id);
  if (a) return formatSpan(now.value - a.createdAt);
  return d.status === "online" && fresh.value ? "" : say.age.ago(Math.max(0, now.value - d.lastSeen));
}

export function InView({ spot, inView }: {
  spot: Signal<readonly Device[] | null>; inView: Signal<readonly Device[]>;
}) {
  fleet.value;
  const worst = worstByDevice.value;
  const list = [...(spot.value ?? inView.value)].sort((a, b) => badness(b, worst) - badness(a, worst) || compareNames(a.name, b.name));
  return (
    <section class="map-list card" aria-labelledby="in-view">
      <header class="card-head">
        <h2 id="in-view">{spot.value ? say.map.here : say.map.inView}</h2>
        <span class="quiet">{say.map.of(list.length, deviceCount())}</span>
        <span class="card-space" />
        {spot.value
          ? <button type="button" class="link" onClick={() => { spot.value = null; }}>{say.map.showAll}</button>
          : <a href="/devices">{say.overview.asList}</a>}
      </header>
      <ul>
        {list.slice(0, mostRows).map((d) => (
          <li key={d.id}>
            <a href={devicePath(d.id)}>
              <Glyph name={deviceGlyph(d, worst)} size={13} />
              <span class="map-item"><b>{d.name}</b><small>{about(d)}</small></span>
              <span class="quiet">{age(d)}</span>
            </a>
          </li>
        ))}
      </ul>
      {list.length > mostRows && <p class="quiet card-note">{say.overview.more(list.length - mostRows)}</p>}
    </section>
  );
}
