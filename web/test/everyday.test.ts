// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { problemText, setUnanswered } from "../src/lib/problem";
import { rule } from "../src/net/decode";
import { Drawn } from "../src/state/drawn";
import { Joined } from "../src/state/join";
import { onSince, silenceBefore, stretchesOn } from "../src/state/switching";

function drawn(points: readonly (readonly [number, number])[], gaps: readonly number[] = []): Drawn {
  const d = new Drawn();
  d.begin(0, 1_000_000, points.length);
  for (const [t, v] of points) {
    if (gaps.includes(t)) d.gap(t);
    d.point(t, v, v, v, 1);
  }
  d.finish(1_000_000, Infinity);
  return d;
}

test("a switch is on since the first of its last readings that say so", () => {
  assert.equal(onSince(drawn([[10, 1], [20, 0], [30, 1], [40, 1]])), 30);
  assert.equal(onSince(drawn([[10, 1], [20, 0]])), null, "it is off");
  assert.equal(onSince(drawn([[10, 1], [20, 1]])), null, "when it went on is not in the window");
  assert.equal(onSince(null), null);
});

test("a silence counts as a cause when it ended just before", () => {
  const d = drawn([[100_000, 1], [400_000, 1], [401_000, 1]], [400_000]);
  assert.equal(silenceBefore(d, 401_000), 300_000);
  assert.equal(silenceBefore(d, 399_999), null, "it had not ended");
  assert.equal(silenceBefore(d, 701_000), null, "long before");
});

test("a switch's stretches end with the reading that says off, the last one lasts", () => {
  assert.deepEqual(stretchesOn(drawn([[10, 0], [20, 1], [30, 1], [40, 0], [50, 1]]), 60), [{ from: 20, to: 40 }, { from: 50, to: 60 }]);
});

test("a request without an answer is told in the page's words, a refusal in the server's", () => {
  setUnanswered("keine Antwort");
  assert.equal(problemText(new TypeError("Failed to fetch")), "keine Antwort");
  assert.equal(problemText(new Error("needs the role admin")), "needs the role admin");
  assert.equal(problemText("odd"), "odd");
});

test("where a rule ends is its clear, or its threshold less the hysteresis on the side of calm", () => {
  const made = (when: object): unknown => rule({ id: "r", name: "Warm", scope: { all: true }, when: { sensor: "t", threshold: 30, ...when } });
  const clear = (when: object): number | null | undefined => (made(when) as { clear: number | null } | null)?.clear;
  assert.equal(clear({ condition: "greater_than", hysteresis: 2 }), 28);
  assert.equal(clear({ condition: "less_than", hysteresis: 2 }), 32);
  assert.equal(clear({ condition: "greater_than", clear: 25 }), 25);
  assert.equal(clear({ condition: "greater_than" }), null);
});

test("how a series is rounded is told by its last readings, not by the newest alone", () => {
  const values = Float64Array.from([21.25, 21.5, 22]);
  const t = Float64Array.from([1000, 2000, 3000]);
  assert.equal(new Joined({ step: 0, t, min: values, max: values, mean: values, n: null }, 0).decimals(), 2);
});
