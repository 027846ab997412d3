// SPDX-License-Identifier: Apache-2.0
// What the subscriptions hold. Times are integer milliseconds of the server's clock.

export type Status = "online" | "offline" | "asleep" | "unknown";
export type Severity = "info" | "warning" | "critical";

/** Something that has a state now and tells when it has another: the shape of React's useSyncExternalStore. */
export interface Store<T> {
  /** The same object until something changed. */
  get(): T;
  /** Calls back after each change until the returned function is called. The first listener begins the subscription, the last one ends it. */
  subscribe(listener: () => void): () => void;
}

/** How the connection is. `live`: what the stores hold is up to date. */
export type StreamState = "connecting" | "live" | "reconnecting" | "unauthorized" | "closed";

export interface Stream {
  readonly state: StreamState;
  /** When it became so, by this machine's clock. */
  readonly since: number;
}

export interface Sensor {
  readonly id: string;
  readonly name: string | null;
  readonly unit: string | null;
  readonly kind: "number" | "boolean";
  readonly min: number | null;
  readonly max: number | null;
  readonly decimals: number | null;
  readonly value: number | null;
  readonly timestamp: number | null;
  /** The value must not be shown as a new one: the stream is down, the device is not online, or nothing came for five of its usual intervals. */
  readonly stale: boolean;
}

export interface Device {
  readonly id: string;
  /** False: the server has not heard of it yet; everything else is empty then. */
  readonly known: boolean;
  readonly name: string | null;
  readonly model: string | null;
  readonly status: Status;
  readonly cause: string;
  readonly since: number | null;
  readonly lastSeen: number | null;
  readonly location: { readonly lat: number; readonly lng: number } | null;
  readonly place: string | null;
  readonly tags: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly sensors: readonly Sensor[];
}

/** A series over a window that ends now: history joined with what is live. */
export interface Series {
  readonly device: string;
  readonly sensor: string;
  /** True until the history was there once. */
  readonly loading: boolean;
  /** Rows in order of time. `min` and `max` are the value itself where a row is one reading. */
  readonly t: readonly number[];
  readonly v: readonly number[];
  readonly min: readonly number[];
  readonly max: readonly number[];
  /** Stretches that were missed while the connection was down and came from the store later; `step` 0: every reading of it. */
  readonly filled: readonly { readonly from: number; readonly to: number; readonly step: number }[];
  readonly stale: boolean;
  /** Why the history could not be had, else null. */
  readonly error: string | null;
}

export interface Alert {
  readonly id: string;
  readonly deviceId: string;
  readonly sensorType: string;
  readonly ruleId: string;
  readonly severity: Severity;
  readonly message: string;
  readonly value: number | null;
  readonly state: string;
  readonly acknowledged: boolean;
  readonly acknowledgedBy: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly resolvedAt: number | null;
}

export interface Counts {
  readonly devices: number;
  readonly online: number;
  readonly offline: number;
  readonly asleep: number;
  readonly unknown: number;
  readonly alertsOpen: number;
  readonly readingsPerSecond: number;
}

/** All devices that the server told of, by id. */
export interface Fleet {
  readonly counts: Counts | null;
  readonly devices: ReadonlyMap<string, Device>;
  /** The server knows more than it told: the rest is to be had by REST. */
  readonly truncated: boolean;
}

export interface DeviceOptions {
  /** Milliseconds between two values of one sensor; 0: each reading. Default 250. */
  readonly interval?: number;
  /** Only these sensors; default: all, also those that appear later. */
  readonly sensors?: readonly string[];
}

export interface SeriesOptions {
  /** How far back it reaches, ms. Default an hour. */
  readonly window?: number;
  readonly interval?: number;
  /** Rows of history at most. Default 600. */
  readonly points?: number;
}
