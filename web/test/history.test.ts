// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { readColumns } from "../src/net/columns";
import { Joined } from "../src/state/join";
import { historyOf, partsOf } from "../src/state/history";
import { Table } from "../src/state/table";

interface Series {
  readonly step: number;
  /** t, v or t, min, max, mean, n. */
  readonly columns: readonly (readonly number[])[];
  readonly gaps?: readonly number[];
}

/** An answer as docs/protocol/history.md lays it out. */
function answerOf(...all: readonly Series[]): ArrayBuffer {
  const values = all.reduce((sum, s) => sum + s.columns.flat().length + (s.gaps ?? []).length, 0);
  const view = new DataView(new ArrayBuffer(40 + 32 * all.length + 8 * values));
  view.setUint32(0, 1, true);
  view.setUint32(4, all.length, true);
  let at = 40;
  for (const { step, columns, gaps = [] } of all) {
    view.setUint32(at, step === 0 ? 0 : 1, true);
    view.setUint32(at + 4, columns[0]?.length ?? 0, true);
    view.setUint32(at + 8, gaps.length / 2, true);
    view.setInt32(at + 12, -1, true);
    view.setFloat64(at + 16, step, true);
    at += 32;
    for (const v of [...columns.flat(), ...gaps]) {
      view.setFloat64(at, v, true);
      at += 8;
    }
  }
  return view.buffer as ArrayBuffer;
}

const raw: Series = { step: 0, columns: [[1000, 2000, 9000], [1.5, 2.5, -3]], gaps: [2000, 9000] };
const coarse: Series = { step: 60_000, columns: [[0, 60_000], [1, 2], [5, 6], [3, 4], [60, 7]] };

test("columns are views over the answer, whatever tiers and gaps lie between them", () => {
  const answer = answerOf(raw, coarse, raw);
  const [a, b, c] = readColumns(answer, 3);
  assert.ok(a && b && c);
  assert.deepEqual([a.step, [...a.t], [...a.mean], a.n], [0, [1000, 2000, 9000], [1.5, 2.5, -3], null]);
  assert.deepEqual([b.step, ...[b.t, b.min, b.max, b.mean, b.n ?? []].map((x) => [...x])], [60_000, ...coarse.columns]);
  assert.deepEqual([...c.t], [1000, 2000, 9000]);
  for (const column of [a.t, a.mean, b.t, b.min, b.max, b.mean, b.n, c.t]) assert.equal(column?.buffer, answer);
  assert.equal(a.min, a.max);
  assert.equal(a.min, a.mean);
});

test("a series without readings is an empty one", () => {
  const [s] = readColumns(answerOf({ step: 0, columns: [[], []] }), 1);
  assert.equal(s?.t.length, 0);
});

test("an answer that is cut anywhere, too long, or of other series is refused", () => {
  const whole = answerOf(raw, coarse);
  for (let bytes = 0; bytes < whole.byteLength; bytes++) assert.throws(() => readColumns(whole.slice(0, bytes), 2), RangeError);
  const longer = new Uint8Array(whole.byteLength + 8);
  longer.set(new Uint8Array(whole));
  assert.throws(() => readColumns(longer.buffer, 2), /longer/);
  assert.throws(() => readColumns(whole, 1), /other series/);
});

test("counts beyond the answer, an unknown version and buckets without a width are refused", () => {
  for (const [at, value] of [[0, 2], [44, 0xffff_ffff], [48, 0xffff_ffff]] as const) {
    const answer = answerOf(raw);
    new DataView(answer).setUint32(at, value, true);
    assert.throws(() => readColumns(answer, 1), RangeError);
  }
  for (const step of [NaN, -1, Infinity]) assert.throws(() => readColumns(answerOf({ ...coarse, step }), 1), /width/);
});

test("readings that are added to a series leave its neighbours in the answer alone", () => {
  const answer = answerOf(raw, coarse);
  const [a, b] = readColumns(answer, 2);
  assert.ok(a && b);
  const j = new Joined(a, 0);
  for (let i = 0; i < 500; i++) j.add(10_000 + i * 1000, i);
  j.add(1500, 7);
  assert.deepEqual([...j.draw(0, 510_000).mean.slice(0, 4)], [1.5, 7, 2.5, NaN]);
  j.trimBefore(400_000);
  j.add(600_000, 1);
  assert.deepEqual([b.t, b.min, b.max, b.mean, b.n ?? []].map((x) => [...x]), coarse.columns);
});

test("a table keeps its order through inserts, replacements and drops", () => {
  const table = new Table(Float64Array.of(1, 3), Float64Array.of(10, 30));
  table.insert(1, [2, 20]);
  table.insert(3, [4, 40]);
  table.set(0, [1, 11]);
  assert.deepEqual([[...table.column(0)], [...table.column(1)]], [[1, 2, 3, 4], [11, 20, 30, 40]]);
  table.dropFirst(2);
  for (let i = 0; i < 200; i++) table.insert(table.length, [5 + i, 0]);
  assert.equal(table.length, 202);
  assert.deepEqual([...table.column(0)].slice(0, 3), [3, 4, 5]);
});

test("one request takes series of equal span and points, up to the server's bounds", () => {
  const one = (sensor: string, span = 1000, points = 60) => ({ name: { device: "d", sensor }, span, end: null, points });
  const lengths = (all: Parameters<typeof partsOf>[0]): number[] => partsOf(all).map((p) => p.length);
  assert.deepEqual(lengths([one("a"), one("b", 2000), one("c"), one("d", 1000, 720)]), [2, 1, 1]);
  assert.deepEqual(lengths(Array.from({ length: 130 }, (_, i) => one(`s${i}`))), [64, 64, 2]);
  assert.deepEqual(lengths(Array.from({ length: 5 }, (_, i) => one(`s${i}`, 1000, 40_000))), [2, 2, 1]);
  assert.deepEqual(lengths(Array.from({ length: 3 }, () => one("é".repeat(500)))), [1, 1, 1]);
});

/** Answers what the page asks for: a raw series a sensor, 404 where "none" is among them. */
function serve(t: TestContext): URL[] {
  const asked: URL[] = [];
  t.mock.method(globalThis, "fetch", async (path: string, init: RequestInit) => {
    const url = new URL(path, "http://localhost");
    asked.push(url);
    assert.deepEqual(init.headers, { Accept: "application/vnd.telltale.columns" });
    const sensors = url.searchParams.getAll("sensor");
    if (sensors.includes("none")) return new Response("{}", { status: 404 });
    return new Response(answerOf(...sensors.map((s) => ({ step: 0, columns: [[1], [Number(s)]] }))));
  });
  return asked;
}

const last = { span: 1000, end: null, points: 60 };
const never = new AbortController().signal;

test("series that are asked for together come in one request, each to whom it belongs", async (t) => {
  const asked = serve(t);
  const names = [["a", "1"], ["a", "2"], ["b&c", "3"], ["a", "4"]] as const;
  const all = await Promise.all(names.map(([device, sensor]) => historyOf({ device, sensor }, last, never)));
  assert.deepEqual(all.map((s) => s.mean[0]), [1, 2, 3, 4]);
  assert.equal(asked.length, 1);
  assert.match(asked[0]?.search ?? "", /&points=60&device=a&sensor=1&sensor=2&device=b%26c&sensor=3&device=a&sensor=4$/);
});

test("a sensor that the server does not know has no history, and takes none from the others", async (t) => {
  const asked = serve(t);
  const all = await Promise.all(["1", "none", "3"].map((sensor) => historyOf({ device: "a", sensor }, last, never)));
  assert.deepEqual(all.map((s) => [...s.mean]), [[1], [], [3]]);
  assert.equal(asked.length, 4);
});

test("who gives up gets nothing, and the others what they asked for", async (t) => {
  serve(t);
  const early = new AbortController();
  const late = new AbortController();
  const ask = (sensor: string, signal: AbortSignal): Promise<unknown> => historyOf({ device: "a", sensor }, last, signal);
  const all = [ask("1", early.signal), ask("2", late.signal), ask("3", never)];
  early.abort();
  queueMicrotask(() => late.abort());
  assert.deepEqual((await Promise.allSettled(all)).map((r) => r.status), ["rejected", "rejected", "fulfilled"]);
});
