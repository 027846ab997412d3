// SPDX-License-Identifier: Apache-2.0
// What the server sends, as decode.ts lets it through: every field is there and has its type.
// Times are integer milliseconds of the server's clock.

export type Status = "online" | "offline" | "asleep" | "unknown";
export type Severity = "info" | "warning" | "critical";
export type Role = "viewer" | "operator" | "admin";

export interface Sensor {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  /** Whether it is only on or off. */
  readonly boolean: boolean;
  readonly min: number | null;
  readonly max: number | null;
  readonly decimals: number | null;
}

export interface Device {
  readonly id: string;
  readonly name: string;
  readonly model: string;
  readonly status: Status;
  readonly cause: string;
  readonly since: number;
  readonly lastSeen: number;
  readonly location: { readonly lat: number; readonly lng: number } | null;
  readonly place: string | null;
  readonly tags: readonly string[];
  readonly attributes: ReadonlyArray<readonly [string, string]>;
  readonly sensors: readonly Sensor[];
}

export interface Alert {
  readonly id: string;
  readonly deviceId: string;
  readonly sensorType: string;
  readonly value: number | null;
  readonly ruleId: string;
  readonly severity: Severity;
  readonly message: string;
  readonly condition: string;
  readonly threshold: number | null;
  readonly acknowledged: boolean;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly resolvedAt: number | null;
  readonly resolved: boolean;
  /** Its condition holds, but not yet for as long as its rule asks. */
  readonly pending: boolean;
  readonly ruleName: string | null;
  readonly late: boolean;
  /** Why nobody is told of it; null: who is to be told is told. */
  readonly muted: string | null;
  readonly mutedUntil: number | null;
  /** The silence that mutes it, the rule that it follows from, or a word. */
  readonly mutedBy: string | null;
  /** Of the device's status, for conditions on silence and status. */
  readonly cause: string | null;
  /** What was said when it was acknowledged. */
  readonly note: string | null;
}

/** A rule that compares the newest value of a sensor with one limit: what charts and gauges can show. */
export interface Rule {
  readonly id: string;
  readonly name: string;
  /** Which devices it is about: by id, tag or model, or all. */
  readonly scope: "devices" | "tag" | "model" | "all";
  readonly scoped: readonly string[];
  readonly sensorType: string;
  readonly condition: string;
  readonly threshold: number;
  /** Where it ends, when that is another value than where it begins. */
  readonly clear: number | null;
  readonly severity: Severity;
  readonly enabled: boolean;
}

/** Newest values in columns: entry i of every array belongs together. */
export interface Latest {
  readonly device: readonly string[];
  readonly sensor: readonly string[];
  readonly v: ReadonlyArray<number | null>;
  readonly t: readonly number[];
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

/** `dashboard:data` holds everything, `dashboard:update` what changed since the last one. */
export interface Dashboard {
  readonly serverTime: number;
  readonly counts: Counts | null;
  readonly devices: readonly Device[];
  readonly deleted: readonly string[];
  readonly latest: Latest;
  readonly alerts: readonly Alert[];
  readonly total: number | null;
  readonly truncated: boolean;
}

export interface ReadingUpdate {
  readonly deviceId: string;
  readonly sensorType: string;
  readonly value: number | null;
  readonly timestamp: number;
}

export interface StatusUpdate {
  readonly deviceId: string;
  readonly status: Status;
  readonly cause: string;
  readonly lastSeen: number;
  readonly timestamp: number;
}

/** History in columns of equal length. `step` is 0 for raw readings, whose min, max and mean are the one column of values. */
export interface Samples {
  readonly step: number;
  readonly t: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly mean: Float64Array;
  /** How many readings a bucket holds; null for raw ones. */
  readonly n: Float64Array | null;
}

/** One of the series of a question. */
export interface SeriesName {
  readonly device: string;
  readonly sensor: string;
}

/** A record that came of a message: a reading, or a status. */
export interface DecodedRecord {
  readonly device: string;
  readonly sensor: string;
  readonly value: number | null;
  readonly unit: string | null;
  readonly status: Status | null;
}

/** What the server made of a message. */
export interface Decoded {
  readonly decoder: string;
  readonly records: readonly DecodedRecord[];
  readonly dropped: string | null;
  readonly note: string;
}

/** A message that was kept, and what came of it. */
export interface Sample extends Decoded {
  readonly topic: string;
  readonly retained: boolean;
  readonly qos: number;
  /** Null when it is no text; then payloadBase64 holds it. */
  readonly payload: string | null;
  readonly payloadBase64: string;
  readonly payloadBytes: number;
  readonly payloadCut: boolean;
  readonly recordsTotal: number;
}

/** An MQTT topic that came in, with a sample of it. */
export interface Topic extends Sample {
  readonly rate: number;
  readonly lastSeen: number;
}

/** One of the last messages. */
export interface Message extends Sample {
  /** Grows with each; 0: the sample of its topic, since the message itself is gone. */
  readonly id: number;
  readonly key: string;
  readonly at: number;
  /** Of so many of the fleet's, one was kept at its time. */
  readonly oneIn: number;
}

export interface TopicPage {
  readonly topics: readonly Topic[];
  readonly next: string | null;
}

export interface Session {
  /** The name of the account; null for a token. */
  readonly user: string | null;
  readonly role: Role;
  readonly auth: boolean;
  /** Where devices connect; null when the server has no MQTT listener. */
  readonly mqttPort: number | null;
}

/** A device with the latest values that REST and the subscription's answer carry in its sensors. */
export interface DeviceWithLatest {
  readonly device: Device;
  readonly latest: Latest;
}

/** What a device became, and when. */
export interface StatusEvent {
  readonly time: number;
  readonly status: Status;
  readonly cause: string;
}

/** A rule as the server has it, whole: a form reads what it knows of it. */
export type RuleBody = Readonly<Record<string, unknown>>;

/** A stretch in which a rule would have fired. */
export interface Firing {
  readonly device: string;
  readonly from: number;
  /** Null: it would still be firing. */
  readonly to: number | null;
  readonly peak: number | null;
}

/** What a rule would have done on stored history. */
export interface Backtest {
  readonly count: number;
  readonly totalMs: number;
  readonly longestMs: number;
  readonly firings: readonly Firing[];
  /** How often the saved rule would have; null for a new one. */
  readonly saved: number | null;
}

/** One message to somebody, or its failure. */
export interface Notification {
  readonly state: string;
  readonly event: string;
  readonly channel: string;
  readonly target: string;
  readonly alertId: string;
  readonly attempts: number;
  /** Of an escalation; 0 for the first word. */
  readonly step: number;
  /** When it goes out, while it waits. */
  readonly dueAt: number;
  readonly at: number;
  readonly error: string;
  readonly device: string;
  readonly message: string;
}

/** What came of a test message. */
export interface TestResult {
  readonly ok: boolean;
  readonly error: string;
  readonly ms: number;
}
