// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { decodeBoard, devicesNamed, encodeBoard, encodeSeries, renamed, resolveSeries } from "../src/lib/board";
import { columns, compact, freePlace, inGrid, move, overlap, readingOrder, type Placed } from "../src/lib/grid";
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
