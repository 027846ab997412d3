// SPDX-License-Identifier: Apache-2.0
// Gives a device its place: by a press on the map, by its handle, or by numbers.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { words } from "../../i18n/map";
import type { Device } from "../../net/wire";
import { allDevices } from "../../state/fleet";
import { placeDevice, type Outcome } from "../../state/plans";
import { Handle } from "./handle";
import { NumberField, outcomeText } from "./plan-fields";
import type { OpenMap } from "./open-map";

const mostMatches = 6;

function matching(typed: string): readonly Device[] {
  const wanted = typed.trim().toLowerCase();
  const out: Device[] = [];
  if (wanted === "") return out;
  for (const d of allDevices()) {
    if (d.name.toLowerCase().includes(wanted) || d.id.toLowerCase().includes(wanted)) out.push(d);
    if (out.length === mostMatches) break;
  }
  return out;
}

function Placing({ open, device, onEnd }: { open: OpenMap; device: Device; onEnd: (said: string) => void }) {
  const center = open.map.getCenter();
  const lat = useSignal(device.location?.lat ?? center.lat);
  const lng = useSignal(device.location?.lng ?? center.lng);
  const problem = useSignal<Outcome | null>(null);
  const move = (y: number, x: number): void => {
    [lat.value, lng.value] = [Number(y.toFixed(7)), Number(x.toFixed(7))];
  };
  useEffect(() => {
    open.onPress = (at) => {
      move(at.lat, at.lng);
      return true;
    };
    return () => { open.onPress = null; };
  }, [device.id]);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const result = await placeDevice(device.id, lat.value, lng.value);
    if (result.kind === "done") onEnd(words.placed(device.name));
    else problem.value = result;
  };
  return (
    <form class="map-form" onSubmit={(event) => void save(event)}>
      <p><b>{device.name}</b><br /><span class="quiet">{words.placeHow}</span></p>
      <div class="map-numbers">
        <NumberField label={words.latitude} value={lat.value} most={90} onValue={(v) => { lat.value = v; }} />
        <NumberField label={words.longitude} value={lng.value} most={180} onValue={(v) => { lng.value = v; }} />
      </div>
      {problem.value && <p class="problem" role="alert">{outcomeText(problem.value)}</p>}
      <div class="map-acts">
        <button type="submit" class="button button-fill">{words.savePlace}</button>
        <button type="button" class="button" onClick={() => onEnd("")}>{words.cancel}</button>
      </div>
      <Handle map={open.map} kind="device" label={words.placeOf(device.name)} at={[lat.value, lng.value]} onMove={move} />
    </form>
  );
}

export function PlaceDevice({ open, onSaid }: { open: OpenMap; onSaid: (text: string) => void }) {
  const typed = useSignal("");
  const device = useSignal<Device | null>(null);
  if (device.value) {
    return <Placing open={open} device={device.value} onEnd={(said) => {
      device.value = null;
      typed.value = "";
      onSaid(said);
    }} />;
  }
  return (
    <div class="map-form">
      <label class="map-field">{words.placeDevice}
        <input type="search" value={typed.value} placeholder={words.findDevice} onInput={(event) => { typed.value = event.currentTarget.value; }} />
      </label>
      <ul class="map-matches">
        {matching(typed.value).map((d) => <li key={d.id}><button type="button" class="link" onClick={() => { device.value = d; }}>{d.name}</button></li>)}
      </ul>
    </div>
  );
}
