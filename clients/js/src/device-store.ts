// SPDX-License-Identifier: Apache-2.0
// One device with its newest values.

import type { Clock } from "./clock.js";
import { unknownDevice } from "./decode.js";
import { Freshness } from "./freshness.js";
import type { Reading, Rooms } from "./rooms.js";
import { LazyStore } from "./store.js";
import type { Device, DeviceOptions, Sensor, Status, Store } from "./types.js";

const DEFAULT_INTERVAL = 250;

export function deviceStore(id: string, options: DeviceOptions, rooms: Rooms, clock: Clock): Store<Device> {
  const sensors = options.sensors ?? [];
  const wanted = (sensor: string) => sensors.length === 0 || sensors.includes(sensor);
  const ages = new Map<string, Freshness>();

  const ageOf = (sensor: string): Freshness => {
    let age = ages.get(sensor);
    if (!age) ages.set(sensor, (age = new Freshness()));
    return age;
  };
  const isStale = (device: Device, sensor: Sensor) =>
    !clock.live() || device.status !== "online" || sensor.timestamp === null || ageOf(sensor.id).isStale(clock.now());
  /** The device with `stale` as it is now; the same object when nothing moved. */
  const judged = (device: Device): Device => {
    let changed = false;
    const judgedSensors = device.sensors.map((sensor) => {
      const stale = isStale(device, sensor);
      changed ||= stale !== sensor.stale;
      return stale === sensor.stale ? sensor : { ...sensor, stale };
    });
    return changed ? { ...device, sensors: judgedSensors } : device;
  };

  const took = (device: Device | null) => {
    if (device === null) {
      store.set(unknownDevice(id));
      return;
    }
    const shown = device.sensors.filter((sensor) => wanted(sensor.id));
    for (const sensor of shown) if (sensor.timestamp !== null) ageOf(sensor.id).saw(sensor.timestamp);
    store.set(judged({ ...device, sensors: shown }));
  };
  const reading = ({ sensor, value, timestamp, unit }: Reading) => {
    if (!wanted(sensor)) return;
    ageOf(sensor).saw(timestamp);
    const device = store.get();
    const at = device.sensors.findIndex((s) => s.id === sensor);
    const before: Sensor = device.sensors[at] ?? {
      id: sensor, name: null, unit, kind: "number", min: null, max: null, decimals: null, value: null, timestamp: null, stale: true,
    };
    const after = { ...before, value, timestamp, unit: unit ?? before.unit };
    const next = at < 0 ? [...device.sensors, after] : device.sensors.map((s, i) => (i === at ? after : s));
    store.set(judged({ ...device, known: true, lastSeen: Math.max(device.lastSeen ?? 0, timestamp), sensors: next }));
  };
  const status = (now: Status, cause: string, lastSeen: number | null) => {
    const device = store.get();
    store.set(judged({ ...device, known: true, status: now, cause, since: now === device.status ? device.since : clock.now(), lastSeen: lastSeen ?? device.lastSeen }));
  };

  const store = new LazyStore<Device>(unknownDevice(id), () => {
    const leave = rooms.join(id, { interval: options.interval ?? DEFAULT_INTERVAL, sensors, device: took, reading, status });
    const stop = clock.each(() => store.set(judged(store.get())));
    return () => {
      leave();
      stop();
    };
  });
  return store;
}
