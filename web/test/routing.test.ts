// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { emptyRoute, personBody, personForm, readHeaders, routeBody, routeForm, toldBy, waysOf } from "../src/lib/routing";

const whole = {
  name: "Night", enabled: true, match: { severity: ["critical", "info"], rules: ["r1"], devices: ["d1"], tags: ["cold"] },
  hours: { from: "18:00", to: "08:00", days: ["mon", "sun"], zone: "Europe/Berlin" }, to: ["channel:mail", "person:ann"], group: "tag", interval: "5m", repeat: "4h",
  steps: [{ after: "15m", to: ["person:boss", "push"] }],
};

test("a route goes through the form unchanged", () => {
  assert.deepEqual(routeBody(routeForm(whole)), whole);
});

test("what was left empty is not sent, and a zone alone is no time of day", () => {
  assert.deepEqual(routeBody({ ...emptyRoute("Europe/Berlin"), to: ["push"] }), { enabled: true, to: ["push"], group: "rule" });
  assert.deepEqual(routeBody({ ...emptyRoute("Europe/Berlin"), to: ["push"], days: ["sat"] })["hours"], { days: ["sat"], zone: "Europe/Berlin" });
});

test("whatever the server holds becomes a form", () => {
  for (const body of [{}, { match: 3, hours: [], steps: [null, 7], to: "push", group: "x" }, { steps: [{ to: [1, "push"] }] }]) assert.ok(routeBody(routeForm(body)));
});

test("a test goes to each way once, to those of people too", () => {
  const people = new Map([["ann", personForm({ name: "Ann", channels: ["mail", "chat"] })]]);
  assert.deepEqual(toldBy(routeForm(whole)), ["channel:mail", "person:ann", "person:boss", "push"]);
  assert.deepEqual(waysOf(toldBy(routeForm(whole)), people), ["mail", "chat"]);
});

test("a person keeps only what was filled in", () => {
  assert.deepEqual(personBody(personForm({ name: " Ann ", email: "", channels: ["a"] })), { name: "Ann", channels: ["a"] });
});

test("headers are lines, and the first that is none is named", () => {
  assert.deepEqual(readHeaders("Authorization: Bearer a:b\n\n X-One : 1"), { Authorization: "Bearer a:b", "X-One": "1" });
  assert.equal(readHeaders("X: 1\nnonsense"), "nonsense");
});
