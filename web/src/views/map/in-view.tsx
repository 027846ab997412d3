// SPDX-License-Identifier: Apache-2.0
// What the map shows, as a list: worst first, a click opens it. It is the keyboard's and the screen reader's way in.

import { useSignal } from "@preact/signals";
import { ChevronDown, ChevronUp } from "lucide-preact";
import { words } from "../../i18n/map";
import { say } from "../../i18n/say";
import { compareNames, formatSpan } from "../../lib/format";
import type { Device } from "../../net/wire";
import { worstByDevice, type Shown } from "../../state/alerts";
import { now } from "../../state/clock";
import { fresh } from "../../state/connection";
import { deviceCount, fleet } from "../../state/fleet";
import { sensorOf, valueAndCondition } from "../alert-text";
import { Glyph } from "../glyph";
import { badness, deviceGlyph } from "../overview/facts";
import { phone } from "../screen";

const mostRows = 100;
/** Up to so many names are put in the order of people, which costs a hundred times that of characters. */
const mostCollated = 400;

type Worst = ReadonlyMap<string, Shown>;

/** The worst of them, and of those alike the first by name; not all are sorted. */
export function worstOf(devices: readonly Device[], worst: Worst, most: number): readonly Device[] {
  const buckets = new Map<number, Device[]>();
  for (const d of devices) {
    const rank = badness(d, worst);
    const bucket = buckets.get(rank);
    if (bucket) bucket.push(d);
    else buckets.set(rank, [d]);
  }
  const out: Device[] = [];
  for (const [, bucket] of [...buckets].sort(([a], [b]) => b - a)) {
    if (out.length >= most) break;
    const order = bucket.length > mostCollated ? (a: Device, b: Device) => (a.name < b.name ? -1 : 1) : (a: Device, b: Device) => compareNames(a.name, b.name);
    out.push(...bucket.sort(order));
  }
  return out.slice(0, most);
}

function about(d: Device): string {
  const a = worstByDevice.value.get(d.id);
  const what = a ? `${sensorOf(d, a.sensorType).name} ${valueAndCondition(a)}`
    : d.status === "online" ? say.status.online : say.event.status(say.status[d.status], d.cause);
  return d.place === null ? what : `${d.place} · ${what}`;
}

function Age({ d }: { d: Device }) {
  const a = worstByDevice.value.get(d.id);
  if (a) return <span class="quiet">{formatSpan(now.value - a.createdAt)}</span>;
  if ((d.status === "online" && fresh.value) || d.lastSeen === 0) return null;
  return <span class="quiet"><Glyph name="stale" size={11} /> {say.age.ago(Math.max(0, now.value - d.lastSeen))}</span>;
}

interface Props {
  /** Null: what is in view. */
  readonly spot: readonly Device[] | null;
  readonly devices: readonly Device[];
  /** In view, the cut and the unknown ones too. */
  readonly count: number;
  readonly onAll: () => void;
  readonly pathOf: (id: string) => string;
  readonly onPoint: (id: string | null) => void;
}

export function InView({ spot, devices, count, onAll, onPoint, pathOf }: Props) {
  fleet.value;
  const open = useSignal(true);
  const worst = worstByDevice.value;
  const rows = worstOf(spot ?? devices, worst, mostRows);
  const all = spot?.length ?? count;
  const folded = phone.value && !open.value;
  return (
    <section class={`map-list card${folded ? " map-list-folded" : ""}`} aria-labelledby="in-view">
      <header class="card-head">
        <h2 id="in-view">{spot ? words.here : words.inView}</h2>
        <span class="quiet">{words.of(all, deviceCount())}</span>
        <span class="card-space" />
        {spot
          ? <button type="button" class="link" onClick={onAll}>{words.showAll}</button>
          : <a href="/devices">{words.asList}</a>}
        {phone.value && (
          <button type="button" class="map-fold" aria-expanded={open.value} aria-label={open.value ? words.closeList : words.openList}
            onClick={() => { open.value = !open.value; }}>{open.value ? <ChevronDown size={18} aria-hidden="true" /> : <ChevronUp size={18} aria-hidden="true" />}</button>
        )}
      </header>
      <ul hidden={folded}>
        {rows.map((d) => (
          <li key={d.id}>
            <a href={pathOf(d.id)} onPointerEnter={() => onPoint(d.id)} onPointerLeave={() => onPoint(null)} onFocus={() => onPoint(d.id)} onBlur={() => onPoint(null)}>
              <Glyph name={deviceGlyph(d, worst)} size={13} />
              <span class="map-item"><b>{d.name}</b><small>{about(d)}</small></span>
              <Age d={d} />
            </a>
          </li>
        ))}
        {all > rows.length && <li class="quiet card-note">{words.more(all - rows.length)}</li>}
        {all === 0 && <li class="quiet card-note">{words.nothingHere}</li>}
      </ul>
    </section>
  );
}
