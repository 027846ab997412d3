// SPDX-License-Identifier: Apache-2.0
// Adds a widget: first what it is to show, then the form that suits it, seen live before it is added.

import { useSignal } from "@preact/signals";
import { tools } from "../../i18n/tools";
import { newWidget, sizes, widgetTypes, type WidgetType } from "../../lib/board";
import { resolveSeries } from "../../lib/series-name";
import type { OpenBoard } from "../../state/boards";
import { allDevices, deviceOf } from "../../state/fleet";
import type { TimeRange } from "../../state/range";
import { sensorOf } from "../alert-text";
import { Drawer } from "../drawer";
import { SeriesField } from "./series-field";
import { plain, type Choice } from "./shown";
import { heightOf, WidgetView } from "./widget";

const ofSeries: readonly WidgetType[] = ["chart", "value", "gauge", "table", "lanes"];
const previewRows = 6;

/** A switch has no gauge, a number with a range has a good one. */
function proposals(series: string): readonly WidgetType[] {
  const ref = resolveSeries(series, new Map([["device", [...allDevices()][0]?.id ?? ""]]));
  const device = ref === null ? undefined : deviceOf(ref.device);
  if (ref === null || device === undefined) return ofSeries;
  const sensor = sensorOf(device, ref.sensor);
  if (sensor.boolean) return ["chart", "value", "table", "lanes"];
  return sensor.min !== null ? ["gauge", "chart", "value", "table", "lanes"] : ofSeries;
}

/** The widget as it will be, with what its series brings now. */
function Preview({ open, type, series, choice, range }: { open: OpenBoard; type: WidgetType; series: string; choice: Choice; range: TimeRange }) {
  const [w, h] = sizes[type];
  const widget = newWidget(open.board.value, type, [series], { x: 0, y: 0, w, h: Math.min(h, previewRows) });
  const [someone] = allDevices();
  const devices = choice.devices.length > 0 ? choice.devices.slice(0, 1) : someone ? [someone.id] : [];
  return (
    <div class="preview" role="group" aria-label={tools.boards.preview}>
      <div class="widget widget-inert" inert style={{ minHeight: `${heightOf(widget.box.h)}px` }}>
        <WidgetView key={`${type} ${series}`} shown={plain(open.board.value, widget, { ...choice, devices })} range={range} />
      </div>
    </div>
  );
}

export function AddWidget({ open, choice, range, onClose }: { open: OpenBoard; choice: Choice; range: TimeRange; onClose: () => void }) {
  const series = useSignal<string | null>(null);
  const type = useSignal<WidgetType>("chart");
  const add = (what: WidgetType): void => {
    open.add(what, series.value !== null && ofSeries.includes(what) ? [series.value] : []);
    onClose();
  };
  const choose = (chosen: string): void => {
    series.value = chosen;
    type.value = proposals(chosen)[0] ?? "chart";
  };
  return (
    <Drawer title={tools.boards.add} onClose={onClose}>
      <h3>{tools.boards.whatSeries}</h3>
      <SeriesField variable={open.board.value.variables.length > 0} onChoose={choose} />
      {series.value !== null && (
        <>
          <div class="proposals" role="group" aria-label={tools.boards.asWhat}>
            <p>{tools.boards.asWhat}</p>
            {proposals(series.value).map((one) => <button key={one} type="button" class="button" aria-pressed={type.value === one} onClick={() => { type.value = one; }}>{tools.boards.types[one]}</button>)}
          </div>
          <Preview open={open} type={type.value} series={series.value} choice={choice} range={range} />
          <p class="proposals"><button type="button" class="button button-primary" onClick={() => add(type.value)}>{tools.boards.addThis(tools.boards.types[type.value])}</button></p>
        </>
      )}
      <h3>{tools.boards.somethingElse}</h3>
      <div class="proposals">
        {widgetTypes.filter((t) => !ofSeries.includes(t)).map((one) => <button key={one} type="button" class="button" onClick={() => add(one)}>{tools.boards.types[one]}</button>)}
      </div>
    </Drawer>
  );
}
