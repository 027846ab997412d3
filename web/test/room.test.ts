// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { fullIn, growthOf, tiersOf } from "../src/lib/room";

const day = 86_400_000;
const counters = (more: Readonly<Record<string, number>>): ReadonlyMap<string, number> => new Map(Object.entries({ telltale_store_measured_total: 1, ...more }));

test("nothing is said of tiers before they were measured", () => {
  assert.equal(tiersOf(new Map([["telltale_store_tier_bytes raw", 5]])), null);
});

test("a tier has its bytes, its oldest time and how long it is kept", () => {
  const tiers = tiersOf(counters({ "telltale_store_tier_bytes raw": 1000, "telltale_store_tier_day_bytes raw": 100, "telltale_store_tier_oldest_seconds raw": 60, "telltale_store_tier_kept_seconds raw": 3600 }));
  assert.deepEqual(tiers?.[0], { name: "raw", bytes: 1000, dayBytes: 100, oldest: 60_000, keptMs: 3_600_000 });
  assert.deepEqual(tiers?.[3], { name: "days", bytes: 0, dayBytes: 0, oldest: null, keptMs: null });
});

test("growth is that of the last day, of less when there is less, and of too little none", () => {
  const tier = (dayBytes: number, oldest: number | null) => [{ name: "raw" as const, bytes: dayBytes, dayBytes, oldest, keptMs: null }];
  assert.equal(growthOf(tier(500, 0), 3 * day), 500);
  assert.equal(growthOf(tier(500, 0), day / 4), 2000);
  assert.equal(growthOf(tier(500, 0), 1000), null);
  assert.equal(growthOf(tier(0, null), day), null);
});

test("it is full when the room is used up, and never where nothing grows", () => {
  assert.equal(fullIn(4100, 100), 41 * day);
  assert.deepEqual([fullIn(4100, 0), fullIn(4100, null)], [null, null]);
});
