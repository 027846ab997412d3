// SPDX-License-Identifier: Apache-2.0
// Adds a widget: first what it is to show, then the form that suits it.

import { useState } from "preact/hooks";
import { tools } from "../../i18n/tools";
import { resolveSeries, widgetTypes, type WidgetType } from "../../lib/board";
import type { OpenBoard } from "../../state/boards";
import { allDevices, deviceOf } from "../../state/fleet";
import { sensorOf } from "../alert-text";
import { Drawer } from "../drawer";
import { SeriesField } from "./series-field";

const ofSeries: readonly WidgetType[] = ["chart", "value", "gauge", "table"];

/** A switch has no gauge, a number with a range has a good one. */
function proposals(series: string): readonly WidgetType[] {
  const ref = resolveSeries(series, new Map([["device", [...allDevices()][0]?.id ?? ""]]));
  const device = ref === null ? undefined : deviceOf(ref.device);
  if (ref === null || device === undefined) return ofSeries;
  const sensor = sensorOf(device, ref.sensor);
  if (sensor.boolean) return ["chart", "value", "table"];
  return sensor.min !== null ? ["gauge", "chart", "value", "table"] : ofSeries;
}

export function AddWidget({ open, onClose }: { open: OpenBoard; onClose: () => void }) {
  const [series, setSeries] = useState<string | null>(null);
  const add = (type: WidgetType): void => {
    open.add(type, series !== null && ofSeries.includes(type) ? [series] : []);
    onClose();
  };
  return (
    <Drawer title={tools.boards.add} onClose={onClose}>
      <h3>{tools.boards.whatSeries}</h3>
      <SeriesField variable={open.board.value.variables.includes("device")} onChoose={setSeries} />
      {series !== null && (
        <div class="proposals" role="group" aria-label={tools.boards.asWhat}>
          <p>{tools.boards.asWhat}</p>
          {proposals(series).map((type) => <button key={type} type="button" class="button" onClick={() => add(type)}>{tools.boards.types[type]}</button>)}
        </div>
      )}
      <h3>{tools.boards.somethingElse}</h3>
      <div class="proposals">
        {widgetTypes.filter((t) => !ofSeries.includes(t)).map((type) => <button key={type} type="button" class="button" onClick={() => add(type)}>{tools.boards.types[type]}</button>)}
      </div>
    </Drawer>
  );
}
