// SPDX-License-Identifier: Apache-2.0
// How much of the last month a device was there, as a number and a lane.

import { say } from "../../i18n/say";
import { formatNumber, formatSpan } from "../../lib/format";
import { now } from "../../state/clock";
import { availabilitySpan } from "../../state/events";
import { availability, type StatusStretch } from "../../state/stretches";

export function AvailabilityLane({ stretches }: { stretches: readonly StatusStretch[] }) {
  const to = Math.floor(now.value / 60_000) * 60_000;
  const from = to - availabilitySpan;
  const found = availability(stretches, from, to);
  const share = (t: number): number => Math.min(1, Math.max(0, (t - from) / availabilitySpan)) * 100;
  if (!found) return <p class="quiet availability">{say.events.availabilityUnknown}</p>;
  const words = say.events.availability(formatNumber(found.share * 100, found.share > 0.99995 ? 0 : 1), formatSpan(found.known));
  return (
    <div class="availability">
      <span>{words}</span>
      <div class="availability-lane" role="img" aria-label={words}>
        {stretches.filter((s) => (s.to ?? to) > from).map((s) => (
          <i key={s.from} class={`was-${s.status}`} title={say.events.status(say.status[s.status], s.cause)}
            style={{ left: `${share(s.from)}%`, width: `max(${s.status === "online" ? 0 : 2}px, ${share(s.to ?? to) - share(s.from)}%)` }} />
        ))}
      </div>
    </div>
  );
}
