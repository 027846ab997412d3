// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { mercatorX, mercatorY, readWorld } from "../src/lib/world";
import { cluster, clusterRadius, separate } from "../src/views/map/cluster";

const spots = Array.from({ length: 400 }, (_, i) => ({ x: (i * 7919) % 1000, y: (i * 104_729) % 700, item: i }));

test("every device is in exactly one mark", () => {
  const seen = separate(cluster(spots, 46), 6).flatMap((c) => c.items).sort((a, b) => a - b);
  assert.deepEqual(seen, spots.map((s) => s.item));
});

test("marks do not touch", () => {
  const marks = separate(cluster(spots, 46), 6);
  marks.forEach((a, i) => marks.slice(i + 1).forEach((b) => {
    const reach = clusterRadius(a.items.length) + clusterRadius(b.items.length);
    assert.ok(Math.hypot(a.x - b.x, a.y - b.y) >= reach);
  }));
});

test("devices on one spot are one mark, far ones are not", () => {
  assert.equal(cluster([{ x: 1, y: 1, item: 0 }, { x: 1, y: 1, item: 1 }, { x: 500, y: 1, item: 2 }], 46).length, 2);
});

test("the world's middle is the middle of the square, and the poles stay on it", () => {
  assert.equal(mercatorX(0), 0.5);
  assert.ok(Math.abs(mercatorY(0) - 0.5) < 1e-12);
  assert.ok(mercatorY(90) >= -1e-6 && mercatorY(-90) <= 1 + 1e-6);
});

test("what crosses the date line is at both edges of the world", () => {
  // From 179.99° two steps of 0.01° to the east, at the equator.
  const start = 17_999 * 2;
  const bytes = Uint8Array.from([1, 3, (start & 127) | 128, ((start >> 7) & 127) | 128, start >> 14, 0, 2, 0, 2, 0, 0]);
  const { land } = readWorld(bytes);
  assert.deepEqual(land.map((l) => l.box[0] < 0), [false, true]);
  assert.ok(land[0] && land[0].box[2] > 1 && land[1] && land[1].box[2] > 0);
});

test("outlines are read as they were packed, and cut ones are refused", () => {
  // One ring of two points, (0.01°, 0°) then (−0.63°, 0°), and no borders.
  const bytes = Uint8Array.from([1, 2, 2, 0, 127, 0, 0]);
  const { land, borders } = readWorld(bytes);
  assert.equal(borders.length, 0);
  assert.deepEqual([...(land[0]?.xy ?? [])].filter((_, i) => i % 2 === 0), [mercatorX(0.01), mercatorX(-0.63)]);
  assert.throws(() => readWorld(bytes.slice(0, 4)));
});
