// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { makeJob, makeUnseenJob, markChange, markDrawing, resumeCommits, startCommits } from "../src/state/commit";

/** A screen whose frames come each 16 ms of a clock that the test moves. */
class Screen {
  time = 0;
  isHidden = false;
  private waiting: { at: number; run: () => void }[] = [];

  constructor() {
    startCommits({
      frame: (run) => this.waiting.push({ at: this.time + 16, run }),
      later: (run, ms) => this.waiting.push({ at: this.time + ms, run }),
      hidden: () => this.isHidden,
      now: () => this.time,
    });
  }

  pass(ms: number): void {
    for (const end = this.time + ms; ;) {
      const next = this.waiting.sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) {
        this.time = end;
        return;
      }
      this.waiting.shift();
      this.time = next.at;
      next.run();
    }
  }
}

test("however often a job is marked, it runs once a frame", () => {
  const screen = new Screen();
  let runs = 0;
  const job = makeJob(() => runs++);
  for (let i = 0; i < 100; i++) markChange(job);
  assert.equal(runs, 0);
  screen.pass(16);
  assert.equal(runs, 1);
});

test("a job keeps its distance, and a slow one holds no other back", () => {
  const screen = new Screen();
  const at: number[] = [];
  const slow = makeJob(() => at.push(screen.time), 5000);
  let quick = 0;
  const fast = makeJob(() => quick++);
  for (let i = 0; i < 100; i++) {
    markChange(slow);
    markChange(fast);
    screen.pass(100);
  }
  assert.equal(at.length, 2);
  assert.ok((at[1] ?? 0) - (at[0] ?? 0) >= 5000);
  assert.equal(quick, 100);
});

test("a hidden page draws nothing, and everything once when it is shown", () => {
  const screen = new Screen();
  let runs = 0;
  const job = makeJob(() => runs++);
  screen.isHidden = true;
  for (let i = 0; i < 50; i++) {
    markDrawing(job);
    screen.pass(100);
  }
  assert.equal(runs, 0);
  screen.isHidden = false;
  resumeCommits();
  screen.pass(50);
  assert.equal(runs, 1);
});

test("drawings that do not fit the frame's share come in the next frame", () => {
  const screen = new Screen();
  const frames: number[] = [];
  for (let i = 0; i < 3; i++) {
    markDrawing(makeJob(() => {
      frames.push(Math.floor(screen.time / 16));
      screen.time += 10;
    }));
  }
  screen.pass(200);
  assert.equal(new Set(frames).size, 3);
});

test("what a tab tells while nobody looks runs on a hidden page, and nothing else does", () => {
  const screen = new Screen();
  const runs: string[] = [];
  screen.isHidden = true;
  markChange(makeUnseenJob(() => runs.push("title")));
  markChange(makeJob(() => runs.push("value")));
  screen.pass(1000);
  assert.deepEqual(runs, ["title"]);
});
