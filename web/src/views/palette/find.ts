// SPDX-License-Identifier: Apache-2.0
// What the palette finds: devices, sensors, open alerts, pages and commands, from what is in memory.

export interface Entry {
  readonly id: string;
  readonly kind: "device" | "sensor" | "alert" | "page" | "command";
  readonly words: string;
  readonly note: string;
  readonly key?: string;
  readonly href?: string;
  readonly run?: () => void;
}

/** How well an entry answers; 0 not at all. Every word must be found, the start of a word counts most. */
export function score(text: string, words: readonly string[]): number {
  const lower = text.toLowerCase();
  let sum = 0;
  for (const w of words) {
    const at = lower.indexOf(w);
    if (at < 0) return 0;
    const start = at === 0 || !/[\p{L}\p{N}]/u.test(lower[at - 1] ?? " ");
    sum += (at === 0 ? 4 : start ? 3 : 1) + w.length / (lower.length + 1);
  }
  return sum;
}

export function wordsOf(query: string): readonly string[] {
  return query.toLowerCase().split(/\s+/).filter((w) => w !== "");
}

/** The best of many without sorting all of them. */
export function best(entries: Iterable<Entry>, query: string, most: number): readonly Entry[] {
  const words = wordsOf(query);
  if (words.length === 0) return [];
  const kept: { entry: Entry; points: number }[] = [];
  for (const entry of entries) {
    const points = Math.max(score(entry.words, words), 0.8 * score(`${entry.words} ${entry.note}`, words));
    if (points <= 0) continue;
    const weakest = kept[kept.length - 1];
    if (kept.length === most && weakest && points <= weakest.points) continue;
    let at = kept.findIndex((k) => k.points < points);
    if (at < 0) at = kept.length;
    kept.splice(at, 0, { entry, points });
    if (kept.length > most) kept.pop();
  }
  return kept.map((k) => k.entry);
}
