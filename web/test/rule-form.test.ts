// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { emptyForm, formOf, lacking, ruleOf, type RuleForm } from "../src/lib/rule-form";

const about = { id: "1", createdAt: 1, updatedAt: 2, enabled: true };

test("a rule in the short form is a sentence", () => {
  const form = formOf({ ...about, deviceId: "d", sensorType: "t", condition: "greater_than", threshold: 30, severity: "critical" });
  assert.ok(form);
  assert.deepEqual([form.scope, form.scoped, form.sensor, form.threshold, form.severity], ["device", ["d"], "t", 30, "critical"]);
  assert.deepEqual(ruleOf(form), { scope: { device: "d" }, when: { sensor: "t", condition: "greater_than", threshold: 30 }, severity: "critical", enabled: true });
});

test("what a form says comes back from the rule that it makes", () => {
  const forms: Partial<RuleForm>[] = [
    { scope: "tag", scoped: ["cold"], sensor: "t", condition: "between", low: 1, high: 2, hold: "5m", clearHold: "1m", hysteresis: 0.5, name: "n" },
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
    { ...rule, when: { ...when, clear: 0 } }, { ...rule, when: { sensor: "t", condition: "prime" } }, { severity: "info", when }, 7, null,
  ]) assert.equal(formOf(odd), null, JSON.stringify(odd));
});

test("what is missing is named in the order of the sentence", () => {
  assert.equal(lacking(emptyForm), "scope");
  assert.equal(lacking({ ...emptyForm, scoped: ["d"] }), "sensor");
  assert.equal(lacking({ ...emptyForm, scoped: ["d"], sensor: "t", condition: "no_data" }), "window");
  assert.equal(lacking({ ...emptyForm, scoped: ["d"], sensor: "t" }), null);
});
