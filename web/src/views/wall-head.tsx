// SPDX-License-Identifier: Apache-2.0
// What stands above everything on a wall: the lamp, how many need attention, the stream and the time; and across the top, since
// when nothing comes.

import { useComputed } from "@preact/signals";
import { say } from "../i18n/say";
import { tools } from "../i18n/tools";
import { formatMinute, zoneName } from "../lib/format";
import { now } from "../state/clock";
import { fresh, heardAt } from "../state/connection";
import { deviceCount, fleet, known } from "../state/fleet";
import { Lamp } from "./lamp";
import { attention } from "./overview/facts";
import { StreamChip } from "./stream-chip";

function Headline() {
  const text = useComputed(() => {
    fleet.value;
    if (!known.value) return say.overview.waiting;
    const n = attention();
    return n === 0 ? say.overview.allWell(deviceCount()) : say.overview.needAttention(n);
  });
  return <p class="wall-headline">{text}</p>;
}

/** `headline`: the page has none of its own. */
export function WallHead({ headline }: { headline: boolean }) {
  const time = useComputed(() => formatMinute(now.value));
  const zone = useComputed(() => zoneName(now.value));
  const lost = useComputed(() => (fresh.value || heardAt.value === 0 ? "" : tools.boards.lost(formatMinute(heardAt.value))));
  return (
    <>
      <p class={lost.value === "" ? "visually-hidden" : "wall-lost"} role="alert">{lost}</p>
      <header class="wall-head">
        <Lamp />
        {headline && <Headline />}
        <span class="card-space" />
        <StreamChip />
        <p class="wall-clock"><b>{time}</b> <span>{zone}</span></p>
      </header>
    </>
  );
}
