// SPDX-License-Identifier: Apache-2.0
// Where is trouble? A map fitted to it, and the list of what is in view, which is the keyboard's way in.

import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { Layers, Maximize, Minus, Plus } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { words } from "../../i18n/map";
import { say } from "../../i18n/say";
import { worstByDevice } from "../../state/alerts";
import { now } from "../../state/clock";
import { fresh } from "../../state/connection";
import { allDevices, fleet } from "../../state/fleet";
import { theme } from "../theme";
import { InView } from "./in-view";
import { OpenMap } from "./open-map";
import type { Plans } from "./plans";
import type { TimeBar } from "./time-bar";
import { Title } from "./title";

const agesEvery = 10_000;

/** Draws anew when what is shown, how old it is, or the colours changed. */
function useRedraw(open: OpenMap): void {
  useSignalEffect(() => {
    open.area.version.value;
    fleet.value;
    worstByDevice.value;
    fresh.value;
    Math.floor(now.value / agesEvery);
    queueMicrotask(() => open.refresh());
  });
  useSignalEffect(() => {
    theme.value;
    open.ground.layer.redraw();
    open.marks.layer.redraw();
  });
}

function Controls({ open, plans, onPlans }: { open: OpenMap; plans: boolean; onPlans: () => void }) {
  return (
    <div class="map-buttons">
      <button type="button" aria-label={words.zoomIn} title={words.zoomIn} onClick={() => open.map.zoomIn()}><Plus size={18} aria-hidden="true" /></button>
      <button type="button" aria-label={words.zoomOut} title={words.zoomOut} onClick={() => open.map.zoomOut()}><Minus size={18} aria-hidden="true" /></button>
      <button type="button" aria-label={words.fit} title={words.fit} onClick={() => open.fitAll(false)}><Maximize size={16} aria-hidden="true" /></button>
      <button type="button" aria-label={words.plans} title={words.plans} aria-expanded={plans} onClick={onPlans}><Layers size={18} aria-hidden="true" /></button>
    </div>
  );
}

/** Once a device that moves is known, the bar of time comes, with what draws trails. */
function Time({ open }: { open: OpenMap }) {
  const [bar, setBar] = useState<typeof TimeBar | null>(null);
  const wanted = useComputed(() => {
    fleet.value;
    for (const d of allDevices()) if (d.sensors.some((s) => s.id === "location.latitude")) return true;
    return false;
  });
  useEffect(() => {
    if (wanted.value && !bar) void import("./time-bar").then((m) => setBar(() => m.TimeBar), () => undefined);
  }, [wanted.value]);
  const Bar = bar;
  open.at.value;
  return Bar && <Bar map={open} />;
}

/** Plans come when somebody is near enough to see one, or wants their list. */
function PlansPart({ open, listed, onClose }: { open: OpenMap; listed: boolean; onClose: () => void }) {
  const [part, setPart] = useState<typeof Plans | "failed" | null>(null);
  const wanted = listed || open.near.value;
  useEffect(() => {
    if (wanted && (part === null || part === "failed")) void import("./plans").then((m) => setPart(() => m.Plans), () => setPart("failed"));
  }, [wanted]);
  if (part === "failed") return listed ? <p class="map-plans card problem" role="alert">{say.failed}</p> : null;
  const Part = part;
  return Part && <Part open={open} listed={listed} onClose={onClose} />;
}

function Over({ open }: { open: OpenMap }) {
  useRedraw(open);
  const plans = useSignal(false);
  const ground = open.ground.state.value;
  return (
    <>
      <Title area={open.area} fittedTo={open.fittedTo.value} />
      <Controls open={open} plans={plans.value} onPlans={() => { plans.value = !plans.value; }} />
      <PlansPart open={open} listed={plans.value} onClose={() => { plans.value = false; }} />
      <p class="map-source">{ground === "failed" ? words.groundFailed : ground === "fine" ? words.groundFine : words.ground}</p>
      <div class="map-foot">
        <Time open={open} />
        <InView spot={open.spot.value} devices={open.inView.value} count={open.count.value} onAll={() => { open.spot.value = null; }} onPoint={(id) => open.point(id)} pathOf={(id) => open.pathOf(id)} />
      </div>
    </>
  );
}

export function MapView() {
  const holder = useRef<HTMLDivElement>(null);
  const open = useSignal<OpenMap | null>(null);
  useEffect(() => {
    if (!holder.current) return undefined;
    const made = new OpenMap(holder.current);
    open.value = made;
    return () => made.end();
  }, []);
  return (
    <div class="map-page">
      <div ref={holder} class="map" aria-label={words.title} role="region" />
      {open.value && <Over open={open.value} />}
    </div>
  );
}
