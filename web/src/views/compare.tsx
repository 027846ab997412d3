// SPDX-License-Identifier: Apache-2.0
// How do these series relate? One chart while their units allow, else one a unit; from five devices on,
// small multiples on one scale.

import "./chart/parts";
import { useEffect, useMemo, useState } from "preact/hooks";
import { X } from "lucide-preact";
import type { Line } from "../charts/model";
import { say } from "../i18n/say";
import { compareNames } from "../lib/format";
import type { SeriesName } from "../net/wire";
import { loadDevice, watchDevice } from "../state/connection";
import { allDevices, deviceOf, fleet } from "../state/fleet";
import type { TimeRange } from "../state/range";
import { Series } from "../state/series";
import { sensorOf } from "./alert-text";
import { useBar } from "./bar-slot";
import { ChartCard } from "./chart/chart-card";
import { usePageRange } from "./chart/page-range";
import { RangeBar } from "./chart/range-bar";
import { compareText, mostCompared, parseCompare } from "./compare-address";
import { route, setQuery } from "./router";
import { phone } from "./screen";
import { lineParts } from "./value";

const usualSpan = 6 * 3_600_000;
const manyDevices = 5;

function useSeriesOf(names: readonly SeriesName[], range: TimeRange): ReadonlyMap<string, Series> {
  const key = compareText(names);
  const all = useMemo(() => new Map(names.map((n) => [`${n.device}\n${n.sensor}`, new Series(n.device, n.sensor, range, phone.value ? 360 : 720)] as const)), [key]);
  useEffect(() => {
    for (const s of all.values()) s.start();
    const ends = [...new Set(names.map((n) => n.device))].map((id) => {
      if (!deviceOf(id)) void loadDevice(id).catch(() => undefined);
      return watchDevice(id);
    });
    return () => {
      for (const s of all.values()) s.stop();
      for (const end of ends) end();
    };
  }, [all]);
  return all;
}

function linesOf(names: readonly SeriesName[], series: ReadonlyMap<string, Series>): readonly Line[] {
  const sensors = new Set(names.map((n) => n.sensor));
  return names.flatMap((n, i) => {
    const own = series.get(`${n.device}\n${n.sensor}`);
    if (!own) return [];
    const device = deviceOf(n.device);
    const sensor = sensorOf(device, n.sensor);
    return [{
      series: own, name: sensors.size === 1 ? device?.name ?? n.device : `${device?.name ?? n.device} ${sensor.name}`, ...lineParts(n.device, sensor),
      colour: `--series${(i % 12) + 1}`, dashed: i >= 8,
    }];
  });
}

/** Lines of at most two units share a chart. */
function chartsOf(lines: readonly Line[], multiples: boolean): readonly (readonly Line[])[] {
  if (multiples) return lines.map((l) => [l]);
  const units = [...new Set(lines.map((l) => (l.steps ? "\n" : l.unit)))];
  const out: Line[][] = [];
  for (let i = 0; i < units.length; i += 2) out.push(lines.filter((l) => units.slice(i, i + 2).includes(l.steps ? "\n" : l.unit)));
  return out;
}

function AddSeries({ names, onAdd }: { names: readonly SeriesName[]; onAdd: (name: SeriesName) => void }) {
  const devices = [...allDevices()].sort((a, b) => compareNames(a.name, b.name));
  const [device, setDevice] = useState("");
  const sensors = deviceOf(device)?.sensors.filter((s) => !names.some((n) => n.device === device && n.sensor === s.id)) ?? [];
  if (names.length >= mostCompared) return <p class="quiet">{say.compare.full(mostCompared)}</p>;
  return (
    <div class="compare-add">
      <label class="visually-hidden" for="compare-device">{say.compare.device}</label>
      <select id="compare-device" class="field" value={device} onChange={(event) => setDevice(event.currentTarget.value)}>
        <option value="">{say.compare.add}</option>
        {devices.map((d) => <option key={d.id} value={d.id}>{d.name}</option>)}
      </select>
      <label class="visually-hidden" for="compare-sensor">{say.compare.sensor}</label>
      <select id="compare-sensor" class="field" value="" disabled={sensors.length === 0} onChange={(event) => { if (event.currentTarget.value !== "") onAdd({ device, sensor: event.currentTarget.value }); }}>
        <option value="">{say.compare.sensor}</option>
        {sensors.map((s) => <option key={s.id} value={s.id}>{s.name}</option>)}
      </select>
    </div>
  );
}

const nothingKnown = (): null => null;

export function ComparePage() {
  fleet.value;
  const names = parseCompare(rawSeries());
  const range = usePageRange(usualSpan);
  const inBar = useBar(<RangeBar range={range} />, range);
  const series = useSeriesOf(names, range);
  const [ownScale, setOwnScale] = useState(false);
  const [apart, setApart] = useState<boolean | null>(null);
  const multiples = apart ?? new Set(names.map((n) => n.device)).size >= manyDevices;
  const lines = linesOf(names, series);
  const put = (next: readonly SeriesName[]): void => setQuery("s", compareText(next));
  return (
    <div class="page compare">
      <div class="head"><h1>{say.compare.title}</h1>{!inBar && <RangeBar range={range} />}</div>
      <div class="compare-line">
        {lines.map((l, i) => (
          <button key={`${l.series.device}\n${l.series.sensor}`} type="button" class="chip-term" aria-label={say.compare.remove(l.name)} onClick={() => put(names.filter((_, k) => k !== i))}>
            <svg width="14" height="8" aria-hidden="true"><path d="M0 4H14" stroke={`var(${l.colour})`} stroke-width="2" /></svg>{l.name}<X size={13} aria-hidden="true" />
          </button>
        ))}
        <AddSeries names={names} onAdd={(n) => put([...names, n])} />
        <span class="card-space" />
        {lines.length > 1 && <label class="check"><input type="checkbox" checked={multiples} onChange={(event) => setApart(event.currentTarget.checked)} /> {say.compare.apart}</label>}
        {multiples && <label class="check"><input type="checkbox" checked={ownScale} onChange={(event) => setOwnScale(event.currentTarget.checked)} /> {say.compare.ownScale}</label>}
      </div>
      {names.length === 0 && <p class="empty card">{say.compare.none}</p>}
      <div class={multiples ? "charts" : "charts charts-whole"}>
        {chartsOf(lines, multiples).map((group) => (
          <ChartCard key={group.map((l) => `${l.series.device}\n${l.series.sensor}`).join("\n\n")} title={multiples && ownScale ? say.compare.own(group.map((l) => l.name).join(", ")) : group.map((l) => l.name).join(", ")}
            lines={group} range={range} limits={[]} marks={[]} cause={nothingKnown} onMark={nothingKnown}
            {...(multiples && !ownScale ? { beside: lines.filter((l) => l.unit === group[0]?.unit) } : {})} />
        ))}
      </div>
    </div>
  );
}

/** The series as the address holds them: their parts are encoded once more within the parameter. */
function rawSeries(): string {
  return route.value.query.get("s") ?? "";
}
