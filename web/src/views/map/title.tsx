// SPDX-License-Identifier: Apache-2.0
// What the map says at a glance: how many are in trouble, in how many places, and what it is fitted to.

import { useComputed } from "@preact/signals";
import { words } from "../../i18n/map";
import { formatClock } from "../../lib/format";
import { worstByDevice } from "../../state/alerts";
import type { Area } from "../../state/area";
import { fresh, heardAt } from "../../state/connection";
import { allDevices, deviceCount, fleet, heldDevices } from "../../state/fleet";

interface Facts {
  readonly placed: number;
  readonly bad: number;
  readonly places: number;
  readonly lost: number;
}

function facts(): Facts {
  const worst = worstByDevice.value;
  const places = new Set<string>();
  let [placed, bad] = [0, 0];
  for (const d of allDevices()) {
    if (d.location === null) continue;
    placed++;
    if (!worst.has(d.id) && d.status !== "offline" && (d.status !== "unknown" || d.cause === "none")) continue;
    bad++;
    places.add(d.place ?? "");
  }
  return { placed, bad, places: places.size, lost: heldDevices() - placed };
}

export function Title({ area, fittedTo }: { area: Area; fittedTo: "trouble" | "all" | null }) {
  const text = useComputed(() => {
    fleet.value;
    const { placed, bad, places, lost } = facts();
    if (placed === 0 && heldDevices() >= deviceCount()) return { head: words.none, sub: words.noneHow };
    const parts = [
      fittedTo === "trouble" ? words.fitted : fittedTo === "all" ? words.fittedAll : "",
      lost > 0 ? words.noPosition(lost) : "", fresh.value ? "" : words.asOf(formatClock(heardAt.value)),
      area.problem.value === null ? area.complete.value ? "" : words.incomplete : words.refused(area.problem.value),
    ];
    return { head: bad > 0 ? words.trouble(bad, places) : words.well(placed), sub: parts.filter((s) => s !== "").join("; ") };
  });
  return <div class="map-title"><h1>{text.value.head}</h1>{text.value.sub !== "" && <p>{text.value.sub}</p>}</div>;
}
