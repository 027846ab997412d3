// SPDX-License-Identifier: Apache-2.0
// How many devices are how, large enough for a wall.

import { useComputed } from "@preact/signals";
import { say } from "../../i18n/say";
import { formatCount } from "../../lib/format";
import { deviceOf, fleet, fleetCounts } from "../../state/fleet";
import { Glyph } from "../glyph";

const kinds = ["online", "offline", "asleep", "unknown"] as const;

/** Of these devices, or of the fleet when none are named. */
export function CountsWidget({ ids }: { ids: readonly string[] }) {
  const counts = useComputed(() => {
    fleet.value;
    if (ids.length === 0) return fleetCounts();
    const own = { online: 0, offline: 0, asleep: 0, unknown: 0 };
    for (const id of ids) {
      const device = deviceOf(id);
      if (device) own[device.status]++;
    }
    return own;
  });
  return (
    <ul class="widget-counts">
      {kinds.map((kind) => <li key={kind}><Glyph name={kind} size={20} /><span><b>{formatCount(counts.value[kind])}</b><span>{say.status[kind]}</span></span></li>)}
    </ul>
  );
}
