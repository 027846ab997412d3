// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { decodeBoard, devicesNamed, encodeBoard, encodeSeries, renamed } from "../src/lib/board";
import { columns, compact, freePlace, inGrid, move, onPhone, onWall, overlap, phoneOrder, readingOrder, type Placed } from "../src/lib/grid";
import { nextBoard, placeOf, wallType, zoomOf } from "../src/lib/wall";
import { arcPath, pointAt } from "../src/charts/radial";
import { resolveSeries } from "../src/lib/series-name";
import { back, begin, forward, step } from "../src/lib/undo";

const at = (id: string, x: number, y: number, w: number, h: number): Placed => ({ id, box: { x, y, w, h } });

function isSound(all: readonly Placed[]): void {
  all.forEach((a, i) => {
    assert.deepEqual(a.box, inGrid(a.box));
    for (const b of all.slice(i + 1)) assert.ok(!overlap(a.box, b.box), `${a.id} over ${b.id}`);
  });
}

test("boxes fall upwards and never overlap", () => {
  assert.deepEqual(compact([at("a", 0, 5, 6, 2), at("b", 3, 9, 6, 2)]).map((p) => p.box.y), [0, 2]);
  let seed = 7;
  const random = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
  for (let round = 0; round < 300; round++) {
    let all = Array.from({ length: 12 }, (_, i) => at(String(i), random(14) - 1, random(20), 1 + random(13), 1 + random(5)));
    all = compact(all);
    isSound(all);
    const to = { x: random(12), y: random(20), w: 1 + random(12), h: 1 + random(6) };
    all = move(all, String(random(12)), to);
    isSound(all);
    assert.deepEqual(compact(all).map((p) => p.box), all.map((p) => p.box), "settled stays settled");
  }
});

test("what is dragged onto another takes its place", () => {
  const all = move([at("a", 0, 0, 6, 2), at("b", 0, 2, 6, 2)], "b", { x: 0, y: 0, w: 6, h: 2 });
  assert.deepEqual(readingOrder(all).map((p) => p.id), ["b", "a"]);
  const wide = move([at("a", 0, 0, 6, 2), at("b", 6, 0, 6, 2)], "a", { x: 0, y: 0, w: columns, h: 2 });
  assert.deepEqual(wide.map((p) => [p.id, p.box.y]), [["a", 0], ["b", 2]]);
});

test("a new box takes the first gap", () => {
  assert.deepEqual(freePlace([at("a", 0, 0, 6, 4)], 6, 4), { x: 6, y: 0, w: 6, h: 4 });
  assert.deepEqual(freePlace([at("a", 0, 0, 12, 4)], 6, 4), { x: 0, y: 4, w: 6, h: 4 });
});

test("a board comes back as it was, and what is no board is none", () => {
  const board = decodeBoard({
    schema: 1, title: "Cold", variables: ["device", "colour"],
    widgets: [
      { type: "chart", at: [0, 0, 6, 6], series: ["$device/temperature", "nonsense"], span: 60_000 },
      { type: "poem", at: [0, 0, 1, 1] },
      { id: "w1", type: "text", at: [6, -4, 99, 3], text: "x".repeat(30_000) },
    ],
  });
  assert.ok(board);
  assert.deepEqual(board.variables, ["device"]);
  assert.deepEqual(board.widgets.map((w) => w.id), ["w1", "w1-1"]);
  assert.deepEqual(board.widgets[0]?.series, ["$device/temperature"]);
  assert.equal(board.widgets[1]?.text.length, 20_000);
  isSound(board.widgets);
  assert.deepEqual(decodeBoard(encodeBoard(board)), board);
  assert.deepEqual(decodeBoard(JSON.parse(JSON.stringify(encodeBoard(board)))), board);
  for (const odd of [null, 1, [], {}, { schema: 2, widgets: [] }, { schema: 1 }]) assert.equal(decodeBoard(odd), null);
});

test("references name devices with any character, or a variable", () => {
  const none = new Map<string, string>();
  const odd = { device: "a/b $c%", sensor: "temperature:0/x" };
  assert.deepEqual(resolveSeries(encodeSeries(odd), none), odd);
  assert.equal(resolveSeries("$device/temperature", none), null);
  assert.deepEqual(resolveSeries("$device/temperature", new Map([["device", "x/y"]])), { device: "x/y", sensor: "temperature" });
  assert.equal(encodeSeries({ device: "$device", sensor: "t" }), "$device/t");
  assert.deepEqual(resolveSeries("%zz/t", none), { device: "%zz", sensor: "t" });
});

test("an import finds the devices that it names and gives them other names", () => {
  const board = decodeBoard({ schema: 1, title: "", widgets: [{ type: "value", at: [0, 0, 3, 3], series: ["a%20b/t", "$device/t"] }] });
  assert.ok(board);
  assert.deepEqual(devicesNamed(board), ["a b"]);
  assert.deepEqual(renamed(board, new Map([["a b", "c"]])).widgets[0]?.series, ["c/t", "$device/t"]);
});

test("fifty steps go back, and forward until something new is done", () => {
  let s = begin(0);
  for (let i = 1; i <= 60; i++) s = step(s, i);
  for (let i = 0; i < 80; i++) s = back(s);
  assert.equal(s.now, 10);
  s = forward(s);
  assert.equal(s.now, 11);
  s = step(s, 99);
  assert.equal(forward(s).now, 99);
});

test("what a widget says of shape, picture and phone survives a file, and what it does not say is left out", () => {
  const board = decodeBoard({ schema: 1, title: "x", widgets: [
    { type: "gauge", at: [0, 0, 3, 4], series: ["a/b"], shape: "radial", order: 2 }, { type: "image", at: [3, 0, 3, 4], plan: "hall" }, { type: "map", at: [6, 0, 3, 4], shape: "star", order: "1" },
  ] });
  assert.ok(board);
  assert.deepEqual(board.widgets.map((w) => [w.shape, w.plan, w.order]), [["radial", "", 2], ["linear", "hall", null], ["linear", "", null]]);
  assert.deepEqual(decodeBoard(encodeBoard(board)), board);
  assert.deepEqual(Object.keys((encodeBoard(board)["widgets"] as object[])[2] ?? {}), ["id", "type", "at"]);
});

test("a phone reads top to bottom, then left to right, until somebody moves a widget", () => {
  const at = (id: string, x: number, y: number) => ({ id, box: { x, y, w: 3, h: 3 }, order: null as number | null });
  const all = [at("c", 0, 3), at("b", 3, 0), at("a", 0, 0)];
  assert.deepEqual(phoneOrder(all).map((w) => w.id), ["a", "b", "c"]);
  const later = onPhone(all, "a", 1);
  assert.deepEqual(phoneOrder(later).map((w) => w.id), ["b", "a", "c"]);
  assert.deepEqual(phoneOrder(onPhone(later, "b", -1)).map((w) => w.id), ["b", "a", "c"], "the first stays the first");
  assert.deepEqual(phoneOrder(onPhone(later, "c", -1)).map((w) => w.id), ["b", "c", "a"]);
});

test("a wall's type is a two-hundredth of the distance, and its captions never less than 20 px", () => {
  const usual = wallType(4, 55 * 0.0254, 1080);
  assert.ok(Math.abs(usual - 43.2) < 0.5, `${usual}`);
  assert.ok(zoomOf(usual) * 26 >= 43 && zoomOf(usual) * 12 >= 20);
  assert.ok(zoomOf(wallType(1, 2, 1080)) * 12 >= 20);
  assert.ok(wallType(8, 55 * 0.0254, 1080) > 1.9 * usual);
  assert.ok(wallType(1000, 1, 1080) <= 160);
});

test("rotation goes through all dashboards and comes round", () => {
  assert.equal(nextBoard(["a", "b", "c"], "a"), "b");
  assert.equal(nextBoard(["a", "b", "c"], "c"), "a");
  assert.equal(nextBoard(["a", "b"], undefined), "a");
  assert.equal(nextBoard(["a"], "a"), null);
  assert.equal(nextBoard([], undefined), null);
});

test("a dial covers 240 degrees, from the lower left over the top", () => {
  const [left, below] = pointAt(0, 72);
  const [right, alike] = pointAt(1, 72);
  assert.ok(Math.abs(below - alike) < 1e-9 && below > 100 && Math.abs(left + right - 200) < 1e-9 && left < 100);
  assert.deepEqual(pointAt(0.5, 72).map(Math.round), [100, 28]);
  assert.equal(arcPath(0.4, 0.4, 72), "");
  assert.match(arcPath(0, 1, 72), /A72 72 0 1 1/);
  assert.match(arcPath(0, 0.5, 72), /A72 72 0 0 1/);
});

test("a wall goes to where a critical alert is seen, and stays when that is here", () => {
  const places = [{ id: "a", alerts: false, devices: ["x"] }, { id: "b", alerts: false, devices: ["y"] }, { id: "c", alerts: true, devices: [] }];
  assert.equal(placeOf(places, "b", "y"), "b");
  assert.equal(placeOf(places, "a", "y"), "b");
  assert.equal(placeOf(places, "b", "x"), "c", "the next that tells of it");
  assert.equal(placeOf(places.slice(0, 2), "b", "z"), null, "the overview");
  assert.equal(placeOf([], undefined, "z"), null);
});

test("on a wall twelve columns become sixteen, and nothing overlaps that did not", () => {
  for (let w = 1; w <= columns; w++) {
    for (let x = 0; x + w <= columns; x++) {
      const box = onWall({ x, y: 0, w, h: 1 });
      assert.ok(box.w >= 1 && box.x + box.w <= 16);
      if (x > 0) assert.ok(!overlap(onWall({ x: 0, y: 0, w: x, h: 1 }), box));
    }
  }
  assert.deepEqual([onWall({ x: 3, y: 0, w: 3, h: 1 }).x, onWall({ x: 3, y: 0, w: 9, h: 1 }).w], [4, 12]);
});
