// SPDX-License-Identifier: Apache-2.0
// The marks of the area on the canvas: gathered once for what is known and a zoom, drawn with their names, found again under
// a pointer. Names come from devices and are drawn as text, never read as markup.

import * as L from "leaflet";
import { words } from "../../i18n/map";
import { say } from "../../i18n/say";
import { formatCount, formatSpan } from "../../lib/format";
import { mercatorX, mercatorY } from "../../lib/world";
import { worstByDevice } from "../../state/alerts";
import type { Mark } from "../../state/area";
import { now } from "../../state/clock";
import { fresh } from "../../state/connection";
import { allDevices, deviceOf } from "../../state/fleet";
import { coarse } from "../screen";
import { token } from "../theme";
import { CanvasLayer, type Frame } from "./canvas-layer";
import { gather, markRadius, type Crowd } from "./crowd";
import { Grid } from "./grid";
import { Labels, type Label } from "./labels";
import { stateOf, well, worstState, type MarkState } from "./mark-state";
import { drawCluster, drawDevice, drawHalo, type Pen } from "./paint";

const joinWithin = 40;
const gap = 6;
const mostNamed = 50;
const namedFromZoom = 12;
const mostLabels = 200;
const fingerRadius = 22;

/** How everything stood at another moment than now. */
export interface Moment {
  /** Where a device was; undefined: it does not move. Null: nobody knows. */
  place(id: string): readonly [lat: number, lng: number] | null | undefined;
  /** Null: nobody knows. */
  state(mark: Mark): MarkState | null;
}

export type Group = Crowd<Mark>;
export type Painter = (frame: Frame, pen: Pen) => void;

const unsaid: MarkState = { glyph: "stale", rank: 0, affected: 0 };

export class Marks {
  readonly layer = new CanvasLayer((frame) => this.draw(frame));
  /** Drawn below the marks, and below all of that. */
  readonly under = new Set<Painter>();
  readonly ground = new Set<Painter>();
  moment: Moment | null = null;
  /** The device whose row in the list a pointer or the focus is on. */
  highlight: string | null = null;
  private groups: readonly Group[] = [];
  private gatheredZoom = NaN;
  private states = new Map<Group, MarkState>();
  private places = new Map<Group, string>();
  private shown = new Grid<{ readonly x: number; readonly y: number; readonly group: Group }>(64);

  constructor(private readonly source: () => Iterable<Mark>) {}

  /** What is known changed. */
  update(): void {
    this.gatheredZoom = NaN;
    this.layer.redraw();
  }

  private gather(zoom: number, scale: number): void {
    if (zoom === this.gatheredZoom) return;
    this.gatheredZoom = zoom;
    const worst = worstByDevice.peek();
    const spots = [];
    for (const mark of this.source()) {
      const moved = mark.id === null ? undefined : this.moment?.place(mark.id);
      if (moved === null) continue;
      const [lat, lng] = moved ?? [(mark.south + mark.north) / 2, (mark.west + mark.east) / 2];
      spots.push({ x: mercatorX(lng) * scale, y: mercatorY(lat) * scale, count: mark.count, item: mark });
    }
    spots.sort((a, b) => b.count - a.count || a.item.n - b.item.n);
    this.groups = gather(spots, joinWithin, gap);
    this.states = new Map(this.groups.map((g) => [g, worstState(g.items.map((m) => (this.moment ? this.moment.state(m) ?? unsaid : stateOf(m, worst))))]));
    this.places.clear();
  }

  private pen(c: CanvasRenderingContext2D): Pen {
    const root = getComputedStyle(document.documentElement);
    c.textBaseline = "middle";
    c.lineCap = "butt";
    return { c, token, rem: parseFloat(root.fontSize) || 16, face: getComputedStyle(document.body).fontFamily, stale: !fresh.peek() };
  }

  private draw(frame: Frame): void {
    this.gather(frame.zoom, frame.scale);
    const pen = this.pen(frame.c);
    for (const paint of [...this.ground, ...this.under]) paint(frame, pen);
    const seen = this.groups.flatMap((group) => {
      const [x, y, r] = [group.x - frame.left, group.y - frame.top, markRadius(group.count)];
      return x > -r && y > -r && x < frame.width + r && y < frame.height + r ? [{ x, y, r, group }] : [];
    });
    this.shown = new Grid(64);
    const labels = new Labels();
    let [devices, bad] = [0, 0];
    for (const one of seen) {
      const state = this.states.get(one.group) ?? unsaid;
      const trouble = state.rank > well;
      this.shown.add({ x: one.group.x, y: one.group.y, group: one.group });
      labels.keepFree(one.x, one.y, one.r, trouble && one.group.count > 1);
      if (one.group.count === 1) drawDevice(pen, one.x, one.y, one.r, state, trouble);
      else drawCluster(pen, one.x, one.y, one.r, formatCount(one.group.count), state, trouble);
      if (this.highlight !== null && one.group.items.some((m) => m.id === this.highlight)) drawHalo(pen, one.x, one.y, one.r);
      devices += one.group.count;
      bad += trouble ? state.affected : 0;
    }
    if (frame.zoom >= namedFromZoom || seen.length < mostNamed) {
      for (const { x, y, r, group } of seen.slice(0, mostLabels)) this.drawLabel(pen, labels, x, y, r, group);
    }
    this.layer.say(words.summary(devices, seen.length, bad));
  }

  private drawLabel({ c, token: colour, rem, face }: Pen, labels: Labels, x: number, y: number, r: number, group: Group): void {
    const { text, sub, strong } = this.labelOf(group);
    if (text === "") return;
    const [large, small] = [`${0.8125 * rem}px ${face}`, `${0.75 * rem}px ${face}`];
    c.font = large;
    const width = Math.min(180, Math.max(c.measureText(text).width, c.measureText(sub).width));
    const at = labels.place(x, y, r, width, sub === "" ? 1 : 2);
    if (!at) return;
    c.textAlign = at.align;
    c.lineJoin = "round";
    c.lineWidth = 3;
    c.strokeStyle = colour("--surface");
    c.strokeText(text, at.x, at.y, 180);
    c.fillStyle = colour(strong ? "--text" : "--text2");
    c.fillText(text, at.x, at.y, 180);
    if (sub === "") return;
    c.font = small;
    c.strokeText(sub, at.x, at.y + 15, 180);
    c.fillStyle = colour("--text3");
    c.fillText(sub, at.x, at.y + 15, 180);
  }

  private labelOf(group: Group): Label {
    const [only] = group.items;
    const strong = (this.states.get(group)?.rank ?? 0) > well;
    if (group.count > 1 || !only) return { text: this.placeOf(group), sub: "", strong };
    const d = only.id === null ? undefined : deviceOf(only.id);
    const lost = this.moment === null && d?.status === "offline" && fresh.peek() ? words.offlineFor(formatSpan(now.peek() - d.since)) : "";
    return { text: only.name, sub: lost, strong };
  }

  /** The place or the two that all devices of a cluster share. */
  private placeOf(group: Group): string {
    let text = this.places.get(group);
    if (text === undefined) {
      const names = new Set<string>();
      for (const place of placesOf(group)) {
        if (place === null || names.add(place).size > 2) {
          names.clear();
          break;
        }
      }
      text = [...names].sort().join(", ");
      this.places.set(group, text);
    }
    return text;
  }

  /** The mark at a point of the map's window. */
  hit(map: L.Map, at: L.Point): Group | null {
    const p = map.project(map.containerPointToLatLng(at), map.getZoom());
    let [best, least]: [Group | null, number] = [null, Infinity];
    for (const { x, y, group } of this.shown.near(p.x, p.y)) {
      const distance = Math.hypot(x - p.x, y - p.y);
      const reach = coarse.peek() ? Math.max(fingerRadius, markRadius(group.count)) : markRadius(group.count);
      if (distance <= reach && distance < least) [best, least] = [group, distance];
    }
    return best;
  }

  titleOf(group: Group): string {
    const state = this.states.get(group) ?? unsaid;
    const word = wordOf(state);
    const [only] = group.items;
    return group.count === 1 && only ? `${only.name}, ${word}` : words.cluster(group.count, word, state.affected);
  }
}

function wordOf({ glyph }: MarkState): string {
  const name = glyph.replace("-held", "");
  return name === "critical" || name === "warning" || name === "info" ? say.severity[name]
    : name === "online" || name === "offline" || name === "asleep" || name === "unknown" ? say.status[name] : words.unsaid;
}

/** Of devices of the fleet that lie in the group's marks. */
function* placesOf(group: Group): Generator<string | null> {
  const clusters = group.items.filter((m) => m.id === null);
  for (const m of group.items) {
    if (m.id !== null) yield deviceOf(m.id)?.place ?? null;
  }
  if (clusters.length === 0) return;
  for (const d of allDevices()) {
    const at = d.location;
    if (at && clusters.some((m) => at.lat >= m.south && at.lat <= m.north && at.lng >= m.west && at.lng <= m.east)) yield d.place;
  }
}

/** What the group's devices lie within. Marks are true to a pixel of their zoom, devices that are known here exactly. */
export function boundsOf(group: Group): { readonly bounds: L.LatLngBounds; readonly exact: boolean } {
  const bounds = L.latLngBounds([]);
  let exact = true;
  for (const m of group.items) {
    const at = m.id === null ? null : deviceOf(m.id)?.location;
    if (at) bounds.extend([at.lat, at.lng]);
    else bounds.extend([m.south, m.west]).extend([m.north, m.east]);
    exact &&= at !== null && at !== undefined;
  }
  return { bounds, exact };
}
