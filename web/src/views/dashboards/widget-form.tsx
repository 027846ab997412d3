// SPDX-License-Identifier: Apache-2.0
// Everything about the selected widget, as a form: what can be dragged can be typed.

import { ArrowDown, ArrowUp } from "lucide-preact";
import { tools } from "../../i18n/tools";
import { mostSeries, variableNames, widgetTypes, type Widget, type WidgetType } from "../../lib/board";
import { onPhone, phoneOrder, type Box } from "../../lib/grid";
import { resolveSeries } from "../../lib/series-name";
import type { OpenBoard } from "../../state/boards";
import { deviceOf } from "../../state/fleet";
import { PictureField } from "./picture-field";
import { SeriesField } from "./series-field";

const ofSeries: readonly WidgetType[] = ["chart", "value", "gauge", "table", "lanes"];
const repeats: readonly WidgetType[] = [...ofSeries, "alerts", "map", "counts"];

function seriesWords(series: string): string {
  const ref = resolveSeries(series, new Map([["device", tools.boards.theChosen]]));
  return ref === null ? series : `${deviceOf(ref.device)?.name ?? ref.device}, ${ref.sensor}`;
}

function Numbers({ widget, onPlace }: { widget: Widget; onPlace: (box: Box) => void }) {
  const parts = [["x", 1], ["y", 1], ["w", 0], ["h", 0]] as const;
  return (
    <div class="box-fields">
      {parts.map(([key, shift]) => (
        <label key={key} class="form-field">{tools.boards.box[key]}
          <input type="number" min={1} max={key === "x" || key === "w" ? 12 : 200} value={widget.box[key] + shift}
            onChange={(e) => onPlace({ ...widget.box, [key]: Number(e.currentTarget.value) - shift })} />
        </label>
      ))}
    </div>
  );
}

function SeriesList({ open, widget }: { open: OpenBoard; widget: Widget }) {
  const put = (series: readonly string[]): void => open.put({ ...widget, series });
  return (
    <fieldset class="form-field"><legend>{tools.boards.series}</legend>
      <ul class="series-list">
        {widget.series.map((s) => (
          <li key={s}><span>{seriesWords(s)}</span> <button type="button" class="link" aria-label={tools.boards.without(seriesWords(s))} onClick={() => put(widget.series.filter((x) => x !== s))}>{tools.boards.remove}</button></li>
        ))}
      </ul>
      {widget.series.length < mostSeries && <SeriesField variable={open.board.value.variables.length > 0} onChoose={(s) => { if (!widget.series.includes(s)) put([...widget.series, s]); }} />}
    </fieldset>
  );
}

/** Phone order is reading order until somebody moves a widget in it. */
function PhonePlace({ open, widget }: { open: OpenBoard; widget: Widget }) {
  const board = open.board.value;
  const order = phoneOrder(board.widgets);
  const at = order.findIndex((w) => w.id === widget.id);
  const chosen = board.widgets.some((w) => w.order !== null);
  const put = (by: 1 | -1): void => open.change({ ...open.board.peek(), widgets: onPhone(open.board.peek().widgets, widget.id, by) });
  return (
    <fieldset class="form-field"><legend>{tools.boards.onPhone}: {tools.boards.phoneAt(at + 1, order.length)}</legend>
      <span class="phone-place">
        <button type="button" class="icon-button" disabled={at <= 0} aria-label={tools.boards.phoneEarlier} title={tools.boards.phoneEarlier} onClick={() => put(-1)}><ArrowUp size={16} aria-hidden="true" /></button>
        <button type="button" class="icon-button" disabled={at >= order.length - 1} aria-label={tools.boards.phoneLater} title={tools.boards.phoneLater} onClick={() => put(1)}><ArrowDown size={16} aria-hidden="true" /></button>
        {chosen && <button type="button" class="link" onClick={() => open.change({ ...open.board.peek(), widgets: open.board.peek().widgets.map((w) => ({ ...w, order: null })) })}>{tools.boards.phoneReading}</button>}
      </span>
    </fieldset>
  );
}

/** A copy for each value of a variable; one that the dashboard no longer has can still be chosen away. */
function Repeat({ open, widget }: { open: OpenBoard; widget: Widget }) {
  const { variables } = open.board.value;
  return (
    <label class="form-field">{tools.boards.repeat}
      <select value={widget.repeat ?? ""} onChange={(e) => {
        const chosen = e.currentTarget.value;
        open.put({ ...widget, repeat: variableNames.find((name) => name === chosen) ?? null });
      }}>
        <option value="">{tools.boards.repeatNot}</option>
        {variableNames.filter((name) => variables.includes(name) || widget.repeat === name).map((name) => <option key={name} value={name}>{tools.boards.variables[name]}</option>)}
      </select>
    </label>
  );
}

export function WidgetForm({ open }: { open: OpenBoard }) {
  const widget = open.widget.value;
  if (!widget) return <aside class="card widget-form"><p class="empty">{tools.boards.selectOne}</p></aside>;
  return (
    <aside class="card widget-form" aria-label={tools.boards.form}>
      <label class="form-field">{tools.boards.type}
        <select value={widget.type} onChange={(e) => open.put({ ...widget, type: e.currentTarget.value as WidgetType })}>
          {widgetTypes.map((type) => <option key={type} value={type}>{tools.boards.types[type]}</option>)}
        </select>
      </label>
      <label class="form-field">{tools.boards.heading}
        <input key={`${widget.id} ${widget.title}`} defaultValue={widget.title} maxLength={200} onChange={(e) => open.put({ ...widget, title: e.currentTarget.value })} />
      </label>
      {ofSeries.includes(widget.type) && <SeriesList open={open} widget={widget} />}
      {widget.type === "text" && (
        <label class="form-field">{tools.boards.text}
          <textarea key={`${widget.id} ${widget.text}`} rows={8} defaultValue={widget.text} onChange={(e) => open.put({ ...widget, text: e.currentTarget.value })} />
        </label>
      )}
      {widget.type === "gauge" && (
        <label class="form-field">{tools.boards.shape}
          <select value={widget.shape} onChange={(e) => open.put({ ...widget, shape: e.currentTarget.value === "radial" ? "radial" : "linear" })}>
            {(["linear", "radial"] as const).map((s) => <option key={s} value={s}>{tools.boards.shapes[s]}</option>)}
          </select>
        </label>
      )}
      {widget.type === "image" && <PictureField widget={widget} onChange={(plan) => open.put({ ...widget, plan })} />}
      {open.board.value.variables.length > 0 && repeats.includes(widget.type) && <Repeat open={open} widget={widget} />}
      <PhonePlace open={open} widget={widget} />
      <Numbers widget={widget} onPlace={(box) => open.place(widget.id, box)} />
      <button type="button" class="button" onClick={() => open.remove(widget.id)}>{tools.boards.removeWidget}</button>
    </aside>
  );
}
