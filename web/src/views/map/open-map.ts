// SPDX-License-Identifier: Apache-2.0
// The map that is open: the area that it looks at, the marks on it, what is in view, and what a press on a mark does.

import { signal } from "@preact/signals";
import * as L from "leaflet";
import type { Device } from "../../net/wire";
import { worstByDevice } from "../../state/alerts";
import { Area, type Mark } from "../../state/area";
import { fresh } from "../../state/connection";
import { allDevices, deviceOf } from "../../state/fleet";
import { devicePath, go, route } from "../router";
import { token } from "../theme";
import { makeGround, type Ground } from "./ground";
import { boundsOfMarks, fit, lookAtWorld, lookOf, makeMap, readView, writeView } from "./leaflet-map";
import { deviceOfMark, markOfDevice, stateOf, well } from "./mark-state";
import { boundsOf, Marks, type Group } from "./marks";

const restMs = 150;
const buildingZoom = 13;
/** Of a device's charts, before and after a moment of the past. */
const aroundMs = 1_800_000;
/** Devices nearer than this at the largest zoom are at one spot. */
const spotPixels = 24;

export class OpenMap {
  readonly map: L.Map;
  readonly ground: Ground;
  readonly area: Area;
  readonly marks: Marks;
  readonly spot = signal<readonly Device[] | null>(null);
  readonly inView = signal<readonly Device[]>([]);
  /** Devices in view, those that are known as parts of clusters only too. */
  readonly count = signal(0);
  readonly fittedTo = signal<"trouble" | "all" | null>(null);
  /** Near enough for a building to have a size. */
  readonly near = signal(false);
  /** The moment of the past that is shown; null: now. */
  readonly at = signal<number | null>(null);
  /** Takes a press on the map before marks do; true: it was for it. */
  onPress: ((at: L.LatLng) => boolean) | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private fitting = false;
  private ended = false;

  constructor(element: HTMLElement) {
    this.map = makeMap(element);
    this.ground = makeGround(token);
    this.ground.layer.addTo(this.map);
    const view = readView(route.peek().query.get("view"));
    this.area = new Area((marks) => {
      if (!view) this.fitTo(marks);
    });
    this.marks = new Marks(() => this.known());
    this.marks.layer.addTo(this.map);
    if (view) {
      this.map.setView(view.center, view.zoom, { animate: false });
      this.area.look(lookOf(this.map));
    } else {
      this.area.look(lookAtWorld());
    }
    this.near.value = this.map.getZoom() >= buildingZoom;
    this.listen();
  }

  /** Where no server ever answered, the devices that were kept are shown, and said to be of then. */
  private known(): Iterable<Mark> {
    if (this.area.answered || fresh.peek()) return this.area.marks();
    const worst = worstByDevice.peek();
    return [...allDevices()].filter((d) => d.location !== null).map((d, n) => markOfDevice(d, n, worst));
  }

  private listen(): void {
    const { map } = this;
    map.on("moveend", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.rested(), restMs);
      this.refresh();
    });
    map.on("click", (event) => this.press(event.latlng, event.containerPoint));
    map.on("mousemove", (event) => {
      const group = this.marks.hit(map, event.containerPoint);
      const box = map.getContainer();
      box.classList.toggle("map-over-mark", group !== null);
      box.title = group ? this.marks.titleOf(group) : "";
    });
  }

  /** The view stands: the server is asked for it, and the address says where it is. */
  private rested(): void {
    if (this.ended) return;
    this.near.value = this.map.getZoom() >= buildingZoom;
    this.area.look(lookOf(this.map));
    if (this.fitting) this.fitting = false;
    else {
      this.fittedTo.value = null;
      writeView(this.map);
    }
  }

  private press(at: L.LatLng, point: L.Point): void {
    if (this.onPress?.(at)) return;
    const group = this.marks.hit(this.map, point);
    this.spot.value = null;
    if (group) this.open(group);
  }

  private open(group: Group): void {
    const [only] = group.items;
    if (group.count === 1 && only?.id) {
      go(this.pathOf(only.id));
      return;
    }
    const { map } = this;
    const { bounds, exact } = boundsOf(group);
    const most = map.getMaxZoom();
    const apart = (zoom: number): number => map.project(bounds.getNorthEast(), zoom).distanceTo(map.project(bounds.getSouthWest(), zoom));
    if (map.getZoom() >= most || (exact && apart(most) < spotPixels)) this.spot.value = this.devicesOf(group);
    // What lies within a few pixels is known better from nearer.
    else if (!exact && apart(map.getZoom()) < spotPixels) map.setView(bounds.getCenter(), Math.min(most, map.getZoom() + 4));
    else map.fitBounds(bounds, { padding: [120, 120] });
  }

  /** A device at the moment that the map shows: its charts have that in their middle. */
  pathOf(id: string): string {
    const at = this.at.peek();
    return at === null ? devicePath(id) : `${devicePath(id)}?from=${Math.round(at - aroundMs)}&to=${Math.round(at + aroundMs)}`;
  }

  private devicesOf(group: Group): readonly Device[] {
    const { bounds } = boundsOf(group);
    const clusters = group.items.some((m) => m.id === null);
    const single = group.items.flatMap((m) => (m.id === null ? [] : [deviceOf(m.id) ?? deviceOfMark(m)]));
    if (!clusters) return single;
    const known = new Set(single.map((d) => d.id));
    return [...single, ...[...allDevices()].filter((d) => d.location && !known.has(d.id) && bounds.contains([d.location.lat, d.location.lng]))];
  }

  /** Counts and lists what is in view anew, and draws. */
  refresh(): void {
    if (this.ended) return;
    const bounds = this.map.getBounds();
    const single: Device[] = [];
    let [count, clusters] = [0, false];
    for (const m of this.known()) {
      if (!bounds.contains([(m.south + m.north) / 2, (m.west + m.east) / 2])) continue;
      count += m.count;
      if (m.id === null) clusters = true;
      else single.push(deviceOf(m.id) ?? deviceOfMark(m));
    }
    if (clusters) {
      single.length = 0;
      for (const d of allDevices()) {
        if (d.location && bounds.contains([d.location.lat, d.location.lng])) single.push(d);
      }
    }
    this.count.value = Math.max(count, single.length);
    this.inView.value = single;
    this.marks.update();
  }

  /** Fits the map to what is in trouble, else to all. */
  private fitTo(marks: readonly Mark[], toTrouble = true): void {
    const worst = worstByDevice.peek();
    const bad = toTrouble ? marks.filter((m) => stateOf(m, worst).rank > well) : [];
    this.fitting = true;
    this.fittedTo.value = bad.length > 0 ? "trouble" : "all";
    fit(this.map, boundsOfMarks(bad.length > 0 ? bad : marks));
    if (marks.length === 0) this.fitting = false;
  }

  /** Asks the server where everything is, and looks at that. */
  fitAll(toTrouble: boolean): void {
    const whole = new Area((marks) => {
      whole.end();
      if (this.ended) return;
      this.fitTo(marks, toTrouble);
      this.area.look(lookOf(this.map));
    });
    whole.look(lookAtWorld());
  }

  point(id: string | null): void {
    if (this.ended) return;
    this.marks.highlight = id;
    this.marks.layer.redraw();
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
    this.area.end();
    this.map.remove();
  }
}
