// SPDX-License-Identifier: Apache-2.0
// One write to the screen a frame. Messages fill plain data and mark a job; one animation frame
// runs the marked jobs: those that change signals first and in one batch, then the drawings until
// the frame's share is used up. A hidden page runs nothing but the jobs that are for it, and the rest
// once when it is shown.

import { batch, signal } from "@preact/signals";

export interface Job {
  readonly run: () => void;
  readonly every: number;
  /** Shows what arrives, and stands still while the page is paused. */
  readonly data: boolean;
  /** Runs on a hidden page too: what the tab's title and icon tell. */
  readonly unseen?: boolean;
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
/** Whether a person wants the page to stand still. The data come on and are shown at once afterwards. */
export const paused = signal(false);
/** When the earliest timer that is running ends. */
let timerEnds = Infinity;

/** A job that runs at most once in `every` milliseconds, however often it is marked. */
export function makeJob(run: () => void, every = 0): Job {
  return { run, every, data: false, last: -Infinity };
}

/** The same for what shows data that arrive. */
export function makeDataJob(run: () => void, every = 0): Job {
  return { run, every, data: true, last: -Infinity };
}

export function markChange(job: Job): void {
  if (job.unseen && host?.hidden()) {
    job.run();
    return;
  }
  changes.add(job);
  ask();
}

/** A job for what a hidden page still tells. */
export function makeUnseenJob(run: () => void): Job {
  return { run, every: 0, data: false, unseen: true, last: -Infinity };
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

export function pause(stand: boolean): void {
  paused.value = stand;
  ask();
}

function held(job: Job): boolean {
  return job.data && paused.peek();
}

function ask(): void {
  if (!host || frameAsked || host.hidden()) return;
  let due = Infinity;
  for (const job of changes) if (!held(job)) due = Math.min(due, job.last + job.every);
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
    if (!held(job) && now - job.last >= job.every - 1) due.push(job);
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
