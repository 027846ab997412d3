// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { en } from "../src/i18n/en";
import { formatNumber, formatSpan, formatValue, nothing } from "../src/lib/format";
import { gaugeRange, share, tickStep } from "../src/lib/track";

test("numbers have a true minus, fixed decimals, and never minus zero", () => {
  assert.equal(formatNumber(-11.2, 1), "\u221211.2");
  assert.equal(formatNumber(22, 1), "22.0");
  assert.equal(formatNumber(-0.04, 1), "0.0");
});

test("nothing is a dash, never zero", () => {
  assert.equal(formatNumber(null, 1), nothing);
  assert.equal(formatNumber(NaN, 1), nothing);
  assert.equal(formatValue(undefined, 1, "°C"), nothing);
});

test("a unit stands behind a thin space that does not break", () => {
  assert.equal(formatValue(22.5, 1, "°C"), "22.5\u202f°C");
  assert.equal(formatValue(3, 0, ""), "3");
});

test("numbers beyond what fits are short", () => {
  assert.match(formatNumber(1.23e12, 2), /^1\.230e\+12$/);
  assert.match(formatNumber(-1.5e-7, 2), /^\u22121\.500e\u22127$/);
});

test("spans use their largest whole unit", () => {
  assert.deepEqual([0, 3000, 59_999, 60_000, 3_599_999, 3_600_000, 172_800_000].map(formatSpan),
    ["0\u202fs", "3\u202fs", "59\u202fs", "1\u202fmin", "59\u202fmin", "1\u202fh", "2\u202fd"]);
  assert.equal(formatSpan(-5), "0\u202fs");
});

test("sentences agree with their number", () => {
  assert.equal(en.overview.needAttention(1), "1 device needs attention");
  assert.equal(en.overview.needAttention(2), "2 devices need attention");
  assert.equal(en.statusLine("offline", "since 14:02 CET", "connection lost"), "offline since 14:02 CET (keep-alive lost)");
});

test("a gauge takes what was set, then what the unit is by nature, then limits and what was seen", () => {
  const none = { low: null, high: null };
  assert.deepEqual(gaugeRange({ min: -25, max: -5 }, "%", [], none), { min: -25, max: -5, learned: false });
  assert.deepEqual(gaugeRange({ min: null, max: null }, "%", [200], none), { min: 0, max: 100, learned: false });
  const learned = gaugeRange({ min: null, max: null }, "°C", [30], { low: 18.2, high: 24.9 });
  assert.ok(learned?.learned && learned.min <= 18.2 && learned.max >= 30);
  assert.equal(gaugeRange({ min: null, max: null }, "°C", [], none), null);
});

test("a constant value has a range around it", () => {
  const r = gaugeRange({ min: null, max: null }, "V", [], { low: 230, high: 230 });
  assert.ok(r && r.min < 230 && r.max > 230);
});

test("a set end and learned ones never cross", () => {
  const r = gaugeRange({ min: 500, max: null }, "V", [], { low: 1, high: 2 });
  assert.ok(r && r.max > r.min);
});

test("ticks are round, and shares stay on the track", () => {
  assert.deepEqual([10, 7, 0.3, 1234].map((s) => tickStep(s, 4)), [5, 2, 0.1, 500]);
  assert.equal(share(-5, { min: 0, max: 10, learned: false }), 0);
  assert.equal(share(50, { min: 0, max: 10, learned: false }), 1);
});
