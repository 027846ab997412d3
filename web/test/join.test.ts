// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import type { Samples } from "../src/net/wire";
import { Drawn } from "../src/state/drawn";
import { Joined as Plain } from "../src/state/join";

/** What was drawn as lists that compare: null where a column holds NaN, gaps in pairs. */
class Joined extends Plain {
  readonly out = new Drawn();

  // @ts-expect-error the columns of a drawing are taken out of it
  override draw(from: number, to: number) {
    const d = super.draw(from, to, this.out);
    const list = (column: Float64Array) => [...column.subarray(0, d.length)].map((v) => (Number.isNaN(v) ? null : v));
    const gaps = d.gaps.flatMap((g, i) => (i % 2 === 0 ? [[g, d.gaps[i + 1]]] : []));
    return { ...d, t: list(d.t), mean: list(d.mean), min: list(d.min), max: list(d.max), gaps };
  }
}

function raw(...points: readonly (readonly [t: number, v: number])[]): Samples {
  const v = Float64Array.from(points, (p) => p[1]);
  return { step: 0, t: Float64Array.from(points, (p) => p[0]), min: v, max: v, mean: v, n: null };
}

function buckets(step: number, ...points: readonly (readonly [t: number, min: number, max: number, mean: number, n: number])[]): Samples {
  const column = (i: 0 | 1 | 2 | 3 | 4): Float64Array => Float64Array.from(points, (p) => p[i]);
  return { step, t: column(0), min: column(1), max: column(2), mean: column(3), n: column(4) };
}

test("a reading that history holds already is not drawn twice", () => {
  const j = new Joined(raw([1000, 1], [2000, 2], [3000, 3]), 0);
  j.add(3000, 3);
  j.add(4000, 4);
  assert.deepEqual(j.draw(0, 4000).t, [1000, 2000, 3000, 4000]);
});

test("at equal times the later value wins", () => {
  const j = new Joined(raw([1000, 1], [2000, 2]), 0);
  j.add(2000, 9);
  assert.deepEqual(j.draw(0, 2000).mean, [1, 9]);
});

test("late readings find their place", () => {
  const j = new Joined(raw([1000, 1], [3000, 3]), 0);
  j.add(2000, 2);
  assert.deepEqual(j.draw(0, 3000).mean, [1, 2, 3]);
});

test("the order in which live readings and history meet does not matter", () => {
  const all = Array.from({ length: 50 }, (_, i) => [i * 1000, Math.sin(i)] as const);
  const whole = new Joined(raw(...all), 0).draw(0, 50_000);
  for (let cut = 0; cut <= 50; cut += 7) {
    const j = new Joined(raw(...all.slice(0, cut)), 0);
    for (const [t, v] of all.slice(Math.max(0, cut - 5)).reverse()) j.add(t, v);
    assert.deepEqual(j.draw(0, 50_000).mean, whole.mean);
  }
});

test("an open bucket is counted exactly, and closed when a reading passes its end", () => {
  const j = new Joined(buckets(60_000, [0, 1, 3, 2, 60]), 60_000);
  for (const [t, v] of [[60_000, 4], [61_000, 8], [61_000, 8], [62_000, 6]] as const) j.add(t, v);
  let drawn = j.draw(0, 62_000);
  assert.deepEqual(drawn.mean, [2, 6]);
  assert.deepEqual(drawn.t, [0, 62_000], "the line ends at the last reading");
  j.add(120_000, 10);
  drawn = j.draw(0, 120_000);
  assert.deepEqual(drawn.t, [0, 60_000, 120_000]);
  assert.deepEqual([drawn.min, drawn.max], [[1, 4, null], [3, 8, null]]);
});

test("a stream that skips buckets leaves no empty ones", () => {
  const j = new Joined(buckets(1000, [0, 1, 1, 1, 2]), 1000);
  j.add(1200, 5);
  j.add(9500, 6);
  assert.deepEqual(j.draw(0, 9500).mean.filter((v) => v !== null), [1, 5, 6]);
});

test("a late reading widens the band of its closed bucket only", () => {
  const j = new Joined(buckets(1000, [0, 1, 2, 1.5, 4], [1000, 1, 2, 1.5, 4]), 2000);
  j.add(300, 9);
  const drawn = j.draw(0, 2000);
  assert.deepEqual(drawn.max, [9, 2]);
  assert.deepEqual(drawn.mean, [1.5, 1.5]);
});

test("a break wider than two and a half intervals is a gap", () => {
  const drawn = new Joined(raw([0, 1], [1000, 1], [2000, 1], [3000, 1], [9000, 1], [10_000, 1]), 0).draw(0, 10_500);
  assert.deepEqual(drawn.mean, [1, 1, 1, 1, null, 1, 1]);
  assert.deepEqual(drawn.gaps, [[3000, 9000]]);
});

test("silence up to now is a gap at the end, and the line stops where it began", () => {
  const drawn = new Joined(raw([0, 1], [1000, 1], [2000, 1]), 0).draw(0, 8000);
  assert.deepEqual(drawn.gaps, [[2000, 8000]]);
  assert.equal(drawn.lastTime, 2000);
});

test("a slow sensor in fine buckets has no gaps", () => {
  const five = 300_000;
  const j = new Joined(buckets(60_000, [0, 1, 1, 1, 1], [five, 1, 1, 1, 1], [2 * five, 1, 1, 1, 1]), 3 * five);
  assert.deepEqual(j.draw(0, 2 * five + 1000).gaps, []);
});

test("minimum, maximum and mean are of what is in the window, weighted by count", () => {
  const drawn = new Joined(buckets(1000, [0, -50, 50, 0, 9], [1000, 1, 3, 2, 1], [2000, 5, 7, 6, 3]), 3000).draw(1000, 3000);
  assert.deepEqual([drawn.low, drawn.high, drawn.average], [1, 7, 5]);
});

test("points that left the window are let go of, but for the one before it", () => {
  const j = new Joined(raw(...Array.from({ length: 200 }, (_, i) => [i * 1000, i] as const)), 0);
  j.trimBefore(150_000);
  assert.equal(j.points, 51);
  assert.equal(j.draw(150_000, 200_000).t[0], 149_000);
});

test("a sensor that becomes faster or slower leaves no gaps where its rhythm changes", () => {
  const slow = Array.from({ length: 30 }, (_, i) => [i * 10_000, 1] as const);
  const fast = Array.from({ length: 60 }, (_, i) => [300_000 + i * 1000, 1] as const);
  const again = Array.from({ length: 30 }, (_, i) => [370_000 + i * 10_000, 1] as const);
  assert.deepEqual(new Joined(raw(...slow, ...fast, ...again), 0).draw(0, 661_000).gaps, []);
  assert.deepEqual(new Joined(raw(...slow, ...fast.slice(30), ...again), 0).draw(0, 661_000).gaps, [[290_000, 330_000]]);
});

test("one lonely reading tells no rhythm, so nothing is called a gap", () => {
  assert.deepEqual(new Joined(raw([0, 1]), 0).draw(0, 100_000).gaps, []);
});

test("a pause before the open bucket is a gap too", () => {
  const j = new Joined(buckets(1000, [0, 1, 1, 1, 2], [1000, 1, 1, 1, 2]), 9000);
  j.add(9100, 5);
  assert.deepEqual(j.draw(0, 9200).gaps, [[1000, 9100]]);
});
