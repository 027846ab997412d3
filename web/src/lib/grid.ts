// SPDX-License-Identifier: Apache-2.0
// Arithmetic of a dashboard's grid: boxes in columns and rows that never overlap and fall upwards.

export const columns = 12;
export const mostRows = 200;

/** Column and row of the upper left corner, width and height in columns and rows. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Placed {
  readonly id: string;
  readonly box: Box;
}

const bound = (v: number, low: number, high: number): number => Math.min(high, Math.max(low, Math.round(v)));

/** The nearest box that lies in the grid. */
export function inGrid(box: Box): Box {
  const w = bound(box.w, 1, columns);
  const h = bound(box.h, 1, mostRows);
  return { x: bound(box.x, 0, columns - w), y: bound(box.y, 0, mostRows), w, h };
}

export const wallColumns = 16;

/** The same box on a wall's columns, its sides on the nearest of their lines: what did not overlap does not. */
export function onWall(box: Box): Box {
  const line = (x: number): number => Math.round((x * wallColumns) / columns);
  return { ...box, x: line(box.x), w: line(box.x + box.w) - line(box.x) };
}

export function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/** Top to bottom, then left to right: the order of reading, and of a phone. */
export function readingOrder<T extends Placed>(all: readonly T[]): T[] {
  return [...all].sort((a, b) => a.box.y - b.box.y || a.box.x - b.box.x);
}

/** The order on a phone: that of reading, unless somebody chose another. */
export function phoneOrder<T extends Placed & { readonly order: number | null }>(all: readonly T[]): T[] {
  return readingOrder(all).map((one, i) => ({ one, at: one.order ?? i })).sort((a, b) => a.at - b.at).map(({ one }) => one);
}

/** The same widgets with one of them a place earlier or later on a phone; the order is then chosen for all. */
export function onPhone<T extends Placed & { readonly order: number | null }>(all: readonly T[], id: string, by: 1 | -1): T[] {
  const order = phoneOrder(all).map((w) => w.id);
  const from = order.indexOf(id);
  const to = Math.min(order.length - 1, Math.max(0, from + by));
  order.splice(to, 0, ...order.splice(from, 1));
  return all.map((w) => ({ ...w, order: order.indexOf(w.id) }));
}

/** The highest row at which a box of this width and height is free of all others. */
function settle(box: Box, others: readonly Box[]): Box {
  let y = 0;
  for (;;) {
    const at = { ...box, y };
    const hit = others.filter((o) => overlap(at, o));
    if (hit.length === 0) return at;
    y = Math.min(...hit.map((o) => o.y + o.h));
  }
}

/** Every box as high as it can be, in reading order; the one named by `first` keeps its place before others of its row. */
export function compact<T extends Placed>(all: readonly T[], first?: string): T[] {
  const order = [...all].sort((a, b) =>
    a.box.y - b.box.y || Number(b.id === first) - Number(a.id === first) || a.box.x - b.box.x);
  const settled: Box[] = [];
  const places = new Map<string, Box>();
  for (const one of order) {
    const box = settle(inGrid(one.box), settled);
    settled.push(box);
    places.set(one.id, box);
  }
  return all.map((one) => ({ ...one, box: places.get(one.id) ?? one.box }));
}

/** Puts one box where it was dragged to; what is in its way goes below it. */
export function move<T extends Placed>(all: readonly T[], id: string, to: Box): T[] {
  const box = inGrid(to);
  const pushed = all.map((one) => {
    if (one.id === id) return { ...one, box };
    return overlap(one.box, box) && one.box.y + one.box.h > box.y && one.box.y >= box.y
      ? { ...one, box: { ...one.box, y: box.y + box.h } } : one;
  });
  return compact(pushed, id);
}

/** Where a new box of this size fits: the first gap in reading order, else below everything. */
export function freePlace(all: readonly Placed[], w: number, h: number): Box {
  const end = Math.max(0, ...all.map((one) => one.box.y + one.box.h));
  for (let y = 0; y < end; y++) {
    for (let x = 0; x + w <= columns; x++) {
      const box = { x, y, w, h };
      if (all.every((one) => !overlap(one.box, box))) return box;
    }
  }
  return { x: 0, y: end, w, h };
}
