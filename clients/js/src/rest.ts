// SPDX-License-Identifier: Apache-2.0
// The few REST calls that the subscriptions need.

import { isRaw, listOf, numberOf, textOf } from "./decode.js";

export class TelltaleError extends Error {
  constructor(readonly code: string, message: string) {
    super(message);
    this.name = "TelltaleError";
  }
}

/** Rows of one series in columns; `step` 0: each row is one reading. */
export interface History {
  readonly step: number;
  readonly t: readonly number[];
  readonly v: readonly number[];
  readonly min: readonly number[];
  readonly max: readonly number[];
  /** Position up to which it is complete. */
  readonly seq: string;
}

export interface HistoryQuery {
  readonly device: string;
  readonly sensor: string;
  readonly from: number;
  readonly to: number;
  readonly points: number;
}

export class Rest {
  constructor(readonly base: string, readonly token: string | undefined) {}

  async call(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<unknown> {
    const headers: Record<string, string> = { accept: "application/json" };
    if (this.token !== undefined) headers["authorization"] = `Bearer ${this.token}`;
    if (body !== undefined) headers["content-type"] = "application/json";
    const answer = await fetch(`${this.base}/api/v1${path}`, {
      method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }), ...(signal ? { signal } : {}),
    });
    const text = await answer.text();
    const parsed: unknown = text === "" ? null : JSON.parse(text);
    if (answer.ok) return parsed;
    const error = isRaw(parsed) && isRaw(parsed["error"]) ? parsed["error"] : {};
    throw new TelltaleError(textOf(error["code"]) || String(answer.status), textOf(error["message"]) || `${method} ${path}: ${answer.status}`);
  }

  async history(query: HistoryQuery, signal?: AbortSignal): Promise<History> {
    const words = new URLSearchParams({
      device: query.device, sensor: query.sensor, from: String(Math.floor(query.from)), to: String(Math.ceil(query.to)), points: String(query.points),
    });
    return historyOf(await this.call("GET", `/samples?${words}`, undefined, signal));
  }

  async acknowledge(alert: string): Promise<void> {
    await this.call("POST", `/alerts/${encodeURIComponent(alert)}/acknowledge`, {});
  }
}

function historyOf(raw: unknown): History {
  if (!isRaw(raw)) throw new TelltaleError("invalid", "the history is no object");
  const rows = listOf(raw["points"]).map((row) => listOf(row).map((x) => numberOf(x) ?? Number.NaN));
  const raws = raw["tier"] === "raw";
  const column = (i: number) => rows.map((row) => row[i] ?? Number.NaN);
  return {
    step: raws ? 0 : (numberOf(raw["step"]) ?? 0),
    t: column(0),
    v: column(raws ? 1 : 3),
    min: column(1),
    max: column(raws ? 1 : 2),
    seq: textOf(raw["seq"]),
  };
}
