// SPDX-License-Identifier: Apache-2.0
// What the palette finds: devices, sensors, open alerts, pages and commands, from what is in memory.

export interface Entry {
  readonly id: string;
  readonly kind: "device" | "sensor" | "alert" | "board" | "page" | "command";
  readonly words: string;
  readonly note: string;
  readonly key?: string;
  readonly href?: string;
  readonly run?: () => void;
}

export interface Indexed {
  readonly entry: Entry;
  readonly words: string;
  /** The words, then the note. */
  readonly all: string;
}

export function indexed(entries: Iterable<Entry>): Indexed[] {
  return Array.from(entries, (entry) => ({ entry, words: entry.words.toLowerCase(), all: `${entry.words} ${entry.note}`.toLowerCase() }));
}

const letter = /[\p{L}\p{N}]/u;

/** How well a text in small letters answers; 0 not at all. Every word must be found, the start of a word counts most. */
export function score(lower: string, words: readonly string[]): number {
  let sum = 0;
  for (const w of words) {
    const at = lower.indexOf(w);
    if (at < 0) return 0;
    sum += (at === 0 ? 4 : !letter.test(lower[at - 1] ?? " ") ? 3 : 1) + w.length / (lower.length + 1);
  }
  return sum;
}

export function wordsOf(query: string): readonly string[] {
  return query.toLowerCase().split(/\s+/).filter((w) => w !== "");
}

/** The best of many without sorting all of them. */
export function best(entries: readonly Indexed[], query: string, most: number): readonly Entry[] {
  const words = wordsOf(query);
  if (words.length === 0) return [];
  const kept: { entry: Entry; points: number }[] = [];
  for (const { entry, words: own, all } of entries) {
    const whole = score(all, words);
    if (whole === 0) continue;
    const points = Math.max(score(own, words), 0.8 * whole);
    const weakest = kept[kept.length - 1];
    if (kept.length === most && weakest && points <= weakest.points) continue;
    let at = kept.findIndex((k) => k.points < points);
    if (at < 0) at = kept.length;
    kept.splice(at, 0, { entry, points });
    if (kept.length > most) kept.pop();
  }
  return kept.map((k) => k.entry);
}
