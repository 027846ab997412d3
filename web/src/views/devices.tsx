// SPDX-License-Identifier: Apache-2.0
// All devices: search, status, newest values, and the way to each.

import { useComputed } from "@preact/signals";
import { Search } from "lucide-preact";
import { say } from "../i18n/say";
import { compareNames, formatValue } from "../lib/format";
import type { Device } from "../net/wire";
import { worstByDevice } from "../state/alerts";
import { now, serverNow } from "../state/clock";
import { fresh } from "../state/connection";
import { allDevices, deviceCount, fleet, heldDevices, known } from "../state/fleet";
import { Glyph } from "./glyph";
import { NoDevices } from "./no-devices";
import { badness, deviceGlyph } from "./overview/facts";
import { devicePath, route, setQuery } from "./router";
import { isMuted, viewValue } from "./value";

const mostRows = 300;
const valuesShown = 3;

function matches(d: Device, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = `${d.name} ${d.id} ${d.model} ${d.place ?? ""} ${d.tags.join(" ")} ${d.status}`.toLowerCase();
  return words.every((w) => text.includes(w));
}

function found(query: string): Device[] {
  const words = query.toLowerCase().split(/\s+/).filter((w) => w !== "");
  const worst = worstByDevice.value;
  const out: Device[] = [];
  for (const d of allDevices()) {
    if (matches(d, words)) out.push(d);
  }
  const rank = new Map(out.map((d) => [d, badness(d, worst)] as const));
  return out.sort((a, b) => (rank.get(b) ?? 0) - (rank.get(a) ?? 0) || compareNames(a.name, b.name));
}

/** A list moves once a second, so its values are drawn with it. */
function Values({ device }: { device: Device }) {
  now.value;
  return (
    <span class="cells">
      {device.sensors.slice(0, valuesShown).map((s) => {
        const v = viewValue(device.id, s);
        return (
          <span key={s.id} class={`cell${isMuted(v.state) ? " muted" : ""}`} title={`${s.name}, ${v.age}`}>
            <i>{s.name}</i> <b>{v.reading ? formatValue(v.reading.v, v.decimals, s.unit) : v.text}</b>
          </span>
        );
      })}
    </span>
  );
}

function Row({ device }: { device: Device }) {
  const worst = worstByDevice.value;
  const seen = useComputed(() => {
    now.value;
    const age = Math.max(0, serverNow() - newest(device));
    if (device.lastSeen === 0) return say.neverSeen;
    return age < 2000 ? say.age.now : say.age.ago(age);
  });
  return (
    <li>
      <a class="device-row" href={devicePath(device.id)}>
        <span class="device-status"><Glyph name={deviceGlyph(device, worst)} />{say.status[device.status]}</span>
        <span class="device-name">{device.name}{device.name !== device.id && <small>{device.id}</small>}</span>
        <Values device={device} />
        <span class={`device-seen${fresh.value ? "" : " muted"}`}>{seen}</span>
        <span class="device-place">{device.place ?? ""}</span>
      </a>
    </li>
  );
}

/** When we last know it spoke: the server's word, or a newer reading of ours. */
function newest(d: Device): number {
  let at = d.lastSeen;
  for (const s of d.sensors) at = Math.max(at, Math.min(viewValue(d.id, s).reading?.t ?? 0, serverNow()));
  return at;
}

export function DevicesPage() {
  const query = route.value.query.get("q") ?? "";
  fleet.value;
  if (known.value && heldDevices() === 0) return <NoDevices />;
  const list = found(query);
  return (
    <div class="page">
      <div class="head"><h1>{say.devices.title}</h1><p class="quiet">{say.devices.found(list.length, deviceCount())}</p></div>
      <label class="search">
        <Search size={16} aria-hidden="true" />
        <input type="search" aria-label={say.devices.searchLabel} placeholder={say.devices.search} value={query}
          onInput={(event) => setQuery("q", event.currentTarget.value)} />
      </label>
      {list.length === 0 && known.value && (
        <p class="empty">{say.devices.noMatch(query)} <button type="button" class="button" onClick={() => setQuery("q", null)}>{say.devices.clear}</button></p>
      )}
      {list.length > 0 && <ul class="card device-rows">{list.slice(0, mostRows).map((d) => <Row key={d.id} device={d} />)}</ul>}
      {list.length > mostRows && <p class="quiet">{say.devices.cut(mostRows)}</p>}
    </div>
  );
}
