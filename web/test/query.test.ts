// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import type { Device } from "../src/net/wire";
import { LivingOrder, NameRanks, parseSort, sorted, sortText } from "../src/state/order";
import { countsOf, matches, parseQuery, termText, withTerm, type Facts } from "../src/state/query";
import { readOutbox } from "../src/state/outbox";
import { compareText, parseCompare } from "../src/views/compare-address";
import { best, indexed, type Entry } from "../src/views/palette/find";
import { de } from "../src/i18n/de";
import * as germanMap from "../src/i18n/de-map";
import { deMore } from "../src/i18n/de-more";
import * as germanTools from "../src/i18n/de-tools";
import { en } from "../src/i18n/en";
import { enMore } from "../src/i18n/en-more";

function device(id: string, more: Partial<Device> = {}): Device {
  return {
    id, name: id, model: "", status: "online", cause: "data", since: 0, lastSeen: 1000, location: null, place: null, tags: [], attributes: [],
    sensors: [{ id: "temperature", name: "Temperature", unit: "°C", boolean: false, min: null, max: null, decimals: 1 }], ...more,
  };
}

const values = new Map([["a", 31], ["b", 12]]);
const facts: Facts = {
  worst: (id) => (id === "a" ? { severity: "critical", acknowledged: false } : undefined),
  value: (id) => values.get(id) ?? null, now: 11 * 60_000,
};
const all = [
  device("a", { tags: ["roof", "cold"], model: "TH 100", place: "Hall" }), device("b", { status: "offline", lastSeen: 10 * 60_000 }), device("c", { tags: ["Roof"], name: "Pump 2" }),
];
const found = (text: string): string[] => all.filter((d) => matches(d, parseQuery(text), facts)).map((d) => d.id);

test("words and terms find devices; terms of one key are alternatives", () => {
  assert.deepEqual(found(""), ["a", "b", "c"]);
  assert.deepEqual(found("PUMP"), ["c"]);
  assert.deepEqual(found("tag:roof"), ["a", "c"]);
  assert.deepEqual(found("status:online status:offline"), ["a", "b", "c"]);
  assert.deepEqual(found("tag:roof status:offline"), []);
  assert.deepEqual(found('model:"TH 100" place:hall'), ["a"]);
  assert.deepEqual(found("temperature:>30"), ["a"]);
  assert.deepEqual(found("temperature:>10 temperature:<20"), ["b"]);
  assert.deepEqual(found("alert:critical"), ["a"]);
  assert.deepEqual(found("alert:none"), ["b", "c"]);
  assert.deepEqual(found("seen:>10m"), ["a", "c"]);
  assert.deepEqual(found("seen:5m"), ["b"]);
  assert.deepEqual(found("nothing:here"), []);
});

test("a query is taken apart and put together again", () => {
  const q = parseQuery('tag:roof cold store model:"TH 100" temperature:>=3');
  assert.deepEqual(q.words, ["cold", "store"]);
  assert.equal(q.terms.map(termText).join(" "), 'tag:roof model:"TH 100" temperature:>=3');
  assert.deepEqual(parseQuery(withTerm(q, { key: "tag", op: "", value: "roof" }, false)).terms.length, 2);
  assert.equal(withTerm(parseQuery("x"), { key: "status", op: "", value: "offline" }, true), "status:offline x");
  for (const text of ["", ":", "a:", ":b", '"', 'a:"', "<img>", "x".repeat(5000)]) parseQuery(text);
});

test("filters count what the rest of the query lets through", () => {
  assert.deepEqual([...countsOf(all, parseQuery("tag:roof status:offline"), "status", facts)], [["online", 2]]);
  assert.deepEqual(countsOf(all, parseQuery(""), "tag", facts).get("roof"), 1);
});

test("what has no value is last in both directions, and equals keep the order of their names", () => {
  const ranks = new NameRanks();
  const names = [device("x", { name: "Pump 10" }), device("y", { name: "Pump 2" }), device("z", { name: "Pump 1" })];
  ranks.update(names);
  const v = new Map([["x", 5], ["y", 7]]);
  const by = (text: string): string[] => sorted(names, parseSort(text), ranks, (d) => v.get(d.id) ?? null);
  assert.deepEqual(by("sensor:v"), ["x", "y", "z"]);
  assert.deepEqual(by("-sensor:v"), ["y", "x", "z"]);
  assert.deepEqual(by("name"), ["z", "y", "x"]);
  assert.equal(sortText(parseSort("-seen")), "-seen");
});

test("an order stands while it is held, tells how many would move, and follows later", () => {
  const order = new LivingOrder();
  assert.deepEqual(order.next(["a", "b", "c"], "q", false, 0), ["a", "b", "c"]);
  assert.deepEqual(order.next(["c", "b", "a"], "q", true, 9000), ["a", "b", "c"]);
  assert.equal(order.moves, 2);
  assert.deepEqual(order.next(["c", "b", "a", "d"], "q", true, 9000), ["a", "b", "c", "d"]);
  assert.deepEqual(order.next(["c", "b"], "q", true, 9000), ["b", "c"]);
  assert.deepEqual(order.next(["c", "b"], "q", false, 9001), ["c", "b"]);
  assert.deepEqual(order.next(["b", "c"], "q", false, 9500), ["c", "b"], "not within five seconds");
  assert.deepEqual(order.next(["b", "c"], "other", true, 9600), ["b", "c"], "another question is answered at once");
  order.release();
  assert.deepEqual(order.next(["c", "b"], "other", true, 9700), ["c", "b"]);
});

test("series of a comparison go into an address and come out of it, whatever their ids", () => {
  const names = [{ device: "a/b,c", sensor: "x y" }, { device: "<img>", sensor: "%" }];
  assert.deepEqual(parseCompare(compareText(names)), names);
  assert.deepEqual(parseCompare("a,b/,/c,a/b/c,%zz/x"), []);
  assert.equal(parseCompare(Array.from({ length: 40 }, (_, i) => `d/${i}`).join(",")).length, 12);
});

test("the palette finds the best first and every word must be there", () => {
  const entry = (words: string): Entry => ({ id: words, kind: "device", words, note: "" });
  const entries = ["Cold store 14", "Cold store 4", "Warm store 4", "4 cold"].map(entry);
  const index = indexed(entries);
  assert.deepEqual(best(index, "cold 4", 3).map((e) => e.words).sort(), ["4 cold", "Cold store 14", "Cold store 4"].sort());
  assert.equal(best(index, "store 4", 1).length, 1);
  assert.deepEqual(best(index, "nope", 3), []);
});

test("what waits to be sent is read back only when it is such a list", () => {
  assert.deepEqual(readOutbox('[{"id":"1.2","note":"x"},{"id":""},7,{"id":"3","until":"soon"},{"id":"4","until":9}]'), [{ id: "1.2", note: "x", until: null }, { id: "3", note: "", until: null }, { id: "4", note: "", until: 9 }]);
  for (const text of [null, "", "{}", "null", "["]) assert.deepEqual(readOutbox(text), []);
});

test("nobody is called du", () => {
  const all = sentences({ ...de, ...deMore, ...germanTools, ...germanMap });
  const familiar = all.filter(([, text]) => /\b(du|dich|dir|dein(e[mnrs]?)?)\b/i.test(text)).map(([path]) => path);
  assert.ok(all.length > 400);
  assert.deepEqual(familiar, []);
});

/** Every sentence of a catalogue, said with numbers, or with words where it takes those; the compiler already knows that none is missing. */
function sentences(x: unknown, path = ""): [string, string][] {
  if (typeof x === "string") return [[path, x]];
  if (typeof x === "function") {
    const say = x as (...args: unknown[]) => unknown;
    try {
      return [[path, String(say(3, 4, "c", null, "e", "f"))]];
    } catch {
      return [[path, String(say("a", "b", "c", "d", "e", "f"))]];
    }
  }
  if (typeof x !== "object" || x === null) return [];
  return Object.entries(x).flatMap(([key, value]) => sentences(value, `${path}.${key}`));
}

test("both languages say something everywhere, and not the same", () => {
  const english = new Map(sentences({ ...en, ...enMore }));
  const german = new Map(sentences({ ...de, ...deMore }));
  assert.deepEqual([...german.keys()].sort(), [...english.keys()].sort());
  const empty = [...english, ...german].filter(([, text]) => text.trim() === "" || /undefined|\[object/.test(text)).map(([path]) => path);
  assert.deepEqual(empty, []);
  const same = [...german].filter(([path, text]) => english.get(path) === text).length;
  assert.ok(same < german.size / 3, `${same} of ${german.size} are the same in both`);
});
