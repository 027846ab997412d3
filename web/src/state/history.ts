// SPDX-License-Identifier: Apache-2.0
// Asks for the history of series. Those that are asked for in one go, as the charts of a page are,
// share a request: one answer, whose columns are handed to each as they came.

import { fetchHistory } from "../net/rest";
import type { Samples, SeriesName } from "../net/wire";
import { serverNow } from "./clock";

/** Readings may carry a time that is ahead of ours. */
const aheadMs = 60_000;
/** What the server gives in one answer. */
const mostPoints = 100_000;
const mostSeries = 64;
/** Names in a request's line; the server takes a head of 16 KiB, of which cookies need a share. */
const mostNameBytes = 6000;

interface Waiting {
  readonly name: SeriesName;
  readonly span: number;
  /** Null for now. */
  readonly end: number | null;
  readonly points: number;
  readonly abort: AbortSignal;
  readonly resolve: (samples: Samples) => void;
  readonly reject: (error: unknown) => void;
}

let waiting: Waiting[] = [];

/** Bytes of a series in a query at the most, its device named with it. */
function nameBytes({ device, sensor }: SeriesName): number {
  return encodeURIComponent(device).length + encodeURIComponent(sensor).length + 16;
}

/** Parts that each may share a request: equal span and points, and not too many. */
export function partsOf<T extends { readonly name: SeriesName; readonly span: number; readonly end: number | null; readonly points: number }>(all: readonly T[]): T[][] {
  const parts: T[][] = [];
  const open = new Map<string, { part: T[]; bytes: number }>();
  for (const one of all) {
    const key = `${one.span} ${one.end} ${one.points}`;
    const bytes = nameBytes(one.name);
    const held = open.get(key);
    const most = Math.min(mostSeries, Math.floor(mostPoints / one.points));
    if (held && held.part.length < most && held.bytes + bytes <= mostNameBytes) {
      held.part.push(one);
      held.bytes += bytes;
      continue;
    }
    const part = [one];
    parts.push(part);
    open.set(key, { part, bytes });
  }
  return parts;
}

/** Given up when the last of those who wait for it has. */
function sharedAbort(part: readonly Waiting[]): AbortSignal {
  const shared = new AbortController();
  const look = (): void => {
    if (part.every((w) => w.abort.aborted)) shared.abort();
  };
  for (const w of part) w.abort.addEventListener("abort", look, { once: true });
  return shared.signal;
}

async function askTogether(part: readonly Waiting[]): Promise<void> {
  const [first] = part;
  if (!first) return;
  const end = first.end ?? serverNow();
  const to = first.end ?? end + aheadMs;
  try {
    const names = part.map((w) => w.name);
    const all = await fetchHistory(names, end - first.span, to, first.points, sharedAbort(part));
    part.forEach((w, i) => {
      const samples = all[i];
      if (samples && !w.abort.aborted) w.resolve(samples);
      else w.reject(w.abort.reason);
    });
  } catch (error) {
    for (const w of part) w.reject(error);
  }
}

function askAll(): void {
  const asked = waiting.filter((w) => {
    if (w.abort.aborted) w.reject(w.abort.reason);
    return !w.abort.aborted;
  });
  waiting = [];
  for (const part of partsOf(asked)) void askTogether(part);
}

export interface Question {
  readonly span: number;
  /** Null for now. */
  readonly end: number | null;
  readonly points: number;
}

/** The `span` of a series up to `end`, with what is asked for until the running task ends in one request. */
export function historyOf(name: SeriesName, { span, end, points }: Question, abort: AbortSignal): Promise<Samples> {
  return new Promise((resolve, reject) => {
    if (waiting.length === 0) queueMicrotask(askAll);
    waiting.push({ name, span, end, points, abort, resolve, reject });
  });
}

/** All readings of a series since `from`, alone: they may be as many as one answer holds. */
export async function tailOf(name: SeriesName, from: number, abort: AbortSignal): Promise<Samples> {
  const [samples] = await fetchHistory([name], from, serverNow() + aheadMs, mostPoints, abort);
  if (!samples) throw new RangeError("no history came");
  return samples;
}
