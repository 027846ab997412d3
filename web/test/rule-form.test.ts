// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { byDevice, missing, percentile } from "../src/lib/firings";
import { backAt, emptyForm, formOf, lacking, ruleOf, withBack, type RuleForm } from "../src/lib/rule-form";
import type { Firing } from "../src/net/wire";

const about = { id: "1", createdAt: 1, updatedAt: 2, enabled: true };

test("a rule in the short form is a sentence", () => {
  const form = formOf({ ...about, deviceId: "d", sensorType: "t", condition: "greater_than", threshold: 30, severity: "critical" });
  assert.ok(form);
  assert.deepEqual([form.scope, form.scoped, form.sensor, form.threshold, form.severity], ["device", ["d"], "t", 30, "critical"]);
  assert.deepEqual(ruleOf(form), { scope: { device: "d" }, when: { sensor: "t", condition: "greater_than", threshold: 30 }, severity: "critical", enabled: true });
});

test("what a form says comes back from the rule that it makes", () => {
  const forms: Partial<RuleForm>[] = [
    { scope: "tag", scoped: ["cold"], sensor: "t", condition: "between", low: 1, high: 2, hold: "5m", clearHold: "1m", back: "by", hysteresis: 0.5, name: "n" },
    { scope: "devices", scoped: ["a", "b"], sensor: "t", condition: "less_than", threshold: -1, function: "mean", window: "10m", escalateAt: -9, severity: "warning" },
    { scope: "all", scoped: [], sensor: "t", condition: "no_data", window: "10m", enabled: false },
    { scope: "model", scoped: ["M"], sensor: "t", condition: "rate_of_change", threshold: 3, window: "5m", per: "hour", severity: "info" },
    { scope: "all", scoped: [], condition: "status" },
  ];
  for (const parts of forms) {
    const form = { ...emptyForm, ...parts };
    assert.deepEqual(formOf({ ...about, ...ruleOf(form) }), form, JSON.stringify(parts));
    assert.equal(lacking(form), null);
  }
});

test("what a sentence can't say stays text", () => {
  const rule = { ...about, scope: { all: true }, severity: "info" };
  const when = { sensor: "t", condition: "greater_than", threshold: 1 };
  for (const odd of [
    { ...rule, when: { all: [when, when] } }, { ...rule, when: { ...when, threshold: { attribute: "max" } } }, { ...rule, when, times: { n: 3, in: "1m" } },
    { ...rule, when: { ...when, clear: { attribute: "low" } } }, { ...rule, when: { sensor: "t", condition: "prime" } }, { severity: "info", when }, 7, null,
  ]) assert.equal(formOf(odd), null, JSON.stringify(odd));
});

test("what is missing is named in the order of the sentence", () => {
  assert.equal(lacking(emptyForm), "scope");
  assert.equal(lacking({ ...emptyForm, scoped: ["d"] }), "sensor");
  assert.equal(lacking({ ...emptyForm, scoped: ["d"], sensor: "t", condition: "no_data" }), "window");
  assert.equal(lacking({ ...emptyForm, scoped: ["d"], sensor: "t" }), null);
});

test("a status, a value to go back to, and whom it tells are said in a sentence", () => {
  for (const more of [
    { scope: "all" as const, condition: "status" as const, statuses: ["offline", "unknown"] as const }, { scoped: ["d"], sensor: "t", back: "at" as const, clear: 5, threshold: 7 },
    { scoped: ["d"], sensor: "t", tell: "person:ann" }, { scoped: ["d"], sensor: "t", kept: { labels: { a: "b" }, message: "{value}", notify: { to: ["push", "email"] } } },
  ]) {
    const form: RuleForm = { ...emptyForm, ...more };
    assert.deepEqual(formOf({ ...about, ...ruleOf(form) }), form, JSON.stringify(more));
  }
  assert.equal(formOf({ ...about, scope: { all: true }, severity: "info", when: { condition: "status", status: "flying" } }), null);
});

test("the line at which it resolves is never beyond the limit", () => {
  const above: RuleForm = { ...emptyForm, scoped: ["d"], sensor: "t", threshold: 30, back: "by", hysteresis: 2 };
  assert.equal(backAt(above), 28);
  assert.deepEqual([withBack(above, 25).hysteresis, withBack(above, 31).hysteresis], [5, 0]);
  const below: RuleForm = { ...above, condition: "less_than", back: "at", clear: 33 };
  assert.deepEqual([backAt(below), withBack(below, 29).clear, withBack(below, 40).clear], [33, 30, 40]);
});

test("firings by device, against another rule, and the value below which most lie", () => {
  const fire = (device: string, from: number, to: number | null): Firing => ({ device, from, to, peak: null });
  const now = [fire("a", 10, 20), fire("a", 30, null), fire("b", 5, 6)];
  assert.deepEqual(byDevice(now, 40, ["c", "a"]).map((d) => [d.device, d.firings.length, d.totalMs, d.longestMs]), [["a", 2, 20, 10], ["b", 1, 1, 1], ["c", 0, 0, 0]]);
  assert.deepEqual([missing(now, [fire("a", 19, 25)], 40).map((f) => f.from), missing([fire("a", 19, 25)], now, 40)], [[30, 5], []]);
  assert.deepEqual([percentile([], 0.99), percentile([3, 1, NaN, 2], 0.99), percentile(Array.from({ length: 200 }, (_, i) => i), 0.99)], [null, 3, 198]);
});
