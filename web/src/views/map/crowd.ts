// SPDX-License-Identifier: Apache-2.0
// Marks that would cover each other become one. The server sends devices while they are few enough for a screen, and clusters
// beyond that; either may stand so close at this zoom that nobody could tell or hit them apart.

import { Grid } from "./grid";

export interface Spot<T> {
  readonly x: number;
  readonly y: number;
  /** Of devices. */
  readonly count: number;
  readonly item: T;
}

export interface Crowd<T> {
  readonly x: number;
  readonly y: number;
  readonly count: number;
  readonly items: readonly T[];
}

interface Growing<T> {
  readonly x: number;
  readonly y: number;
  count: number;
  readonly items: T[];
}

const deviceRadius = 11;
const mostRadius = 48;

export function markRadius(count: number): number {
  return count === 1 ? deviceRadius : Math.min(mostRadius, 10 + 3.4 * Math.log2(count));
}

/** Joins what is nearer than `within` to the middle of what came before, in the order given. */
function join<T>(spots: readonly Spot<T>[], within: number): Growing<T>[] {
  const grid = new Grid<Growing<T>>(within);
  const all: Growing<T>[] = [];
  for (const { x, y, count, item } of spots) {
    let [best, least]: [Growing<T> | null, number] = [null, within * within];
    for (const c of grid.near(x, y)) {
      const distance = (c.x - x) ** 2 + (c.y - y) ** 2;
      if (distance < least) [best, least] = [c, distance];
    }
    if (best) {
      // The middle stays where the first one stood: a moving middle would depend on the order.
      best.count += count;
      best.items.push(item);
      continue;
    }
    const made = { x, y, count, items: [item] };
    all.push(made);
    grid.add(made);
  }
  return all;
}

/** Joins what still touches, the smaller into the larger, until nothing does. */
function separate<T>(crowds: readonly Growing<T>[], gap: number): Growing<T>[] {
  const grid = new Grid<Growing<T>>(2 * mostRadius + gap);
  const out: Growing<T>[] = [];
  for (const c of [...crowds].sort((a, b) => b.count - a.count)) {
    let touching: Growing<T> | null = null;
    for (const o of grid.near(c.x, c.y)) {
      const reach = markRadius(c.count) + markRadius(o.count) + gap;
      if ((o.x - c.x) ** 2 + (o.y - c.y) ** 2 < reach * reach) {
        touching = o;
        break;
      }
    }
    if (touching) {
      touching.count += c.count;
      touching.items.push(...c.items);
    } else {
      const own = { ...c, items: [...c.items] };
      out.push(own);
      grid.add(own);
    }
  }
  return out.length < crowds.length ? separate(out, gap) : out;
}

/** Every spot is in exactly one crowd, and no two crowds come nearer than `gap`. */
export function gather<T>(spots: readonly Spot<T>[], within: number, gap: number): readonly Crowd<T>[] {
  return separate(join(spots, within), gap);
}
