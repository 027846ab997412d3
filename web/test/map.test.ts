// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { arrowsAlong, breaksBefore, extend, joinPositions, placeAt } from "../src/lib/trail";
import { planTransform, readCorners } from "../src/lib/plan";
import { mercatorX, mercatorY, readWorld } from "../src/lib/world";
import { areaMessage, refusal, type Mark } from "../src/net/area";
import { gather, markRadius } from "../src/views/map/crowd";
import { Grid } from "../src/views/map/grid";
import { Labels } from "../src/views/map/labels";
import { stateOf, worstState } from "../src/views/map/mark-state";

const spots = Array.from({ length: 400 }, (_, i) => ({ x: (i * 7919) % 1000, y: (i * 104_729) % 700, count: i % 9 === 0 ? 30 : 1, item: i }));

test("every mark of the server is in exactly one of those that are drawn, with all its devices", () => {
  const drawn = gather(spots, 40, 6);
  assert.deepEqual(drawn.flatMap((c) => c.items).sort((a, b) => a - b), spots.map((s) => s.item));
  assert.equal(drawn.reduce((sum, c) => sum + c.count, 0), spots.reduce((sum, s) => sum + s.count, 0));
});

test("marks that are drawn do not touch", () => {
  const drawn = gather(spots, 40, 6);
  drawn.forEach((a, i) => drawn.slice(i + 1).forEach((b) => {
    assert.ok(Math.hypot(a.x - b.x, a.y - b.y) >= markRadius(a.count) + markRadius(b.count));
  }));
});

test("devices on one spot are one mark, far ones are not", () => {
  const at = (x: number, item: number) => ({ x, y: 1, count: 1, item });
  assert.equal(gather([at(1, 0), at(1, 1), at(500, 2)], 40, 6).length, 2);
});

test("ten thousand marks are gathered within a frame or a few", () => {
  const many = Array.from({ length: 10_000 }, (_, i) => ({ x: (i * 7919) % 4000, y: (i * 104_729) % 4000, count: 1, item: i }));
  const drawn = gather(many, 40, 6);
  assert.ok(drawn.length < 2000 && drawn.reduce((sum, c) => sum + c.count, 0) === 10_000);
});

test("what is near a point is found, and what is far is not looked at", () => {
  const grid = new Grid<{ x: number; y: number }>(64);
  for (let i = 0; i < 1000; i++) grid.add({ x: i * 10 - 5000, y: -3 });
  const near = [...grid.near(-4000, 0)];
  assert.ok(near.some((p) => p.x === -4000) && near.length < 25);
});

const devices = { n: [7, 8, 9], id: ["pump-7", "", "x"], name: ["Pump 7", "y", null], lat: [48.2, 1, 2], lng: [16.4, 1, "z"], status: ["offline", "online", "online"], severity: ["critical", null, null] };

test("a message of devices becomes marks; rows without an identity or a place are left out", () => {
  const message = areaMessage({ area: "a", reset: true, devices, gone: [3, "4"], complete: false });
  assert.deepEqual(message?.marks.map((m) => [m.n, m.id, m.name, m.north, m.east, m.count, m.status, m.severity]), [[7, "pump-7", "Pump 7", 48.2, 16.4, 1, "offline", "critical"]]);
  assert.deepEqual([message?.reset, message?.clusters, message?.gone, message?.complete], [true, false, [3], false]);
});

const clusters = {
  n: [1, 2], south: [48, 1], west: [16, 1], north: [49, 2], east: [17, 2], count: [120, 30], worst: ["offline", "unknown"],
  states: [[117, 2, 0, 1], [0, 0, 0, 30]], severity: ["warning", null], affected: [4, 0],
};

test("a message of clusters says how many devices have the worst state", () => {
  const marks = areaMessage({ area: "a", clusters })?.marks ?? [];
  assert.deepEqual(marks.map((m) => [m.id, m.count, m.severity, m.affected]), [[null, 120, "warning", 4], [null, 30, null, 30]]);
});

test("garbage is no area, and a refusal has the server's words", () => {
  for (const x of [null, 7, [], {}, { area: "" }]) assert.equal(areaMessage(x), null);
  assert.deepEqual(areaMessage({ area: "a", devices: 7, gone: "x" })?.marks, []);
  assert.equal(refusal({ error: { code: "full", message: "too much" } }), "too much");
});

const mark = (id: string | null, status: Mark["status"], severity: Mark["severity"], affected = 1, count = 1): Mark =>
  ({ n: 1, id, name: "", south: 0, west: 0, north: 0, east: 0, count, status, severity, affected });

test("of several marks the worst state is shown, with how many have it", () => {
  const worst = new Map();
  const states = [mark("a", "online", null), mark("b", "offline", "warning"), mark(null, "unknown", "warning", 3, 40), mark("c", "offline", null)].map((m) => stateOf(m, worst));
  assert.deepEqual([worstState(states).glyph, worstState(states).affected], ["warning", 4]);
  assert.equal(worstState([mark("a", "online", null), mark("b", "asleep", null)].map((m) => stateOf(m, worst))).glyph, "asleep");
});

test("names cover neither marks nor each other, and one without room is left out", () => {
  const labels = new Labels();
  labels.keepFree(0, 0, 11, false);
  labels.keepFree(40, 0, 11, false);
  assert.equal(labels.place(0, 0, 11, 80, 1)?.align, "center");
  const places = Array.from({ length: 6 }, () => labels.place(0, 0, 11, 80, 1)).filter((p) => p !== null);
  assert.ok(places.length < 4);
});

test("the world's middle is the middle of the square, and the poles stay on it", () => {
  assert.equal(mercatorX(0), 0.5);
  assert.ok(Math.abs(mercatorY(0) - 0.5) < 1e-12);
  assert.ok(mercatorY(90) >= -1e-6 && mercatorY(-90) <= 1 + 1e-6);
});

test("what crosses the date line is at both edges of the world", () => {
  // From 179.99° two steps of 0.01° to the east, at the equator.
  const start = 17_999 * 2;
  const bytes = Uint8Array.from([100, 1, 3, (start & 127) | 128, ((start >> 7) & 127) | 128, start >> 14, 0, 2, 0, 2, 0, 0]);
  const { land } = readWorld(bytes);
  assert.deepEqual(land.map((l) => l.box[0] < 0), [false, true]);
  assert.ok(land[0] && land[0].box[2] > 1 && land[1] && land[1].box[2] > 0);
});

test("outlines are read as they were packed, and cut ones are refused", () => {
  // One ring of two points, (0.01°, 0°) then (−0.63°, 0°), and no borders.
  const bytes = Uint8Array.from([100, 1, 2, 2, 0, 127, 0, 0]);
  const { land, borders } = readWorld(bytes);
  assert.equal(borders.length, 0);
  assert.deepEqual([...(land[0]?.xy ?? [])].filter((_, i) => i % 2 === 0), [mercatorX(0.01), mercatorX(-0.63)]);
  assert.throws(() => readWorld(bytes.slice(0, 4)));
});

const column = (t: number[], mean: number[], step = 0) => ({ step, t, mean });

test("a position is where both readings of one time are, and a place on earth", () => {
  const trail = joinPositions(column([10, 20, 30, 50], [1, 2, 95, 4]), column([10, 25, 30, 50], [5, 6, 7, 8]));
  assert.deepEqual([trail.t, trail.lat, trail.lng], [[10, 50], [1, 4], [5, 8]]);
});

const minutes = (n: number): number => n * 60_000;
const way = () => joinPositions(column([0, 1, 2, 3, 20, 21].map(minutes), [0, 1, 2, 3, 9, 10]), column([0, 1, 2, 3, 20, 21].map(minutes), [0, 0, 0, 0, 0, 0]));

test("between two positions a device is on the way; in a gap, before and long after nobody knows where", () => {
  const trail = way();
  assert.deepEqual(placeAt(trail, minutes(1.5)), [1.5, 0]);
  assert.deepEqual(placeAt(trail, minutes(3)), [3, 0]);
  for (const m of [-1, 10, 60]) assert.equal(placeAt(trail, minutes(m)), null, `${m} min`);
  assert.deepEqual(placeAt(trail, minutes(22)), [10, 0]);
  assert.deepEqual(trail.t.map((_, i) => breaksBefore(trail, i)), [false, false, false, false, true, false]);
});

test("a trail goes on with newer positions only", () => {
  const trail = way();
  assert.equal(extend(trail, minutes(21), 1, 1), false);
  assert.equal(extend(trail, minutes(22), 11, 0), true);
  assert.deepEqual(placeAt(trail, minutes(21.5)), [10.5, 0]);
});

test("arrow heads stand 60 pixels apart, point along the way, and none is in a gap", () => {
  const x = [0, 100, 200, 200, 900, 900];
  const y = [0, 0, 0, 50, 50, 200];
  const arrows = arrowsAlong(x, y, 60, (i) => i === 4);
  assert.deepEqual(arrows.map((a) => [a.x, a.y]), [[30, 0], [90, 0], [150, 0], [200, 10], [900, 80], [900, 140], [900, 200]]);
  assert.deepEqual(arrows.map((a) => a.angle).slice(2, 5), [0, Math.PI / 2, Math.PI / 2]);
});

test("two corners say where a plan lies, how large it is and how it is turned", () => {
  const at = (m: readonly number[], x: number, y: number) => [(m[0] ?? 0) * x + (m[2] ?? 0) * y + (m[4] ?? 0), (m[1] ?? 0) * x + (m[3] ?? 0) * y + (m[5] ?? 0)];
  const straight = planTransform([10, 20], [210, 120], 400, 200);
  assert.deepEqual(straight, [0.5, 0, -0, 0.5, 10, 20]);
  const turned = planTransform([100, 100], [90, 300], 400, 200);
  const [x, y] = at(turned, 400, 200);
  assert.ok(Math.hypot((x ?? 0) - 90, (y ?? 0) - 300) < 1e-9);
  assert.deepEqual(at(turned, 0, 0), [100, 100]);
});

test("corners that are no places are none", () => {
  assert.deepEqual(readCorners([[1, 2], [3, 4]]), [[1, 2], [3, 4]]);
  for (const x of [null, [], [[1, 2]], [[1, 2], [3]], [[1, 200], [3, 4]], [["1", 2], [3, 4]], "x"]) assert.equal(readCorners(x), null);
});
