// SPDX-License-Identifier: Apache-2.0
// What the map shows: the marks of the area that it looks at, which the server sends and keeps true. A new area's answer takes
// the place of the old marks when it comes, so nothing is blank meanwhile; after a lost connection the area is asked for anew.

import { signal } from "@preact/signals";
import { areaMessage, refusal, type AreaMessage, type Mark } from "../net/area";
import type { Ask } from "../net/live";
import { makeDataJob, makeJob, markChange } from "./commit";
import { attachPart } from "./connection";

export type { Mark } from "../net/area";

export interface Look {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
  readonly zoom: number;
  /** Marks at most. */
  readonly ceiling: number;
}

const intervalMs = 1000;

export class Area {
  /** Counts up when marks changed, at most four times a second. */
  readonly version = signal(0);
  /** Whether all marks of the area are there. */
  readonly complete = signal(true);
  /** Why the server refused, in its words. */
  readonly problem = signal<string | null>(null);
  /** Whether an answer ever came. */
  answered = false;
  private held = new Map<number, Mark>();
  private name = "";
  private wanted: Look | null = null;
  private asked = 0;
  private ask: Ask | null = null;
  private readonly detach: () => void;
  private readonly commit = makeDataJob(() => {
    this.version.value++;
  }, 250);
  private readonly commitNow = makeJob(() => {
    this.version.value++;
  });

  constructor(private readonly first: (marks: readonly Mark[]) => void) {
    this.detach = attachPart({
      event: "area-update", heard: (data) => this.heard(data),
      opened: (ask) => {
        this.ask = ask;
        if (this.wanted) this.send(this.wanted);
      },
      rested: (ask) => ask("unsubscribe-area"),
    });
  }

  marks(): Iterable<Mark> {
    return this.held.values();
  }

  look(at: Look): void {
    this.wanted = at;
    this.send(at);
  }

  end(): void {
    this.wanted = null;
    this.detach();
    this.ask?.("unsubscribe-area");
  }

  private send(at: Look): void {
    const mine = ++this.asked;
    this.ask?.("subscribe-area", { ...at, interval: intervalMs }, (raw: unknown) => {
      // A later question is on its way, and its answer replaces this one.
      if (mine === this.asked && this.wanted) this.answer(raw);
    });
  }

  private answer(raw: unknown): void {
    const message = areaMessage(raw);
    this.problem.value = message ? null : refusal(raw);
    if (!message) return;
    this.name = message.area;
    this.take({ ...message, reset: true });
    markChange(this.commitNow);
    if (!this.answered) {
      this.answered = true;
      this.first([...this.held.values()]);
    }
  }

  private heard(raw: unknown): void {
    const message = areaMessage(raw);
    // What an area that was left still sends is passed over.
    if (message?.area !== this.name || message === null) return;
    this.take(message);
    markChange(this.commit);
  }

  private take(message: AreaMessage): void {
    if (message.reset) this.held = new Map();
    for (const n of message.gone) this.held.delete(n);
    for (const mark of message.marks) this.held.set(mark.n, mark);
    this.complete.value = message.complete;
  }
}
