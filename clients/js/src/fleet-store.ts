// SPDX-License-Identifier: Apache-2.0
// What the server tells without being asked: the fleet as `dashboard:data` and `dashboard:update` have it, and the open alerts.

import type { Socket } from "socket.io-client";
import type { Clock } from "./clock.js";
import { decodeAlert, decodeCounts, decodeDevice, isRaw, listOf, numberOf, textOf } from "./decode.js";
import { Freshness } from "./freshness.js";
import { LazyStore } from "./store.js";
import type { Alert, Device, Fleet, Sensor, Store } from "./types.js";

type Raw = Readonly<Record<string, unknown>>;

/** Newest first, as the server has them. */
const byAge = (a: Alert, b: Alert) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1);

/** Puts the newest values in; `saw` hears the time of each. */
function withLatest(devices: Map<string, Device>, raw: unknown, saw: (device: string, sensor: string, timestamp: number) => void): void {
  if (!isRaw(raw)) return;
  const [ids, sensors, values, times] = ["device", "sensor", "v", "t"].map((key) => listOf(raw[key]));
  const changed = new Map<string, Map<string, { value: number | null; timestamp: number | null }>>();
  ids!.forEach((id, i) => {
    const of = changed.get(textOf(id)) ?? new Map<string, { value: number | null; timestamp: number | null }>();
    const timestamp = numberOf(times![i]);
    of.set(textOf(sensors![i]), { value: numberOf(values![i]), timestamp });
    changed.set(textOf(id), of);
    if (timestamp !== null) saw(textOf(id), textOf(sensors![i]), timestamp);
  });
  for (const [id, of] of changed) {
    const device = devices.get(id);
    if (!device) continue;
    const lastSeen = Math.max(device.lastSeen ?? 0, ...[...of.values()].map((x) => x.timestamp ?? 0));
    devices.set(id, { ...device, lastSeen, sensors: device.sensors.map((s): Sensor => ({ ...s, ...of.get(s.id) })) });
  }
}

export class Told {
  readonly fleet: Store<Fleet>;
  readonly alerts: Store<readonly Alert[]>;
  readonly #fleet: LazyStore<Fleet>;
  readonly #alerts: LazyStore<readonly Alert[]>;
  readonly #ages = new Map<string, Map<string, Freshness>>();
  #watched = false;

  constructor(readonly socket: Socket, readonly clock: Clock) {
    this.fleet = this.#fleet = new LazyStore<Fleet>({ counts: null, devices: new Map(), truncated: false }, () => this.#watch());
    this.alerts = this.#alerts = new LazyStore<readonly Alert[]>([], () => () => undefined);
    socket.on("dashboard:data", (data: unknown) => this.#take(data, true));
    socket.on("dashboard:update", (data: unknown) => this.#take(data, false));
    for (const event of ["alert-created", "alert-updated", "alert-resolved"]) {
      socket.on(event, (alert: unknown) => this.#putAlerts([alert], false));
    }
  }

  /** Nobody wants single readings of the whole fleet here; the updates only while somebody looks. */
  connected(): void {
    this.socket.emit("subscribe-fleet", { format: "none", dashboard: this.#watched });
  }

  #watch(): () => void {
    const tell = (watched: boolean) => {
      this.#watched = watched;
      if (this.socket.connected) this.connected();
    };
    tell(true);
    const stop = this.clock.each(() => this.#judge());
    return () => {
      stop();
      tell(false);
    };
  }

  #ageOf(device: string, sensor: string): Freshness {
    let own = this.#ages.get(device);
    if (!own) this.#ages.set(device, (own = new Map<string, Freshness>()));
    let age = own.get(sensor);
    if (!age) own.set(sensor, (age = new Freshness()));
    return age;
  }

  #isStale(device: Device, sensor: Sensor): boolean {
    return !this.clock.live() || device.status !== "online" || sensor.timestamp === null || this.#ageOf(device.id, sensor.id).isStale(this.clock.now());
  }

  /** Which values may still pass for new. */
  #judge(): void {
    const fleet = this.#fleet.get();
    const moved = [...fleet.devices.values()].filter((d) => d.sensors.some((s) => s.stale !== this.#isStale(d, s)));
    if (moved.length === 0) return;
    const devices = new Map(fleet.devices);
    for (const d of moved) devices.set(d.id, { ...d, sensors: d.sensors.map((s) => ({ ...s, stale: this.#isStale(d, s) })) });
    this.#fleet.set({ ...fleet, devices });
  }

  #take(data: unknown, whole: boolean): void {
    if (!isRaw(data)) return;
    const time = numberOf(data["serverTime"]);
    if (time !== null) this.clock.heard(time);
    this.#putFleet(data, whole);
    this.#putAlerts(listOf(data["alerts"]), whole);
    if (whole) this.clock.become("live");
    this.#judge();
  }

  #putFleet(data: Raw, whole: boolean): void {
    const before = this.#fleet.get();
    const devices = whole ? new Map<string, Device>() : new Map(before.devices);
    for (const raw of listOf(data["devices"])) {
      const device = decodeDevice(raw);
      if (isRaw(raw) && raw["deleted"] === true) {
        devices.delete(textOf(raw["id"]));
        this.#ages.delete(textOf(raw["id"]));
      }
      else if (device) devices.set(device.id, keepValues(device, devices.get(device.id)));
    }
    if (whole) this.#ages.clear();
    withLatest(devices, data["latest"], (device, sensor, timestamp) => this.#ageOf(device, sensor).saw(timestamp));
    const truncated = data["truncated"] === true || (!whole && before.truncated);
    this.#fleet.set({ counts: decodeCounts(data["counts"]) ?? before.counts, devices, truncated });
  }

  #putAlerts(list: readonly unknown[], whole: boolean): void {
    if (!whole && list.length === 0) return;
    const open = new Map(whole ? [] : this.#alerts.get().map((a) => [a.id, a]));
    for (const raw of list) {
      const alert = decodeAlert(raw);
      if (alert === null) continue;
      if (alert.resolvedAt !== null || alert.state === "pending") open.delete(alert.id);
      else open.set(alert.id, alert);
    }
    this.#alerts.set([...open.values()].sort(byAge));
  }
}

/** An update repeats a device without its values. */
function keepValues(device: Device, before: Device | undefined): Device {
  if (!before) return device;
  const values = new Map(before.sensors.map((s) => [s.id, s]));
  return {
    ...device,
    sensors: device.sensors.map((s) => {
      const old = values.get(s.id);
      return old && s.value === null ? { ...s, value: old.value, timestamp: old.timestamp, stale: old.stale } : s;
    }),
  };
}
