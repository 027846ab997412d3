// SPDX-License-Identifier: Apache-2.0
// The fleet as squares by place, worst first.

import { useComputed } from "@preact/signals";
import { Squares, type Square } from "../../charts/squares";
import { say } from "../../i18n/say";
import { formatClock, formatCount } from "../../lib/format";
import { worstByDevice } from "../../state/alerts";
import { fresh, heardAt } from "../../state/connection";
import { deviceCount, fleet } from "../../state/fleet";
import { linked } from "../../state/link";
import { Glyph } from "../glyph";
import { devicePath, go } from "../router";
import { theme, token } from "../theme";
import { coarse } from "../screen";
import { badness, deviceGlyph, places, type Place } from "./facts";

const nowhere = (): void => undefined;
const mostSquares = 4000;
const mostPlaces = 40;

function squaresOf(place: Place, scale: number): Square[] {
  const worst = worstByDevice.value;
  const out: Square[] = [];
  for (let i = 0; i < place.devices.length; i += scale) {
    const d = place.devices[i];
    if (!d) continue;
    const well = badness(d, worst) === 0;
    const word = worst.get(d.id) ? say.severity[worst.get(d.id)?.severity ?? "info"] : say.status[d.status];
    out.push({
      glyph: well ? null : deviceGlyph(d, worst), href: devicePath(d.id),
      title: scale === 1 ? `${d.name}, ${word}` : `${d.name}, ${word} (${say.overview.fleetScale(scale)})`,
    });
  }
  return out;
}

function Group({ place, scale }: { place: Place; scale: number }) {
  const size = coarse.value ? 15 : 12;
  return (
    <div class={place.worst.length > 1 ? "place place-troubled" : "place"}>
      <div class="place-head">
        <span class="place-name">{place.name}</span>
        {place.worst.map(([glyph, n]) => <span key={glyph} class="place-count"><Glyph name={glyph} size={11} />{n}</span>)}
        <span class="place-all">{formatCount(place.devices.length)}</span>
      </div>
      <div class="place-squares">
        <Squares squares={squaresOf(place, scale)} size={size} hollow={!fresh.value} theme={theme.value} token={token}
          label={`${place.name}: ${place.devices.length}`} onOpen={linked() ? nowhere : go} />
      </div>
    </div>
  );
}

export function FleetCard() {
  const groups = useComputed(() => {
    fleet.value;
    return places();
  });
  const n = deviceCount();
  const scale = Math.max(1, Math.ceil(n / mostSquares));
  const shown = groups.value.slice(0, mostPlaces);
  const small = shown.length > 6 && shown.every((p) => p.devices.length <= 10 * scale);
  return (
    <section class="card card-fleet" aria-labelledby="fleet">
      <header class="card-head">
        <h2 id="fleet">{say.overview.fleet}</h2>
        <span class="quiet">{fresh.value ? say.overview.fleetBy(n) : say.overview.fleetAsOf(n, formatClock(heardAt.value))}{scale > 1 && `, ${say.overview.fleetScale(scale)}`}</span>
        <span class="card-space" />
        {!linked() && <a href="/devices">{say.overview.asList}</a>}
      </header>
      <div class={small ? "places places-small" : "places"} tabIndex={0} role="group" aria-labelledby="fleet">
        {shown.map((p) => <Group key={p.name} place={p} scale={scale} />)}
        {groups.value.length > shown.length && <p class="quiet">{say.overview.morePlaces(groups.value.length - shown.length)}</p>}
      </div>
    </section>
  );
}
