// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { csvField } from "../src/charts/csv";
import { timeSplits, valueRange } from "../src/charts/axes";
import type { PlotModel } from "../src/charts/model";
import { setZone } from "../src/lib/format";
import { Drawn } from "../src/state/drawn";
import { availability, stretchesOf } from "../src/state/stretches";
import { readDisplay, displayDefaults } from "../src/state/display";
import { extentOf, TimeRange } from "../src/state/range";

const hour = 3_600_000;

test("zooming stands still, each step is taken back, and live follows again", () => {
  const range = new TimeRange({ span: hour, end: null });
  const { from, to } = range.window();
  range.zoomTo(from + 0.25 * hour, from + 0.5 * hour);
  range.zoomBy(2, 0.5);
  assert.deepEqual(range.view.value, { span: 0.5 * hour, end: from + 0.625 * hour });
  range.panBy(-hour);
  assert.equal(range.view.value.end, from - 0.375 * hour);
  assert.equal(range.back(), true);
  assert.deepEqual(range.view.value, { span: 0.25 * hour, end: from + 0.5 * hour });
  assert.equal(range.back(), true);
  assert.deepEqual(range.view.value, { span: hour, end: null });
  assert.equal(range.back(), false);
  range.panBy(-hour);
  range.panBy(2 * hour);
  assert.deepEqual(range.view.peek(), { span: hour, end: null }, "past now it is live");
  assert.ok(to > 0);
});

test("a zoom keeps the place under the pointer, and live stays live when its right edge does", () => {
  const range = new TimeRange({ span: hour, end: 10 * hour });
  range.scale(0.5, 0.25);
  assert.deepEqual(range.view.value, { span: hour / 2, end: 9.25 * hour + 0.75 * hour / 2 });
  const live = new TimeRange({ span: hour, end: null });
  live.scale(0.5, 1);
  assert.deepEqual(live.view.value, { span: hour / 2, end: null });
});

test("more is asked for on both sides, but at first only what is seen, and nothing of the future", () => {
  assert.deepEqual(extentOf({ span: hour, end: null }, 100 * hour, true), { span: hour, end: null, parts: 1 });
  assert.deepEqual(extentOf({ span: hour, end: 50 * hour }, 100 * hour, false), { span: 3 * hour, end: 51 * hour, parts: 3 });
  assert.deepEqual(extentOf({ span: hour, end: 99.5 * hour }, 100 * hour, false), { span: 2.5 * hour, end: null, parts: 2.5 });
});

test("a drawing uses its columns again", () => {
  const d = new Drawn();
  const fill = (n: number): void => {
    d.begin(0, 1000, n);
    for (let i = 0; i < n; i++) d.point(i, 1, 2, 1.5, 2);
    d.finish(1000, Infinity);
  };
  fill(100);
  const { t, mean, min, max } = d;
  for (let i = 1; i < 100; i++) fill(i);
  assert.ok(d.t === t && d.mean === mean && d.min === min && d.max === max);
});

test("the cursor goes from point to point over a gap", () => {
  const d = new Drawn();
  d.begin(0, 100, 10);
  d.point(10, 1, 1, 1, 1);
  d.gap(50);
  d.point(50, 1, 1, 1, 1);
  d.finish(100, Infinity);
  assert.equal(d.neighbour(10, 1), 50);
  assert.equal(d.neighbour(50, -1), 10);
  assert.equal(d.neighbour(50, 1), null);
  assert.equal(d.nearest(29), 0);
});

test("availability counts what is known, and repeats of a status are one stretch", () => {
  const s = stretchesOf([
    { time: 0, status: "online", cause: "data" }, { time: 10, status: "online", cause: "data" },
    { time: 50, status: "offline", cause: "will" }, { time: 60, status: "online", cause: "data" },
  ]);
  assert.deepEqual(s.map((x) => [x.from, x.to, x.status]), [[0, 50, "online"], [50, 60, "offline"], [60, null, "online"]]);
  assert.deepEqual(availability(s, -100, 100), { share: 0.9, known: 100 });
  assert.equal(availability([], 0, 100), null);
});

test("ticks are round in the page's zone and never leave the plot", () => {
  setZone("Asia/Kolkata");
  const splits = timeSplits(Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2), 600);
  assert.ok(splits.length >= 3);
  assert.ok(splits.every((t) => (t + 5.5 * hour) % (3 * hour) === 0));
  setZone(undefined);
});

test("a name can not become a formula of a spreadsheet", () => {
  assert.equal(csvField("=HYPERLINK(1)"), "'=HYPERLINK(1)");
  assert.equal(csvField("-12.5"), "-12.5");
  assert.equal(csvField('a "b", c'), '"a ""b"", c"');
});

test("stored choices are taken one by one, and only when they are some", () => {
  assert.deepEqual(readDisplay('{"theme":"dark","zone":"Mars/Base","keys":0}'), { ...displayDefaults, theme: "dark" });
  assert.equal(readDisplay('{"zone":"Asia/Tokyo"}').zone, "Asia/Tokyo");
  for (const text of [null, "", "[]", "null", "{", '"x"']) assert.deepEqual(readDisplay(text), displayDefaults);
});

test("a held axis stands at its own unit's range, and the other unit's follows its data", () => {
  const model = { locked: new Map([["°C", [0, 10]]]), lines: [], drawn: [], before: [], beside: [], limits: [], hidden: new Set() } as unknown as PlotModel;
  assert.deepEqual(valueRange(model, "°C"), [0, 10]);
  assert.deepEqual(valueRange(model, "%"), [0, 1]);
});
