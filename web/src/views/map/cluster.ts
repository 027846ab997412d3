// SPDX-License-Identifier: Apache-2.0
// Devices that would overlap at a zoom become one mark with their count and worst state.

export interface Spot<T> {
  readonly x: number;
  readonly y: number;
  readonly item: T;
}

export interface Cluster<T> {
  readonly x: number;
  readonly y: number;
  readonly items: readonly T[];
}

interface Growing<T> {
  x: number;
  y: number;
  readonly items: T[];
}

/** Joins spots nearer than `radius` to a cluster's middle, in the order given, so that equal input gives equal marks. */
export function cluster<T>(spots: readonly Spot<T>[], radius: number): Cluster<T>[] {
  const cells = new Map<string, Growing<T>[]>();
  const all: Growing<T>[] = [];
  for (const { x, y, item } of spots) {
    const near = nearest(cells, x, y, radius);
    if (near) {
      // The middle stays where the first one stood until the end: a moving middle would depend on the order.
      near.items.push(item);
      continue;
    }
    const made: Growing<T> = { x, y, items: [item] };
    all.push(made);
    const key = `${Math.floor(x / radius)}:${Math.floor(y / radius)}`;
    cells.set(key, [...(cells.get(key) ?? []), made]);
  }
  return all;
}

/** Joins marks that would still touch, the smaller into the larger, until none does. */
export function separate<T>(clusters: readonly Cluster<T>[], gap: number): Cluster<T>[] {
  const out: Growing<T>[] = [];
  for (const c of [...clusters].sort((a, b) => b.items.length - a.items.length)) {
    const radius = clusterRadius(c.items.length);
    const touching = out.find((o) => {
      const reach = radius + clusterRadius(o.items.length) + gap;
      return (o.x - c.x) ** 2 + (o.y - c.y) ** 2 < reach * reach;
    });
    if (touching) touching.items.push(...c.items);
    else out.push({ x: c.x, y: c.y, items: [...c.items] });
  }
  return out.length < clusters.length ? separate(out, gap) : out;
}

function nearest<T>(cells: ReadonlyMap<string, readonly Growing<T>[]>, x: number, y: number, radius: number): Growing<T> | null {
  let best: Growing<T> | null = null;
  let bestDistance = radius * radius;
  const column = Math.floor(x / radius);
  const row = Math.floor(y / radius);
  for (let i = column - 1; i <= column + 1; i++) {
    for (let j = row - 1; j <= row + 1; j++) {
      for (const c of cells.get(`${i}:${j}`) ?? []) {
        const distance = (c.x - x) ** 2 + (c.y - y) ** 2;
        if (distance < bestDistance) {
          best = c;
          bestDistance = distance;
        }
      }
    }
  }
  return best;
}

export function clusterRadius(count: number): number {
  return count === 1 ? 11 : Math.min(48, 10 + 3.4 * Math.log2(count));
}
