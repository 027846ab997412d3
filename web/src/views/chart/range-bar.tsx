// SPDX-License-Identifier: Apache-2.0
// The range of the page: before, what is shown, after, out; presets, a field to type into and two dates come when they are opened.

import { useComputed } from "@preact/signals";
import { CalendarClock, ChevronLeft, ChevronRight, Undo2, ZoomOut } from "lucide-preact";
import { say } from "../../i18n/say";
import type { TimeRange } from "../../state/range";
import { Chunk } from "../chunk";
import { Popover } from "../popover";
import { styledMore } from "../styles";
import { rangeText } from "./range-text";

const loadPicker = () => styledMore(import("./range-picker")).then((m) => m.RangePicker);

function step(range: TimeRange, direction: 1 | -1): void {
  const { span } = range.view.peek();
  range.begin();
  range.panBy(direction * span);
}

export function LiveChip({ range }: { range: TimeRange }) {
  const standing = useComputed(() => range.view.value.end !== null);
  if (!standing.value) return null;
  return <button type="button" class="chip chip-live" onClick={() => range.live()}>{say.range.live(range.missed.value)}</button>;
}

export function RangeBar({ range }: { range: TimeRange }) {
  const words = useComputed(() => rangeText(range.view.value));
  const live = useComputed(() => range.view.value.end === null);
  return (
    <div class="range-bar" role="group" aria-label={say.range.label}>
      <LiveChip range={range} />
      {range.depth.value > 0 && (
        <button type="button" class="button button-icon" aria-label={say.range.back} title={say.range.back} onClick={() => range.back()}><Undo2 size={16} aria-hidden="true" /></button>
      )}
      <button type="button" class="button button-icon" aria-label={say.range.before} title={say.range.before} onClick={() => step(range, -1)}><ChevronLeft size={16} aria-hidden="true" /></button>
      <Popover label={`${say.range.label}: ${words.value}`} className="button range-now"
        button={<><CalendarClock size={16} aria-hidden="true" /><span>{words.value}</span></>}>
        {(close) => <Chunk load={loadPicker} loading={say.loading} range={range} close={close} />}
      </Popover>
      <button type="button" class="button button-icon" aria-label={say.range.after} title={say.range.after} disabled={live.value} onClick={() => step(range, 1)}><ChevronRight size={16} aria-hidden="true" /></button>
      <button type="button" class="button button-icon" aria-label={say.range.out} title={say.range.out} onClick={() => range.zoomBy(2, range.view.peek().end === null ? 1 : 0.5)}><ZoomOut size={16} aria-hidden="true" /></button>
    </div>
  );
}
