// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { changeable, chosenKey, clash, meant, readKeyMap } from "../src/lib/key-map";

test("a key that was moved does its work under the new one, and nothing under the old", () => {
  const map = { a: "q" } as const;
  assert.deepEqual([meant("q", map), meant("a", map), meant("Q", map), meant("s", map), meant("=", map), meant("Escape", map)], ["a", null, "a", "s", "+", "Escape"]);
  assert.deepEqual([chosenKey("a", map), chosenKey("s", map)], ["q", "s"]);
});

test("two keys can trade places", () => {
  const map = { a: "s", s: "a" } as const;
  assert.deepEqual([meant("a", map), meant("s", map)], ["s", "a"]);
});

test("no key does two things, and some are not to be had", () => {
  assert.deepEqual([clash("a", "s", {}), clash("a", "q", {}), clash("a", "g", {}), clash("a", "F1", {}), clash("a", "a", { a: "q" })], ["taken", null, "reserved", "reserved", null]);
});

test("what was stored is read only where it is such a map", () => {
  assert.deepEqual(readKeyMap({ a: "q", b: "x", s: 7, z: "g" }), { a: "q" });
  for (const bad of [null, 7, "a", [], { a: "s" }]) assert.deepEqual(readKeyMap(bad), {});
});

test("each key of the page is one key, once", () => {
  assert.equal(new Set(changeable).size, changeable.length);
});
