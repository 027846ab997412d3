// SPDX-License-Identifier: Apache-2.0
// Plans of buildings on the map: which are shown, a new one from a picture, one under change, and devices that get their place.

import { useSignal, useSignalEffect } from "@preact/signals";
import * as L from "leaflet";
import { X } from "lucide-preact";
import { useEffect, useMemo } from "preact/hooks";
import { words } from "../../i18n/map";
import type { Corners } from "../../lib/plan";
import { createPlan, hiddenPlans, loadPlans, plans, plansFailed, type Outcome, type Plan } from "../../state/plans";
import { mayChange } from "../../state/session";
import type { Frame } from "./canvas-layer";
import { fit } from "./leaflet-map";
import type { OpenMap } from "./open-map";
import { PlaceDevice } from "./place-device";
import { outcomeText } from "./plan-fields";
import { PlanForm } from "./plan-form";
import { PlanPainter } from "./plan-paint";

interface Draft {
  readonly plan: Plan;
  readonly corners: Corners;
}

/** A new plan lies in the middle of what is seen. */
function middleOf(map: L.Map): Corners {
  const size = map.getSize();
  const at = (x: number, y: number): readonly [number, number] => {
    const { lat, lng } = map.containerPointToLatLng([size.x * x, size.y * y]);
    return [Number(lat.toFixed(7)), Number(lng.toFixed(7))];
  };
  return [at(0.3, 0.35), at(0.6, 0.65)];
}

function NewPlan({ open, onMade }: { open: OpenMap; onMade: (id: string) => void }) {
  const problem = useSignal<Outcome | null>(null);
  const busy = useSignal(false);
  const take = async (input: HTMLInputElement): Promise<void> => {
    const file = input.files?.[0];
    if (!file) return;
    busy.value = true;
    const result = await createPlan(file, middleOf(open.map));
    busy.value = false;
    input.value = "";
    problem.value = result.kind === "done" ? null : result;
    if (result.kind === "done") onMade(result.id);
  };
  return (
    <div class="map-form">
      <label class="map-field">{words.newPlan}
        <input type="file" accept="image/png,image/jpeg,image/webp" disabled={busy.value} onChange={(event) => void take(event.currentTarget)} />
      </label>
      {problem.value && <p class="problem" role="alert">{outcomeText(problem.value)}</p>}
    </div>
  );
}

function Row({ open, plan, onEdit }: { open: OpenMap; plan: Plan; onEdit: () => void }) {
  const hidden = hiddenPlans.value.has(plan.id);
  return (
    <li class="map-plan">
      <label><input type="checkbox" checked={!hidden} onChange={() => {
        const next = new Set(hiddenPlans.peek());
        if (!next.delete(plan.id)) next.add(plan.id);
        hiddenPlans.value = next;
      }} /> {plan.name}</label>
      <button type="button" class="link" aria-label={words.showPlan(plan.name)} onClick={() => fit(open.map, L.latLngBounds(plan.corners.map(([lat, lng]) => L.latLng(lat, lng))), 20)}>{words.show}</button>
      {mayChange.value && <button type="button" class="link" aria-label={words.editPlan(plan.name)} onClick={onEdit}>{words.edit}</button>}
    </li>
  );
}

interface PanelProps {
  readonly open: OpenMap;
  readonly draft: { value: Draft | null };
  readonly onClose: () => void;
}

function Panel({ open, draft, onClose }: PanelProps) {
  const said = useSignal("");
  const all = plans.value;
  const edit = (plan: Plan): void => { draft.value = { plan, corners: plan.corners }; };
  return (
    <section class="map-plans card" aria-label={words.plans} onKeyDown={(event) => { if (event.key === "Escape") onClose(); }}>
      <header class="card-head">
        <h2>{draft.value ? draft.value.plan.name : words.plans}</h2><span class="card-space" />
        <button type="button" class="map-fold" aria-label={words.closePlans} onClick={onClose}><X size={18} aria-hidden="true" /></button>
      </header>
      {draft.value
        ? <PlanForm key={draft.value.plan.id} open={open} plan={draft.value.plan} corners={draft.value.corners} onCorners={(change) => { if (draft.value) draft.value = { ...draft.value, corners: change(draft.value.corners) }; }}
            onEnd={(text) => {
              said.value = text;
              draft.value = null;
            }} />
        : <>
            {plansFailed.value !== null && <p class="problem" role="alert">{words.plansFailed(plansFailed.value)} <button type="button" class="button" onClick={() => void loadPlans()}>{words.again}</button></p>}
            <ul>{all?.map((plan) => <Row key={plan.id} open={open} plan={plan} onEdit={() => edit(plan)} />)}</ul>
            {all?.length === 0 && <p class="quiet card-note">{words.noPlans}</p>}
            {mayChange.value ? <>
              <NewPlan open={open} onMade={(id) => {
                const made = plans.peek()?.find((p) => p.id === id);
                if (made) edit(made);
              }} />
              <PlaceDevice open={open} onSaid={(text) => { said.value = text; }} />
            </> : <p class="quiet card-note">{words.plansRole}</p>}
          </>}
      <p class="map-said" role="status">{said.value}</p>
    </section>
  );
}

/** Draws the plans, and shows their list when it is open. */
export function Plans({ open, listed, onClose }: { open: OpenMap; listed: boolean; onClose: () => void }) {
  const draft = useSignal<Draft | null>(null);
  const painter = useMemo(() => new PlanPainter(() => open.marks.layer.redraw()), [open]);
  useEffect(() => {
    const paint = (frame: Frame): void => {
      const shown = (plans.peek() ?? []).filter((p) => !hiddenPlans.peek().has(p.id) || p.id === draft.peek()?.plan.id);
      const now = draft.peek();
      painter.draw(frame, shown, now && { id: now.plan.id, corners: now.corners });
    };
    open.marks.ground.add(paint);
    void loadPlans();
    return () => void open.marks.ground.delete(paint);
  }, [open]);
  useSignalEffect(() => {
    plans.value;
    hiddenPlans.value;
    draft.value;
    open.marks.layer.redraw();
  });
  return listed ? <Panel open={open} draft={draft} onClose={onClose} /> : null;
}
