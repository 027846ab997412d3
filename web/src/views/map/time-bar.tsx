// SPDX-License-Identifier: Apache-2.0
// The time of the map: how long trails are, and a slider that moves everything to one moment. Play goes through the stretch.

import { useSignal } from "@preact/signals";
import { Pause, Play } from "lucide-preact";
import { useEffect } from "preact/hooks";
import { words } from "../../i18n/map";
import { formatClock, formatMinute, zoneName } from "../../lib/format";
import { now, serverNow } from "../../state/clock";
import { phone } from "../screen";
import { OpenTrails, spans } from "./open-trails";
import type { OpenMap } from "./open-map";
import { route } from "../router";

const hour = 3_600_000;
const steps = 1000;
/** A way through the stretch takes this many steps: some ten seconds, or a few large ones where motion is not wanted. */
const play = matchMedia("(prefers-reduced-motion: reduce)").matches ? { steps: 12, everyMs: 1000 } : { steps: 150, everyMs: 66 };
const writeAfterMs = 300;

function ticksOf(from: number, to: number, span: number): { readonly at: number; readonly share: number }[] {
  const every = span <= hour ? hour / 6 : span <= 6 * hour ? hour : 4 * hour;
  const out = [];
  for (let at = Math.ceil(from / every) * every; at < to - Math.max(every / 2, (to - from) / (phone.peek() ? 4 : 10)); at += every) out.push({ at, share: (at - from) / (to - from) });
  return out;
}

function PlayButton({ open }: { open: OpenTrails }) {
  const playing = useSignal(false);
  useEffect(() => {
    if (!playing.value) return undefined;
    const span = open.span.peek();
    const timer = setInterval(() => {
      const next = (open.at.peek() ?? serverNow() - span) + span / play.steps;
      open.moveTo(next);
      if (open.at.peek() === null) playing.value = false;
    }, play.everyMs);
    return () => {
      clearInterval(timer);
      open.writeAddress();
    };
  }, [playing.value]);
  return (
    <button type="button" class="button map-play" aria-label={playing.value ? words.pausePlay : words.play} title={playing.value ? words.pausePlay : words.play}
      onClick={() => { playing.value = !playing.value; }}>
      {playing.value ? <Pause size={16} aria-hidden="true" /> : <Play size={16} aria-hidden="true" />}
    </button>
  );
}

function Slider({ open }: { open: OpenTrails }) {
  const span = open.span.value;
  const to = now.value;
  const from = to - span;
  const at = open.at.value;
  const said = at === null ? words.nowAt(formatMinute(to)) : formatClock(at);
  useEffect(() => {
    const timer = setTimeout(() => open.writeAddress(), writeAfterMs);
    return () => clearTimeout(timer);
  }, [at, span]);
  return (
    <div class="map-slider">
      <input type="range" min={0} max={steps} step={1} value={at === null ? steps : Math.round(((at - from) / span) * steps)} aria-label={words.moment} aria-valuetext={said}
        onInput={(event) => {
          const share = Number(event.currentTarget.value) / steps;
          open.moveTo(share >= 1 ? null : from + share * span);
        }} />
      <div class="map-ticks" aria-hidden="true">
        {ticksOf(from, to, span).map((tick) => <span key={tick.at} style={{ left: `${tick.share * 100}%` }}>{formatMinute(tick.at)}</span>)}
        <span class="map-tick-now" style={{ left: "100%" }}>{words.nowAt(formatMinute(to))}</span>
      </div>
    </div>
  );
}

function Bar({ open }: { open: OpenTrails }) {
  const at = open.at.value;
  return (
    <section class="map-time" aria-label={words.time}>
      <PlayButton open={open} />
      <div class="map-spans" role="group" aria-label={words.trails}>
        {spans.map((span) => <button key={span} type="button" aria-pressed={open.span.value === span} onClick={() => open.choose(span)}>{words.hours(span / hour)}</button>)}
      </div>
      <Slider open={open} />
      <div class="map-time-end">
        {at === null ? <span class="quiet">{zoneName(now.value)}</span>
          : <button type="button" class="link" onClick={() => open.moveTo(null)}>{words.backToNow}</button>}
      </div>
      <p class="map-time-note" role="status">{open.trails.failed.value ? words.trailsFailed : at === null ? "" : words.showing(formatClock(at), zoneName(at))}</p>
    </section>
  );
}

export function TimeBar({ map }: { map: OpenMap }) {
  const open = useSignal<OpenTrails | null>(null);
  useEffect(() => {
    const made = new OpenTrails(map, route.peek().query);
    open.value = made;
    return () => made.end();
  }, [map]);
  return open.value && <Bar open={open.value} />;
}
