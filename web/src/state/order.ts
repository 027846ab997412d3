// SPDX-License-Identifier: Apache-2.0
// The order of a list that lives: it follows what it is sorted by, but never under a hand. While
// somebody is at it, the rows stand, and how many would move is told.

import { compareNames } from "../lib/format";
import type { Device } from "../net/wire";

const reorderMs = 5000;

export interface Sort {
  readonly key: string;
  readonly down: boolean;
}

export function parseSort(text: string | null): Sort {
  if (text === null || text === "") return { key: "worst", down: true };
  return text.startsWith("-") ? { key: text.slice(1), down: true } : { key: text, down: false };
}

export function sortText({ key, down }: Sort): string | null {
  return key === "worst" ? null : `${down ? "-" : ""}${key}`;
}

/** Places of names in the user's language; made anew only when a name did, since that costs the most. */
export class NameRanks {
  private ranks = new Map<string, number>();
  private names = new Map<string, string>();

  update(devices: readonly Device[]): void {
    if (devices.length === this.names.size && devices.every((d) => this.names.get(d.id) === d.name)) return;
    const sorted = [...devices].sort((a, b) => compareNames(a.name, b.name) || (a.id < b.id ? -1 : 1));
    this.ranks = new Map(sorted.map((d, i) => [d.id, i] as const));
    this.names = new Map(devices.map((d) => [d.id, d.name] as const));
  }

  of(id: string): number {
    return this.ranks.get(id) ?? 0;
  }
}

/** Ids in order. What has no value is last in either direction; equals keep the order of their names. */
export function sorted(devices: readonly Device[], sort: Sort, ranks: NameRanks, value: (d: Device) => number | string | null): string[] {
  const keyed = devices.map((d) => ({ id: d.id, v: sort.key === "name" ? ranks.of(d.id) : value(d), rank: ranks.of(d.id) }));
  const sign = sort.down ? -1 : 1;
  keyed.sort((a, b) => {
    if (a.v === null || b.v === null) return a.v === b.v ? a.rank - b.rank : a.v === null ? 1 : -1;
    if (a.v === b.v) return a.rank - b.rank;
    const order = typeof a.v === "string" && typeof b.v === "string" ? compareNames(a.v, b.v) : a.v < b.v ? -1 : 1;
    return sign * order || a.rank - b.rank;
  });
  return keyed.map((k) => k.id);
}

export class LivingOrder {
  private shown: readonly string[] = [];
  private question = "";
  private at = -Infinity;
  /** Rows that stand elsewhere than they would. */
  moves = 0;

  /** The order to show: `wanted` at once when the question is another, else not while it is held. */
  next(wanted: readonly string[], question: string, held: boolean, now: number): readonly string[] {
    if (question !== this.question || (!held && now - this.at >= reorderMs)) return this.take(wanted, question, now);
    const there = new Set(wanted);
    const known = new Set(this.shown);
    const standing = this.shown.filter((id) => there.has(id));
    const added = wanted.filter((id) => !known.has(id));
    if (added.length > 0 || standing.length < this.shown.length) this.shown = [...standing, ...added];
    this.moves = 0;
    for (let i = 0; i < wanted.length; i++) if (wanted[i] !== this.shown[i]) this.moves++;
    return this.shown;
  }

  private take(wanted: readonly string[], question: string, now: number): readonly string[] {
    this.shown = wanted;
    this.question = question;
    this.at = now;
    this.moves = 0;
    return wanted;
  }

  /** Sorts at the next call, whoever holds it. */
  release(): void {
    this.question = "";
  }
}
