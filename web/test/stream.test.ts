// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { initialStream, retryDelay, silenceLimit, step, type Stream, type StreamEvent } from "../src/state/stream";

type Timed = readonly [kind: Exclude<StreamEvent["kind"], "network" | "seen">, at: number];

function run(events: readonly Timed[], from: Stream = initialStream): Stream {
  return events.reduce((s, [kind, at]) => step(s, { kind }, at), from);
}

const live = run([["open", 1000], ["heard", 1010], ["current", 1010], ["filled", 1050]]);

test("nothing passes for current before the first snapshot", () => {
  assert.equal(run([["open", 1000], ["heard", 1010]]).fresh, false);
  assert.equal(live.fresh, true);
  assert.equal(live.phase, "live");
});

test("a closed socket makes everything stale at once", () => {
  const s = run([["close", 2000]], live);
  assert.equal(s.phase, "reconnecting");
  assert.equal(s.fresh, false);
  assert.equal(s.retryAt, 2000 + retryDelay(0));
});

test("three seconds of silence are as bad as a closed socket", () => {
  const heard = run([["heard", 5000]], live);
  assert.equal(run([["tick", 5000 + silenceLimit]], heard).phase, "live");
  const silent = run([["tick", 5001 + silenceLimit]], heard);
  assert.equal(silent.phase, "reconnecting");
  assert.equal(silent.fresh, false);
});

test("tries come ever later, up to five seconds, and start anew after a success", () => {
  let s = live;
  const delays: number[] = [];
  for (let i = 0, at = 10_000; i < 7; i++, at += 10_000) {
    s = run([["close", at]], s);
    delays.push((s.retryAt ?? 0) - at);
    s = run([["try", at + 9000]], s);
  }
  assert.deepEqual(delays, [500, 1000, 2000, 4000, 5000, 5000, 5000]);
  s = run([["open", 90_000], ["current", 90_010]], s);
  assert.equal(s.tries, 0);
});

test("a second close while a try is planned changes nothing", () => {
  const once = run([["close", 2000]], live);
  assert.equal(run([["close", 2100]], once), once);
});

test("after a break it fills the gap and is live only when that is done", () => {
  const back = run([["close", 2000], ["try", 2500], ["open", 32_000], ["current", 32_010]], live);
  assert.equal(back.phase, "catching");
  assert.equal(back.gap, 32_000 - 1010);
  assert.equal(run([["filled", 32_500]], back).phase, "live");
});

test("filled before the snapshot is too early", () => {
  assert.equal(run([["open", 1000], ["filled", 1001]]).phase, "catching");
});

test("a refused login ends it, and a close afterwards does not start it again", () => {
  const ended = run([["refused", 1000], ["close", 1001], ["tick", 9000]]);
  assert.equal(ended.phase, "ended");
  assert.equal(ended.fresh, false);
});

test("no network is said so, and its return tries at once", () => {
  const off = step(live, { kind: "network", up: false }, 3000);
  assert.equal(off.phase, "offline");
  assert.equal(run([["close", 3001]], off).phase, "offline");
  const on = step(off, { kind: "network", up: true }, 9000);
  assert.equal(on.phase, "reconnecting");
  assert.equal(on.retryAt, 9000);
});

test("a page that is seen again has nothing current until it caught up, and says since when", () => {
  const s = step(live, { kind: "seen", since: 1000 }, 61_000);
  assert.deepEqual([s.phase, s.fresh, s.gap], ["catching", false, 60_000]);
  assert.equal(run([["tick", 61_500], ["heard", 62_000], ["current", 62_000], ["filled", 62_100]], s).phase, "live");
  assert.equal(run([["tick", 64_001]], s).phase, "reconnecting", "a way that is gone is found out");
  const lost = run([["close", 2000]], live);
  assert.equal(step(lost, { kind: "seen", since: 1000 }, 3000), lost);
});
