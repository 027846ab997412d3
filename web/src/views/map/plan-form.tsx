// SPDX-License-Identifier: Apache-2.0
// One plan under change: its name, and where its corners lie, by handles on the map or by numbers.

import { useSignal } from "@preact/signals";
import { words } from "../../i18n/map";
import type { Corners } from "../../lib/plan";
import { removePlan, savePlan, type Outcome, type Plan } from "../../state/plans";
import { Handle } from "./handle";
import { NumberField, outcomeText } from "./plan-fields";
import type { OpenMap } from "./open-map";

interface Props {
  readonly open: OpenMap;
  readonly plan: Plan;
  readonly corners: Corners;
  /** Changes the corners as they are then, which a pointer and a field may both have moved since this was drawn. */
  readonly onCorners: (change: (corners: Corners) => Corners) => void;
  readonly onEnd: (said: string) => void;
}

const rounded = (v: number): number => Number(v.toFixed(7));

export function PlanForm({ open, plan, corners, onCorners, onEnd }: Props) {
  const name = useSignal(plan.name);
  const problem = useSignal<Outcome | null>(null);
  const sure = useSignal(false);
  const [[lat0, lng0], [lat1, lng1]] = corners;
  const first = (lat: number, lng: number): void => onCorners((c) => [[rounded(lat), rounded(lng)], c[1]]);
  const second = (lat: number, lng: number): void => onCorners((c) => [c[0], [rounded(lat), rounded(lng)]]);
  const middle = [(lat0 + lat1) / 2, (lng0 + lng1) / 2] as const;
  const shift = (lat: number, lng: number): void => {
    const [dy, dx] = [lat - middle[0], lng - middle[1]];
    onCorners(() => [[rounded(lat0 + dy), rounded(lng0 + dx)], [rounded(lat1 + dy), rounded(lng1 + dx)]]);
  };
  const end = (result: Outcome, said: string): void => {
    if (result.kind === "done") onEnd(said);
    else problem.value = result;
  };
  return (
    <form class="map-form" onSubmit={(event) => {
      event.preventDefault();
      void savePlan(plan, name.value, corners).then((result) => end(result, words.planSaved(name.value)));
    }}>
      <label class="map-field">{words.planName}
        <input type="text" required maxLength={100} value={name.value} onInput={(event) => { name.value = event.currentTarget.value; }} />
      </label>
      <fieldset class="map-numbers"><legend>{words.upperLeft}</legend>
        <NumberField label={words.latitude} value={lat0} most={85} onValue={(v) => first(v, lng0)} />
        <NumberField label={words.longitude} value={lng0} most={180} onValue={(v) => first(lat0, v)} />
      </fieldset>
      <fieldset class="map-numbers"><legend>{words.lowerRight}</legend>
        <NumberField label={words.latitude} value={lat1} most={85} onValue={(v) => second(v, lng1)} />
        <NumberField label={words.longitude} value={lng1} most={180} onValue={(v) => second(lat1, v)} />
      </fieldset>
      <p class="quiet">{words.cornersHow}</p>
      {problem.value && <p class="problem" role="alert">{outcomeText(problem.value)}</p>}
      <div class="map-acts">
        <button type="submit" class="button button-fill">{words.savePlan}</button>
        <button type="button" class="button" onClick={() => onEnd("")}>{words.cancel}</button>
        <button type="button" class="button" onClick={() => {
          if (sure.value) void removePlan(plan.id).then((result) => end(result, words.planRemoved(plan.name)));
          else sure.value = true;
        }}>{sure.value ? words.reallyRemove : words.removePlan}</button>
      </div>
      <Handle map={open.map} kind="corner" label={words.upperLeft} at={corners[0]} onMove={first} />
      <Handle map={open.map} kind="corner" label={words.lowerRight} at={corners[1]} onMove={second} />
      <Handle map={open.map} kind="middle" label={words.movePlan} at={middle} onMove={shift} />
    </form>
  );
}
