// SPDX-License-Identifier: Apache-2.0
// A lane a device on the range of the page: when it was there, and when and why not.

import { useComputed } from "@preact/signals";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { formatDayTime } from "../../lib/format";
import type { Device } from "../../net/wire";
import { now } from "../../state/clock";
import { deviceOf, fleet } from "../../state/fleet";
import type { TimeRange } from "../../state/range";
import { useStatusHistory } from "../device/readings";
import { Glyph } from "../glyph";
import { devicePath } from "../router";
import { To } from "../to";

const most = 50;

function Lane({ device, range }: { device: Device; range: TimeRange }) {
  const history = useStatusHistory(device);
  const window = useComputed(() => {
    range.view.value;
    const { from, to } = range.window(Math.floor(now.value / 5000) * 5000);
    return `${from}|${to}`;
  });
  const [from = 0, to = 1] = window.value.split("|").map(Number);
  const at = (t: number): number => (Math.min(1, Math.max(0, (t - from) / (to - from))) * 100);
  const seen = history.stretches.value.filter((s) => s.from < to && (s.to ?? Infinity) > from);
  const words = seen.map((s) => `${say.events.status(say.status[s.status], s.cause)} ${formatDayTime(Math.max(from, s.from))}`).join(", ");
  return (
    <li class="state-lane">
      <span class="state-lane-name"><Glyph name={device.status} size={12} /><To href={devicePath(device.id)}>{device.name}</To></span>
      <div class="availability-lane" role="img" aria-label={words || say.events.availabilityUnknown}>
        {seen.map((s) => (
          <i key={s.from} class={`was-${s.status}`} title={say.events.status(say.status[s.status], s.cause)}
            style={{ left: `${at(s.from)}%`, width: `max(${s.status === "online" ? 0 : 2}px, ${at(s.to ?? to) - at(s.from)}%)` }} />
        ))}
      </div>
    </li>
  );
}

export function LanesWidget({ ids, range }: { ids: readonly string[]; range: TimeRange }) {
  fleet.value;
  const devices = ids.map(deviceOf).filter((d): d is Device => d !== undefined);
  if (devices.length === 0) return <p class="empty">{tools.boards.noDevices}</p>;
  return (
    <div class="widget-scroll" tabIndex={0} role="group" aria-label={tools.boards.types.lanes}>
      <ul class="state-lanes">{devices.slice(0, most).map((d) => <Lane key={d.id} device={d} range={range} />)}</ul>
      {devices.length > most && <p class="quiet">{tools.boards.notAll(most, devices.length)}</p>}
    </div>
  );
}
