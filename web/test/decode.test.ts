// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import * as decode from "../src/net/decode";

test("garbage of every kind decodes to something harmless", () => {
  for (const x of [null, undefined, 0, "", [], {}, [[]], { devices: 7, latest: [], alerts: {}, counts: "x" }]) {
    assert.deepEqual(decode.dashboard(x).devices, []);
    assert.equal(decode.device(x), null);
    assert.equal(decode.alert(x), null);
    assert.equal(decode.readingUpdate(x), null);
    assert.equal(decode.statusUpdate(x), null);
  }
});

test("a device without a name is called by its id, and a hostile name stays text", () => {
  const id = "<img src=x onerror=alert(1)>";
  const d = decode.device({ id, status: "no such status", location: { lat: 400, lng: 1 }, tags: [1, null, "a"] });
  assert.equal(d?.name, id);
  assert.equal(d?.status, "unknown");
  assert.equal(d?.location, null);
  assert.deepEqual(d?.tags, ["1", "a"]);
});

test("values come apart from the device that carries them", () => {
  const found = decode.deviceWithLatest({ id: "a", sensors: [{ id: "t", value: 1.5, timestamp: 7 }, { id: "u", value: null, timestamp: 8 }, { id: "w" }] });
  assert.deepEqual(found?.latest, { device: ["a", "a"], sensor: ["t", "u"], v: [1.5, null], t: [7, 8] });
});

test("a deleted device is told apart from a changed one", () => {
  const d = decode.dashboard({ devices: [{ id: "a", deleted: true }, { id: "b" }] });
  assert.deepEqual(d.deleted, ["a"]);
  assert.deepEqual(d.devices.map((x) => x.id), ["b"]);
});

test("an alert with a time of resolving is resolved, whatever its state says", () => {
  assert.equal(decode.alert({ id: "1", resolvedAt: 5 })?.resolved, true);
  assert.equal(decode.alert({ id: "1", state: "firing", resolvedAt: null })?.resolved, false);
});
