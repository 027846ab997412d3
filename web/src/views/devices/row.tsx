// SPDX-License-Identifier: Apache-2.0
// One device as cells of the table, or on a phone as a card.

import type { ComponentChildren } from "preact";
import { say } from "../../i18n/say";
import type { Device } from "../../net/wire";
import { worstByDevice } from "../../state/alerts";
import { now, serverNow } from "../../state/clock";
import { fresh } from "../../state/connection";
import { readingOf, valuesOf } from "../../state/fleet";
import { alertGlyph, Glyph } from "../glyph";
import { devicePath } from "../router";
import { isMuted, valueText, viewValue } from "../value";
import type { Column } from "./columns";

/** When we last know it spoke: the server's word, or a newer reading of ours. */
export function newest(d: Device): number {
  let at = d.lastSeen;
  for (const s of d.sensors) at = Math.max(at, Math.min(readingOf(d.id, s.id)?.t ?? 0, serverNow()));
  return at;
}

function Seen({ device }: { device: Device }) {
  now.value;
  if (device.lastSeen === 0) return <span class="quiet">{say.neverSeen}</span>;
  const age = Math.max(0, serverNow() - newest(device));
  const old = !fresh.value || device.status === "offline" || device.status === "unknown";
  return <span class={old ? "muted" : undefined}>{old && <Glyph name="stale" size={11} />} {age < 2000 ? say.age.now : say.age.ago(age)}</span>;
}

export function CellValue({ device, sensor }: { device: Device; sensor: string }) {
  const found = device.sensors.find((s) => s.id === sensor);
  if (!found) return <span class="quiet">–</span>;
  const v = viewValue(device.id, found);
  return <span class={isMuted(v.state) ? "muted" : undefined} title={v.why === "" ? v.age : `${v.age}: ${v.why}`}>{valueText(device.id, found)}</span>;
}

function cell(c: Column, d: Device): ComponentChildren {
  const worst = worstByDevice.value.get(d.id);
  switch (c.id) {
    case "status": return <><Glyph name={fresh.value ? d.status : "stale"} />{say.status[d.status]}</>;
    case "name": return <a href={devicePath(d.id)} tabIndex={-1} title={d.id}>{d.name}</a>;
    case "seen": return <Seen device={d} />;
    case "alert": return worst ? <><Glyph name={alertGlyph(worst)} />{say.severity[worst.severity]}</> : <span class="quiet">–</span>;
    case "model": return d.model || <span class="quiet">–</span>;
    case "place": return d.place ?? <span class="quiet">–</span>;
    case "tags": return d.tags.map((t) => <span key={t} class="tag">{t}</span>);
    case "spark": return null;
    default: return c.sensor === null ? null : <CellValue device={d} sensor={c.sensor} />;
  }
}

export function Cells({ device, columns }: { device: Device; columns: readonly Column[] }) {
  valuesOf(device.id).value;
  return <>{columns.map((c) => <div key={c.id} role="gridcell" class={`cell-${c.number ? "number" : c.id}`}>{cell(c, device)}</div>)}</>;
}

/** What a click on a row does; the same object from drawing to drawing. */
export interface RowActs {
  select(id: string): void;
  open(id: string): void;
  point(at: number): void;
}

interface RowProps {
  readonly at: number;
  readonly device: Device;
  /** What is drawn beside the row's own: the same array until a column changes; null: a card. */
  readonly columns: readonly Column[] | null;
  readonly height: number;
  readonly selected: boolean;
  readonly active: boolean;
  readonly acts: RowActs;
}

/** Drawn again only when it is another row or what it shows changed: a scroll costs the rows that it brings. */
export function Row({ at, device, columns, height, selected, active, acts }: RowProps) {
  valuesOf(device.id).value;
  const { id } = device;
  const onClick = (event: MouseEvent): void => {
    acts.point(at);
    if (event.target instanceof HTMLInputElement) return;
    if (event.ctrlKey || event.metaKey) acts.select(id);
    else acts.open(id);
  };
  return (
    <div id={`row-${at}`} role="row" aria-rowindex={at + 2} aria-selected={selected} class={`grid-row${active ? " grid-active" : ""}`}
      style={{ transform: `translateY(${at * height}px)` }} onClick={onClick}>
      {columns === null ? <Card device={device} /> : (
        <>
          <div role="gridcell"><input type="checkbox" tabIndex={-1} aria-label={say.devices.select(device.name)} checked={selected} onChange={() => acts.select(id)} /></div>
          <Cells device={device} columns={columns} />
        </>
      )}
    </div>
  );
}

/** On a phone: status and name, its main value, the age. */
export function Card({ device }: { device: Device }) {
  valuesOf(device.id).value;
  const worst = worstByDevice.value.get(device.id);
  const main = device.sensors.find((s) => s.id === worst?.sensorType) ?? device.sensors[0];
  return (
    <div role="gridcell" class="device-card">
      <span class="device-card-name"><Glyph name={worst ? alertGlyph(worst) : fresh.value ? device.status : "stale"} label={worst ? say.severity[worst.severity] : say.status[device.status]} /><b>{device.name}</b></span>
      <span class="device-card-value">{main && <CellValue device={device} sensor={main.id} />}</span>
      <span class="quiet">{[main?.name ?? "", device.place ?? ""].filter((s) => s !== "").join(" · ")}</span>
      <span class="device-card-seen"><Seen device={device} /></span>
    </div>
  );
}
