// SPDX-License-Identifier: Apache-2.0
import { useState } from "react";
import type { Sensor } from "../src/index.js";
import { useDevice, useSensor, useThrottledSocket } from "../src/react.js";
import { LineChart } from "./line-chart.js";

const shown = (sensor: Sensor) =>
  sensor.value === null ? "–" : `${sensor.value.toFixed(Math.min(sensor.decimals ?? 2, 3))} ${sensor.unit ?? ""}`;

/** A bar from least to greatest; a number that is not new is grey and says so. */
function Gauge({ sensor }: { sensor: Sensor }) {
  const [low, high] = [sensor.min ?? 0, sensor.max ?? 100];
  const share = sensor.value === null ? 0 : Math.min(1, Math.max(0, (sensor.value - low) / (high - low || 1)));
  return (
    <div className={sensor.stale ? "gauge stale" : "gauge"} role="meter" aria-label={sensor.id} aria-valuemin={low} aria-valuemax={high}
      aria-valuenow={sensor.value ?? low} aria-valuetext={sensor.stale ? `${shown(sensor)}, stale` : shown(sensor)}>
      <span>{sensor.name ?? sensor.id}</span>
      <b>{shown(sensor)}</b>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect className="track" width="100" height="4" />
        <rect className="fill" width={share * 100} height="4" />
      </svg>
      {sensor.stale && <small>stale</small>}
    </div>
  );
}

/** One device: gauges of its newest values, and the last ten minutes of the sensor that was chosen. */
export function DevicePanel({ id }: { id: string }) {
  const device = useDevice(id, { interval: 250 });
  const [chosen, choose] = useState<string | null>(null);
  const [heard, hear] = useState(0);
  useThrottledSocket("device-update", () => hear((n) => n + 1), 1000);
  const sensor = chosen ?? device.sensors[0]?.id;
  return (
    <section aria-label="Device" className="wide">
      <h2>
        {device.name ?? device.id} <small>{device.status}{device.cause && device.cause !== "none" ? `, ${device.cause}` : ""}</small>
      </h2>
      <div className="gauges">
        {device.sensors.map((s) => (
          <button key={s.id} aria-pressed={s.id === sensor} onClick={() => choose(s.id)}>
            <Gauge sensor={s} />
          </button>
        ))}
      </div>
      {sensor !== undefined && <History key={sensor} device={id} sensor={sensor} />}
      <small className="heard">{heard} seconds with news</small>
    </section>
  );
}

function History(props: { device: string; sensor: string }) {
  const series = useSensor(props.device, props.sensor, { window: 600_000 });
  return <LineChart series={series} />;
}
