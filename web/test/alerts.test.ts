// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { grouped } from "../src/lib/alert-groups";
import { formatLength } from "../src/lib/length";
import { lanesOf, median } from "../src/lib/noise";
import { alert as decodeAlert } from "../src/net/decode";
import type { Alert } from "../src/net/wire";

function alert(more: object): Alert {
  const made = decodeAlert({ id: "1", deviceId: "d", ruleId: "r", severity: "warning", createdAt: 100, updatedAt: 100, ...more });
  assert.ok(made);
  return made;
}

test("a lane a rule and device, the noisiest first, clipped to the range", () => {
  const lanes = lanesOf([
    alert({ id: "a", createdAt: 50, resolvedAt: 120 }), alert({ id: "b", createdAt: 200, resolvedAt: 260, acknowledgedAt: 210, severity: "critical" }),
    alert({ id: "c", deviceId: "e", createdAt: 150 }), alert({ id: "d", createdAt: 10, resolvedAt: 90 }), alert({ id: "p", deviceId: "f", state: "pending" }),
  ], 100, 300);
  assert.deepEqual(lanes.map((l) => [l.device, l.bars.length, l.totalMs, l.toAcknowledgeMs, l.severity]), [["d", 2, 80, 10, "critical"], ["e", 1, 150, null, "warning"]]);
  assert.deepEqual(lanes[0]?.bars.map((b) => [b.from, b.held, b.to]), [[100, 120, 120], [200, 210, 260]]);
  assert.deepEqual(lanes[1]?.bars.map((b) => [b.from, b.held, b.to]), [[150, 300, 300]]);
});

test("the middle value of none, of odd and of even numbers", () => {
  assert.deepEqual([median([]), median([3]), median([5, 1, 9]), median([4, 1, 2, 9])], [null, 3, 5, 3]);
});

test("what follows from an open alert stands below it, the rest below a line of its own, and nothing is lost", () => {
  const all = [
    alert({ id: "lead", ruleId: "line", deviceId: "gw" }), alert({ id: "x", muted: "inhibited", mutedBy: "line" }), alert({ id: "y", muted: "inhibited", mutedBy: "gateway lost" }),
    alert({ id: "z", muted: "silence", mutedBy: "s1" }), alert({ id: "w", ruleId: "line", muted: "inhibited", mutedBy: "gone" }),
  ];
  const groups = grouped(all);
  assert.deepEqual(groups.map((g) => [g.alert?.id ?? null, g.muted.map((m) => m.id)]), [["lead", ["x"]], ["z", []], [null, ["y"]], [null, ["w"]]]);
  assert.equal(groups.flatMap((g) => [...(g.alert ? [g.alert] : []), ...g.muted]).length, all.length);
  assert.equal(new Set(groups.map((g) => g.key)).size, groups.length);
});

test("lengths say two units where one says too little", () => {
  const minute = 60_000;
  assert.deepEqual([500, 41 * minute, 192 * minute, 120 * minute, 52 * 60 * minute].map((ms) => formatLength(ms).replaceAll("\u202f", " ")), ["1 s", "41 min", "3 h 12 min", "2 h", "2 d 4 h"]);
});
