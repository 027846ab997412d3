// SPDX-License-Identifier: Apache-2.0
// One write to the screen a frame. Messages fill plain data and mark a job; one animation frame
// runs the marked jobs: those that change signals first and in one batch, then the drawings until
// the frame's share is used up. A hidden page runs nothing, and everything once when it is shown.

import { batch } from "@preact/signals";

export interface Job {
  readonly run: () => void;
  readonly every: number;
  last: number;
}

export interface Host {
  frame(callback: () => void): void;
  later(callback: () => void, ms: number): void;
  hidden(): boolean;
  now(): number;
}

const drawingShareMs = 8;

const changes = new Set<Job>();
const drawings = new Set<Job>();
let host: Host | null = null;
let frameAsked = false;
/** When the earliest timer that is running ends. */
let timerEnds = Infinity;

/** A job that runs at most once in `every` milliseconds, however often it is marked. */
export function makeJob(run: () => void, every = 0): Job {
  return { run, every, last: -Infinity };
}

export function markChange(job: Job): void {
  changes.add(job);
  ask();
}

export function markDrawing(job: Job): void {
  drawings.add(job);
  ask();
}

export function forget(job: Job): void {
  changes.delete(job);
  drawings.delete(job);
}

export function startCommits(given: Host): void {
  host = given;
  frameAsked = false;
  timerEnds = Infinity;
  ask();
}

/** To be called when the page becomes visible again. */
export function resumeCommits(): void {
  ask();
}

function ask(): void {
  if (!host || frameAsked || host.hidden()) return;
  let due = Infinity;
  for (const job of changes) due = Math.min(due, job.last + job.every);
  for (const job of drawings) due = Math.min(due, job.last + job.every);
  const now = host.now();
  if (due - now <= 1) {
    frameAsked = true;
    host.frame(commit);
  } else if (due < timerEnds) {
    timerEnds = due;
    host.later(wake, due - now);
  }
}

function wake(): void {
  timerEnds = Infinity;
  ask();
}

function takeDue(jobs: Set<Job>, now: number): Job[] {
  const due: Job[] = [];
  for (const job of jobs) {
    if (now - job.last >= job.every - 1) due.push(job);
  }
  return due;
}

function commit(): void {
  frameAsked = false;
  if (!host || host.hidden()) return;
  const now = host.now();
  batch(() => {
    for (const job of takeDue(changes, now)) {
      changes.delete(job);
      job.last = now;
      job.run();
    }
  });
  for (const job of takeDue(drawings, now)) {
    drawings.delete(job);
    job.last = now;
    job.run();
    if (host.now() - now > drawingShareMs) break;
  }
  ask();
}
