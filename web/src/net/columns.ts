// SPDX-License-Identifier: Apache-2.0
// History as the server sends it in `application/vnd.telltale.columns`; docs/protocol/history.md is
// the layout. Every column of the answer lies on a multiple of 8 bytes, little-endian like every
// machine that runs a browser, so it is taken as a view and no value is touched.

import type { Samples } from "./wire";

export const columnsType = "application/vnd.telltale.columns";

const version = 1;
const headBytes = 40;
const seriesHeadBytes = 32;
const none = new Float64Array(0);

export const noSamples: Samples = { step: 0, t: none, min: none, max: none, mean: none, n: null };

class Reader {
  private at = headBytes;

  constructor(private readonly answer: ArrayBuffer, private readonly view: DataView) {}

  get left(): number {
    return this.answer.byteLength - this.at;
  }

  series(): Samples {
    if (this.left < seriesHeadBytes) throw new RangeError("history ends within a series");
    const head = this.at;
    const raw = this.view.getUint32(head, true) === 0;
    const rows = this.view.getUint32(head + 4, true);
    const gaps = this.view.getUint32(head + 8, true);
    const step = this.view.getFloat64(head + 16, true);
    this.at += seriesHeadBytes;
    const t = this.column(rows);
    const out = raw ? this.raw(t) : this.buckets(t, step);
    this.column(2 * gaps);
    return out;
  }

  private raw(t: Float64Array): Samples {
    const v = this.column(t.length);
    return { step: 0, t, min: v, max: v, mean: v, n: null };
  }

  private buckets(t: Float64Array, step: number): Samples {
    if (!(step > 0 && step < Infinity)) throw new RangeError("history in buckets without a width");
    const next = (): Float64Array => this.column(t.length);
    return { step, t, min: next(), max: next(), mean: next(), n: next() };
  }

  private column(rows: number): Float64Array {
    if (rows * 8 > this.left) throw new RangeError("history ends within a column");
    const column = new Float64Array(this.answer, this.at, rows);
    this.at += rows * 8;
    return column;
  }
}

/** The `count` series that were asked for, in the order of the question; throws when the answer is no such thing. */
export function readColumns(answer: ArrayBuffer, count: number): Samples[] {
  const view = new DataView(answer);
  if (answer.byteLength < headBytes || view.getUint32(0, true) !== version) throw new RangeError("history of a version unknown here");
  if (view.getUint32(4, true) !== count) throw new RangeError("history of other series than were asked for");
  const reader = new Reader(answer, view);
  const out = Array.from({ length: count }, () => reader.series());
  if (reader.left !== 0) throw new RangeError("history is longer than its series");
  return out;
}
