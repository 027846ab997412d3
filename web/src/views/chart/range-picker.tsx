// SPDX-License-Identifier: Apache-2.0
// Presets, a field to type into, and two dates.

import { useEffect, useRef, useState } from "preact/hooks";
import { say } from "../../i18n/say";
import { formatSpan, zoneOffset } from "../../lib/format";
import { parseStretch, wallTime } from "../../lib/when";
import { serverNow } from "../../state/clock";
import type { TimeRange } from "../../state/range";
import { setQuery } from "../router";
import { withBefore } from "./open-range";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const presets = [5 * minute, 15 * minute, hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day, 30 * day, 90 * day, 365 * day];

/** A time for a datetime-local field, as the page's zone shows it. */
function fieldTime(ms: number): string {
  return new Date(ms + zoneOffset(ms)).toISOString().slice(0, 16);
}

function timeOfField(text: string): number | null {
  const m = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})/.exec(text);
  if (!m) return null;
  const [year, month, date, h, min] = m.slice(1).map(Number) as [number, number, number, number, number];
  return wallTime(year, month - 1, date, h, min);
}

export function RangePicker({ range, close }: { range: TimeRange; close: () => void }) {
  const window = range.window();
  const [text, setText] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const [wrong, setWrong] = useState(false);
  const [from, setFrom] = useState(fieldTime(window.from));
  const [to, setTo] = useState(fieldTime(window.to));
  const type = (event: Event): void => {
    event.preventDefault();
    const now = serverNow();
    const stretch = parseStretch(text, now);
    setWrong(stretch === null);
    if (!stretch) return;
    range.show({ span: (stretch.to ?? now) - stretch.from, end: stretch.to });
    close();
  };
  const pick = (event: Event): void => {
    event.preventDefault();
    const [a, b] = [timeOfField(from), timeOfField(to)];
    setWrong(a === null || b === null || a >= b);
    if (a === null || b === null || a >= b) return;
    range.zoomTo(a, b);
    close();
  };
  return (
    <div class="range-picker">
      <form onSubmit={type}>
        <label for="range-text">{say.picker.type}</label>
        <input id="range-text" ref={field} class="field" autocomplete="off" value={text} placeholder={say.picker.example} aria-invalid={wrong}
          aria-describedby="range-wrong" onInput={(event) => setText(event.currentTarget.value)} />
        <p id="range-wrong" class="problem" role="alert">{wrong ? say.picker.wrong : ""}</p>
      </form>
      <div class="range-presets" role="group" aria-label={say.picker.presets}>
        {presets.map((span) => (
          <button key={span} type="button" aria-pressed={range.view.value.end === null && range.view.value.span === span}
            onClick={() => { range.show({ span, end: null }); close(); }}>{formatSpan(span)}</button>
        ))}
      </div>
      <label class="check"><input type="checkbox" checked={withBefore.value} onChange={(event) => { withBefore.value = event.currentTarget.checked; setQuery("before", event.currentTarget.checked ? "1" : null); }} /> {say.before.compare}</label>
      <form class="range-dates" onSubmit={pick}>
        <label>{say.picker.from}<input type="datetime-local" class="field" value={from} onInput={(event) => setFrom(event.currentTarget.value)} /></label>
        <label>{say.picker.to}<input type="datetime-local" class="field" value={to} onInput={(event) => setTo(event.currentTarget.value)} /></label>
        <button type="submit" class="button">{say.picker.show}</button>
      </form>
    </div>
  );
}
