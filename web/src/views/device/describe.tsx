// SPDX-License-Identifier: Apache-2.0
// What people say of a device: its name, place, tags and position.

import { useState } from "preact/hooks";
import { say } from "../../i18n/say";
import { problemText } from "../../lib/problem";
import type { Device } from "../../net/wire";
import { describe } from "../../state/describe";
import { mayChange } from "../../state/session";

const words = (text: string): string[] => [...new Set(text.split(/[\s,]+/).filter((t) => t !== ""))];

/** Empty: none is meant; null: it is no number. */
function coordinate(text: string, most: number): number | "" | null {
  if (text.trim() === "") return "";
  const v = Number(text.replace(",", "."));
  return Number.isFinite(v) && Math.abs(v) <= most ? v : null;
}

export function DescribeForm({ device }: { device: Device }) {
  const [state, setState] = useState<{ readonly problem: string; readonly saved: boolean }>({ problem: "", saved: false });
  if (!mayChange.value) return null;
  const w = say.describe;
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const get = (key: string): string => String(form.get(key) ?? "").trim();
    const [lat, lng] = [coordinate(get("lat"), 90), coordinate(get("lng"), 180)];
    if (lat === null || lng === null || (lat === "") !== (lng === "")) {
      setState({ problem: w.wrongPosition, saved: false });
      return;
    }
    const change = {
      ...(get("name") === "" ? {} : { name: get("name") }), place: get("place"), tags: words(get("tags")),
      ...(lat === "" || lng === "" ? {} : { location: { lat, lng } }),
    };
    describe(device.id, change).then(() => setState({ problem: "", saved: true }), (error: unknown) => setState({ problem: problemText(error), saved: false }));
  };
  const field = (name: string, label: string, value: string) => <label>{label}<input class="field" name={name} defaultValue={value} maxLength={256} onInput={() => { if (state.saved) setState({ problem: "", saved: false }); }} /></label>;
  return (
    <form class="card settings-card" aria-labelledby="describe" onSubmit={send}>
      <h2 id="describe">{w.title}</h2>
      <div class="form-line">
        {field("name", w.name, device.name)}
        {field("place", say.device.place, device.place ?? "")}
        {field("tags", say.device.tags, device.tags.join(" "))}
        {field("lat", w.lat, device.location ? String(device.location.lat) : "")}
        {field("lng", w.lng, device.location ? String(device.location.lng) : "")}
      </div>
      <p><button type="submit" class="button button-primary">{w.save}</button> <span class="quiet" role="status">{state.saved ? w.saved : ""}</span></p>
      <p class="problem" role="alert">{state.problem}</p>
    </form>
  );
}
