// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import type { Device } from "../src/net/wire";
import { takeSnapshot } from "../src/state/fleet";
import { representatives } from "../src/state/pins";
import { decimalsOf, nextReading, valueState, type Reading } from "../src/state/reading";

function readings(...list: readonly (readonly [v: number | null, t: number])[]): Reading {
  let last: Reading | undefined;
  for (const [v, t] of list) last = nextReading(last, v, t) ?? last;
  assert.ok(last);
  return last;
}

test("what is latest never goes back, and at equal times the later arrival wins", () => {
  assert.equal(nextReading(readings([1, 1000]), 2, 999), null);
  assert.equal(readings([1, 1000], [2, 1000]).v, 2);
});

test("the usual gap is learned, and one long break does not change it", () => {
  const r = readings([1, 0], [2, 10_000], [3, 20_000], [4, 30_000], [5, 330_000]);
  assert.ok(Math.abs(r.interval - 10_000) < 1);
});

test("a value ages from live to late to stale", () => {
  const r = readings([1, 0], [2, 10_000]);
  assert.equal(valueState(r, 10_000 + 20_000, true), "live");
  assert.equal(valueState(r, 10_000 + 20_001, true), "late");
  assert.equal(valueState(r, 10_000 + 50_001, true), "stale");
});

test("a fast series is not called late within ten seconds", () => {
  const r = readings([1, 0], [2, 100]);
  assert.equal(valueState(r, 10_000, true), "live");
});

test("a value is stale at once when the stream is down or the device is offline", () => {
  assert.equal(valueState(readings([1, 1000]), 1001, false), "stale");
});

test("no reading waits; no number and a time in the future are bad", () => {
  assert.equal(valueState(undefined, 0, true), "waiting");
  assert.equal(valueState(readings([null, 1000]), 1000, true), "bad");
  assert.equal(valueState(readings([1, 200_000]), 1000, true), "bad");
});

test("decimals are what the value has, at most three", () => {
  assert.deepEqual([22, 22.5, -0.25, 0.1 + 0.2, 1 / 3, 1e15].map(decimalsOf), [0, 1, 2, 1, 3, 0]);
});

test("the values that stand for a fleet are chosen all at once, also where nobody told places", () => {
  const sensor = { id: "temperature", name: "temperature", unit: "", boolean: false, min: null, max: null, decimals: null };
  const device = (id: string): Device => ({
    id, name: id, model: "", status: "online", cause: "", since: 0, lastSeen: 0, location: null, place: null, tags: [], attributes: [], sensors: [sensor],
  });
  const ids = ["a", "b", "c", "d", "e"];
  takeSnapshot({
    serverTime: 1, counts: null, devices: ids.map(device), deleted: [], alerts: [], total: ids.length, truncated: false,
    latest: { device: ids, sensor: ids.map(() => "temperature"), v: ids.map(() => 1), t: ids.map(() => 1) },
  });
  assert.deepEqual(representatives().map((p) => p.device), ["a", "b", "c", "d"]);
});
