// SPDX-License-Identifier: Apache-2.0
// Trails on the open map, and the moment that all of it stands at: now, or one of the past that the slider chose.

import { computed, effect, signal } from "@preact/signals";
import { placeAt } from "../../lib/trail";
import { recentAlerts, severityRank } from "../../state/alerts";
import type { Mark } from "../../state/area";
import { now, serverNow } from "../../state/clock";
import { deviceOf, fleet } from "../../state/fleet";
import { moves, Trails } from "../../state/trails";
import { setQueries } from "../router";
import type { Frame } from "./canvas-layer";
import { markOfDevice, stateOf, type MarkState } from "./mark-state";
import type { Moment } from "./marks";
import type { OpenMap } from "./open-map";
import { toneOf, type Pen } from "./paint";
import { drawTrail } from "./trail-paint";

const hour = 3_600_000;
export const spans = [hour, 6 * hour, 24 * hour] as const;
const followEvery = 1000;

/** How a device was then: by the alerts of then, else by its status when that has not changed since. */
function stateAt(mark: Mark, at: number): MarkState | null {
  const d = mark.id === null ? undefined : deviceOf(mark.id);
  if (!d) return null;
  const then = recentAlerts.peek().filter((a) => a.deviceId === d.id && a.createdAt <= at && (a.resolvedAt === null || a.resolvedAt > at));
  const worst = then.reduce((best, a) => (best && severityRank[best.severity] >= severityRank[a.severity] ? best : a), then[0]);
  if (!worst && d.since > at) return null;
  const status = d.since > at ? "online" : d.status;
  return stateOf({ ...markOfDevice(d, mark.n, new Map()), status, severity: worst?.severity ?? null }, new Map());
}

export class OpenTrails {
  readonly span = signal<number>(6 * hour);
  /** Null: now. */
  readonly at = signal<number | null>(null);
  readonly trails: Trails;
  /** Devices in view that move, and how many of them have a trail. */
  readonly count = computed(() => {
    this.trails.version.value;
    return [...this.trails.all()].filter(([, trail]) => trail.t.length > 1).length;
  });
  private readonly stops: (() => void)[];

  constructor(private readonly open: OpenMap, query: URLSearchParams) {
    const span = spans.find((s) => `${s / hour}h` === query.get("trail"));
    const at = Number(query.get("at") ?? NaN);
    if (span !== undefined) this.span.value = span;
    if (at > 0 && at < serverNow()) this.at.value = at;
    this.trails = new Trails(this.span.peek());
    const paint = (frame: Frame, pen: Pen): void => this.paint(frame, pen);
    open.marks.under.add(paint);
    this.stops = [
      () => open.marks.under.delete(paint),
      effect(() => {
        fleet.value;
        this.span.value;
        this.trails.version.value;
        this.trails.want(open.inView.value.filter(moves).map((d) => d.id));
      }),
      effect(() => {
        Math.floor(now.value / followEvery);
        this.trails.follow();
      }),
      effect(() => {
        this.trails.version.value;
        open.marks.moment = this.momentOf(this.at.value);
        open.at.value = this.at.value;
        open.marks.update();
      }),
    ];
  }

  end(): void {
    this.stops.forEach((stop) => stop());
    this.trails.end();
    this.open.marks.moment = null;
    this.open.at.value = null;
  }

  choose(span: number): void {
    this.span.value = span;
    const at = this.at.peek();
    this.moveTo(at !== null && at < serverNow() - span ? null : at);
    this.trails.show(span);
  }

  /** A moment a moment ago is now. */
  moveTo(at: number | null): void {
    this.at.value = at === null || at >= serverNow() - this.span.peek() / 500 ? null : Math.max(at, serverNow() - this.span.peek());
  }

  writeAddress(): void {
    const [span, at] = [this.span.peek(), this.at.peek()];
    setQueries({ trail: span === 6 * hour ? null : `${span / hour}h`, at: at === null ? null : String(Math.round(at)) });
  }

  private momentOf(at: number | null): Moment | null {
    if (at === null) return null;
    return {
      place: (id) => {
        const trail = this.trails.of(id);
        return trail ? placeAt(trail, at) : undefined;
      },
      state: (mark) => stateAt(mark, at),
    };
  }

  private paint(frame: Frame, pen: Pen): void {
    const end = this.at.peek() ?? serverNow();
    for (const [id, trail] of this.trails.all()) {
      const d = deviceOf(id);
      const colour = toneOf(pen, "info");
      const quiet = pen.stale || (this.at.peek() === null && d !== undefined && d.status !== "online");
      const here = this.at.peek() === null ? d?.location : undefined;
      const [lat, lng] = (this.at.peek() === null ? [here?.lat, here?.lng] : placeAt(trail, end)) ?? [];
      drawTrail(frame, pen, trail, quiet ? pen.token("--text2") : colour, end, this.span.peek(), lat === undefined || lng === undefined ? null : [lat, lng]);
    }
  }
}
