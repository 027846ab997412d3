// SPDX-License-Identifier: Apache-2.0
// What a gauge is for a switch: its last hour as a lane.

import { useComputed } from "@preact/signals";
import { say } from "../../i18n/say";
import type { Sensor } from "../../net/wire";
import { now } from "../../state/clock";
import { readingOf } from "../../state/fleet";
import { stretchesOn } from "../../state/switching";
import { sparkSpan, useHour } from "../spark";
import { switchWord } from "../value";

export function SwitchLane({ device, sensor }: { device: string; sensor: Sensor }) {
  const { draw } = useHour(device, sensor.id);
  const lane = useComputed(() => {
    const drawn = draw();
    const to = Math.floor(now.value / 5000) * 5000;
    return drawn ? stretchesOn(drawn, to).map((s) => [(s.from - to) / sparkSpan + 1, (s.to - s.from) / sparkSpan] as const) : [];
  });
  const share = (x: number): string => `${(Math.min(1, Math.max(0, x)) * 100).toFixed(2)}%`;
  return (
    <div class="gauge switch-lane" role="img" aria-label={say.deviceActs.switchLane(sensor.name, switchWord(sensor, readingOf(device, sensor.id)?.v ?? null))}>
      <div class="gauge-track">{lane.value.map(([x, w]) => <i key={x} style={{ left: share(x), width: `max(2px, ${share(x < 0 ? w + x : w)})` }} />)}</div>
      <div class="switch-ends"><span>{say.deviceActs.hourAgo}</span><span>{say.chart.now}</span></div>
    </div>
  );
}
