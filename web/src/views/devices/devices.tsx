// SPDX-License-Identifier: Apache-2.0
// Which devices are there, and how are they?

import { useSignal } from "@preact/signals";
import { ArrowDownUp, Columns3, Download, Plus, Rows3 } from "lucide-preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { say } from "../../i18n/say";
import { formatDayTime, nothing } from "../../lib/format";
import type { Device } from "../../net/wire";
import { worstByDevice } from "../../state/alerts";
import { now, serverNow } from "../../state/clock";
import { allDevices, deviceCount, deviceOf, fleet, heldDevices, isPartial, known, shownOf } from "../../state/fleet";
import { display, setDisplay } from "../../state/display";
import { LivingOrder, NameRanks, parseSort, sorted, sortText } from "../../state/order";
import { printsTable } from "../../state/printing";
import type { ServerRows } from "../../state/server-rows";
import { attempt } from "../../state/told";
import { matches, parseQuery, type Facts } from "../../state/query";
import { Chunk } from "../chunk";
import { NoDevices } from "../no-devices";
import { badness } from "../overview/facts";
import { addPageKeys } from "../page-keys";
import { Popover } from "../popover";
import { route, setQuery } from "../router";
import { coarse, phone, tablet } from "../screen";
import { valueText } from "../value";
import { columnsOf, commonSensors, type Column } from "./columns";
import { Filters } from "./filters";
import { Grid } from "./grid";
import { newest } from "./row";

const loadColumns = () => import("./column-chooser").then((m) => m.ColumnChooser);
const loadPeek = () => import("./peek").then((m) => m.Peek);
const loadBulk = () => import("./bulk").then((m) => m.BulkBar);
const second = 1000;
/** How often an order of the server is asked for again while nobody is in the table. */
const renewMs = 10_000;

function headOf(c: Column, common: ReturnType<typeof commonSensors>): string {
  if (c.sensor !== null) return common.find((s) => s.sensor.id === c.sensor)?.sensor.name ?? c.sensor;
  return (say.devices.columns as Readonly<Record<string, string>>)[c.id] ?? c.id;
}

function sortValue(key: string, worst: Parameters<typeof badness>[1]): (d: Device) => number | string | null {
  if (key.startsWith("sensor:")) return (d) => shownOf(d.id, key.slice(7));
  switch (key) {
    case "status": return (d) => d.status;
    case "model": return (d) => d.model || null;
    case "place": return (d) => d.place;
    case "seen": return newest;
    case "alert": return (d) => (worst.has(d.id) ? badness(d, worst) : null);
    default: return (d) => badness(d, worst);
  }
}

/** A device as the table has it, in words. */
function textRow(id: string, columns: readonly Column[]): readonly (readonly string[])[] {
  const d = deviceOf(id);
  if (!d) return [];
  const worst = worstByDevice.peek().get(id);
  const text = (c: Column): string => {
    const sensor = c.sensor === null ? undefined : d.sensors.find((s) => s.id === c.sensor);
    if (sensor) return valueText(d.id, sensor);
    switch (c.id) {
      case "status": return say.status[d.status];
      case "name": return d.name;
      case "seen": return d.lastSeen > 0 ? formatDayTime(newest(d)) : say.neverSeen;
      case "alert": return worst ? say.severity[worst.severity] : nothing;
      case "model": return d.model || nothing;
      case "place": return d.place ?? nothing;
      case "tags": return d.tags.join(", ");
      default: return nothing;
    }
  };
  return [columns.filter((c) => c.id !== "spark").map(text)];
}

function useOrder(text: string, sortBy: string | null, held: boolean): { ids: readonly string[]; order: LivingOrder; facts: Facts } {
  const ranks = useRef(new NameRanks()).current;
  const order = useRef(new LivingOrder()).current;
  // Once a second is enough for an order, and a search is answered at once.
  const beat = Math.floor(now.value / second);
  fleet.value;
  const worst = worstByDevice.value;
  const facts: Facts = { worst: (id) => worst.get(id), value: shownOf, now: serverNow() };
  const sort = parseSort(sortBy);
  const wanted = useMemo(() => {
    // Of a larger fleet the server says which and in which order.
    const all = isPartial() ? [] : [...allDevices()];
    ranks.update(all);
    const query = parseQuery(text);
    return sorted(all.filter((d) => matches(d, query, facts)), sort, ranks, sortValue(sort.key, worst));
  }, [text, sortBy, beat, fleet.value, worst]);
  return { ids: order.next(wanted, `${text}\n${sortBy}`, held, serverNow()), order, facts };
}

/** Null: this page holds all devices, or does not have the way to ask yet. */
function useServerRows(text: string, sortBy: string | null, held: boolean): ServerRows | null {
  const [rows, setRows] = useState<ServerRows | null>(null);
  const partial = isPartial();
  useEffect(() => { if (partial) attempt(import("../../state/server-rows").then((m) => setRows(new m.ServerRows()))); }, [partial]);
  useEffect(() => () => rows?.stop(), [rows]);
  useEffect(() => {
    if (!rows || held) return;
    const timer = setInterval(() => { if (!document.hidden) rows.renew(); }, renewMs);
    return () => clearInterval(timer);
  }, [rows, held]);
  useEffect(() => rows?.ask(text, sortBy ?? ""), [rows, text, sortBy]);
  rows?.version.value;
  return partial ? rows : null;
}

export function DevicesPage() {
  const text = route.value.query.get("q") ?? "";
  const sortBy = route.value.query.get("sort");
  const sort = parseSort(sortBy);
  const held = useSignal(false);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [peek, setPeek] = useState<string | null>(null);
  const mine = useOrder(text, sortBy, held.value || selected.size > 0);
  const { order, facts } = mine;
  const server = useServerRows(text, sortBy, held.value || selected.size > 0);
  const ids = server ? server.ids : mine.ids;
  const onWindow = useMemo(() => (server ? (first: number, last: number) => server.show(first, last) : undefined), [server]);
  const common = useMemo(() => commonSensors(allDevices()), [heldDevices(), Math.floor(now.value / 10_000)]);
  const density = display.value.density;
  useEffect(() => addPageKeys((key) => {
    if (key !== "d") return false;
    setDisplay({ density: density === "compact" ? "standard" : "compact" });
    return true;
  }), [density]);
  const columns = columnsOf(common, heldDevices(), tablet.value);
  const firstSensor = columns.find((c) => c.sensor !== null)?.sensor ?? null;
  const sparkOf = (id: string): string | null => {
    const d = deviceOf(id);
    return d?.sensors.some((s) => s.id === firstSensor) ? firstSensor : d?.sensors[0]?.id ?? null;
  };
  const select = (id: string, whole: boolean): void => {
    if (whole) {
      setSelected(ids.every((x) => selected.has(x)) ? new Set() : new Set(ids.filter(() => true)));
      return;
    }
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    setSelected(next);
  };
  const latest = useRef({ ids, columns });
  latest.current = { ids, columns };
  useEffect(() => printsTable((most) => {
    const { ids: rows, columns: of } = latest.current;
    return { head: of.filter((c) => c.id !== "spark").map((c) => headOf(c, common)), rows: rows.slice(0, most).flatMap((id) => textRow(id, of)), all: rows.length };
  }), [common]);
  if (known.value && heldDevices() === 0) return <NoDevices />;
  const exportRows = (rows: readonly string[]): void => attempt(import("./export").then((m) => m.exportTable(rows, columns)));
  const worst = worstByDevice.value;
  const troubled = ids.filter((id) => worst.has(id)).length;
  const away = ids.filter((id) => deviceOf(id)?.status === "offline").length;
  const cards = phone.value;
  return (
    <div class="page page-full devices">
      <div class="head">
        <div class="devices-title"><h1>{say.devices.found(ids.length, deviceCount())}</h1><p class="quiet">{server ? say.devices.partial(heldDevices()) : say.devices.state(troubled, away)}</p></div>
        <div class="actions">
          {!server && order.moves > 0 && (held.value || selected.size > 0) && (
            <button type="button" class="chip chip-sort" onClick={() => { order.release(); now.value = now.peek() + 1; }}><ArrowDownUp size={14} aria-hidden="true" />{say.devices.wouldMove(order.moves)} <b>{say.devices.sortNow}</b></button>
          )}
          {!cards && (
            <Popover label={say.devices.chooseColumns} className="button" button={<><Columns3 size={16} aria-hidden="true" />{say.devices.chooseColumns}</>}>
              {() => <Chunk load={loadColumns} loading={say.loading} columns={columns} common={common} head={(id) => headOf({ id, width: "", number: false, sensor: id.startsWith("sensor:") ? id.slice(7) : null }, common)} />}
            </Popover>
          )}
          {!cards && <button type="button" class="button" aria-pressed={density === "compact"} onClick={() => setDisplay({ density: density === "compact" ? "standard" : "compact" })}><Rows3 size={16} aria-hidden="true" />{say.columns.density}</button>}
          <button type="button" class="button" onClick={() => { if (server) attempt(server.all().then(exportRows)); else exportRows(ids); }}><Download size={16} aria-hidden="true" />{say.devices.export}</button>
          <a class="button button-primary" href="/start"><Plus size={16} aria-hidden="true" />{say.devices.add}</a>
        </div>
      </div>
      <Filters query={parseQuery(text)} facts={facts} onQuery={(q) => setQuery("q", q)} />
      {server && server.problem.value !== null && <p role="alert">{say.notDone(server.problem.value)} <button type="button" class="button" onClick={() => server.renew()}>{say.chart.retry}</button></p>}
      {ids.length === 0 && known.value && (!server || server.version.value > 0)
        ? <p class="empty card">{say.devices.noMatch(text)} <button type="button" class="button" onClick={() => setQuery("q", null)}>{say.devices.clear}</button></p>
        : (
          <Grid ids={ids} columns={columns} rowHeight={cards ? 64 : coarse.value ? 44 : density === "compact" ? 28 : 36} cards={cards} sort={sort} selected={selected}
            heads={(c) => (c.id === "spark" && firstSensor !== null ? say.devices.lastHour(headOf({ ...c, sensor: firstSensor }, common)) : headOf(c, common))}
            sparkOf={sparkOf} onSelect={select} onPeek={setPeek} onHold={(h) => { held.value = h; }} onWindow={onWindow}
            onSort={(key) => setQuery("sort", sortText(sort.key === key ? { key, down: !sort.down } : { key, down: key.startsWith("sensor:") || key === "seen" || key === "alert" }))} />
        )}
      {selected.size > 0 && <Chunk load={loadBulk} loading="" selected={selected} onClear={() => setSelected(new Set())} onExport={() => exportRows([...selected])} />}
      {peek !== null && <Chunk key={peek} load={loadPeek} loading="" id={peek} onClose={() => setPeek(null)} />}
    </div>
  );
}
