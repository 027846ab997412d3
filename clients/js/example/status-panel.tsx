// SPDX-License-Identifier: Apache-2.0
import type { Fleet } from "../src/index.js";

/** Counts, and the devices as a list to choose from. */
export function StatusPanel(props: { fleet: Fleet; chosen: string | undefined; choose: (id: string) => void }) {
  const { counts, devices } = props.fleet;
  return (
    <section aria-label="Status">
      <h2>Devices</h2>
      <p className="counts">
        <b>{counts?.online ?? "–"}</b> of <b>{counts?.devices ?? "–"}</b> online, {Math.round(counts?.readingsPerSecond ?? 0)} readings/s
      </p>
      <ul className="devices">
        {[...devices.values()].slice(0, 100).map((device) => (
          <li key={device.id}>
            <button aria-pressed={device.id === props.chosen} onClick={() => props.choose(device.id)}>
              <span className={`dot ${device.status}`} aria-hidden="true" />
              {device.name ?? device.id} <small>{device.status}</small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
