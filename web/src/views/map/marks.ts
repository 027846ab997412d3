// SPDX-License-Identifier: Apache-2.0
// Devices and clusters on the map. Every element is made by the DOM's own calls, and a name is only
// ever a text node or an attribute, so no name can become markup.

import * as L from "leaflet";
import { say } from "../../i18n/say";
import { shapes, type GlyphName } from "../../lib/shapes";
import type { Device } from "../../net/wire";
import { severityRank, type Shown } from "../../state/alerts";
import { badness, deviceGlyph } from "../overview/facts";
import { cluster, clusterRadius, separate, type Cluster } from "./cluster";

const joinWithin = 46;
const mostNamed = 50;

export interface MarkEvents {
  openDevice(device: Device): void;
  openSpot(devices: readonly Device[]): void;
}

export type Worst = ReadonlyMap<string, Shown>;

const svgSpace = "http://www.w3.org/2000/svg";

function glyphElement(name: GlyphName, size: number): SVGSVGElement {
  const svg = document.createElementNS(svgSpace, "svg");
  svg.setAttribute("viewBox", "0 0 12 12");
  svg.setAttribute("width", String(size));
  svg.setAttribute("height", String(size));
  svg.setAttribute("class", `glyph glyph-${name}`);
  for (const part of shapes[name]) {
    const path = document.createElementNS(svgSpace, "path");
    path.setAttribute("d", part.d);
    path.setAttribute("fill", part.width === undefined ? "currentColor" : "none");
    path.setAttribute("fill-rule", "evenodd");
    if (part.width !== undefined) {
      path.setAttribute("stroke", "currentColor");
      path.setAttribute("stroke-width", String(part.width));
      if (part.dash) path.setAttribute("stroke-dasharray", part.dash.join(" "));
    }
    svg.append(path);
  }
  return svg;
}

function div(className: string, text = ""): HTMLDivElement {
  const element = document.createElement("div");
  element.className = className;
  element.textContent = text;
  return element;
}

interface Looks {
  readonly key: string;
  readonly title: string;
  readonly radius: number;
  readonly element: () => HTMLElement;
}

function worstOf(devices: readonly Device[], worst: Worst): Device {
  return devices.reduce((a, b) => (badness(b, worst) > badness(a, worst) ? b : a));
}

function deviceLooks(d: Device, worst: Worst, named: boolean): Looks {
  const glyph = deviceGlyph(d, worst);
  return {
    key: `${d.id}\n${glyph}\n${named}`, title: `${d.name}, ${say.status[d.status]}`, radius: 11,
    element: () => {
      const mark = div(`mark mark-device tone-${glyph}`);
      mark.append(glyphElement(glyph, 14));
      if (named) mark.append(div("mark-name", d.name));
      return mark;
    },
  };
}

function commonPlace(devices: readonly Device[]): string | null {
  const place = devices[0]?.place ?? null;
  return devices.every((d) => d.place === place) ? place : null;
}

/** Names beside marks, where they cover neither a mark nor another name. */
class Labels {
  private readonly taken: (readonly [left: number, top: number, right: number, bottom: number])[];
  private readonly used = new Set<string>();

  constructor(clusters: readonly Cluster<Device>[]) {
    this.taken = clusters.map(({ x, y, items }) => {
      const r = clusterRadius(items.length);
      return [x - r, y - r, x + r, y + r] as const;
    });
  }

  place(c: Cluster<Device>, name: string): boolean {
    const left = c.x + clusterRadius(c.items.length) + 4;
    const box = [left, c.y - 9, left + Math.min(180, name.length * 7), c.y + 9] as const;
    const free = this.taken.every(([l, t, r, b]) => box[2] < l || box[0] > r || box[3] < t || box[1] > b);
    if (!free || (c.items.length > 1 && this.used.has(name))) return false;
    this.taken.push(box);
    this.used.add(name);
    return true;
  }
}

function clusterLooks(devices: readonly Device[], worst: Worst, named: boolean): Looks {
  const head = worstOf(devices, worst);
  const bad = badness(head, worst) > 1;
  const glyph = deviceGlyph(head, worst);
  const alert = worst.get(head.id);
  const same = alert
    ? devices.filter((d) => severityRank[worst.get(d.id)?.severity ?? "info"] === severityRank[alert.severity] && worst.has(d.id)).length
    : devices.filter((d) => d.status === head.status).length;
  const place = named ? commonPlace(devices) : null;
  const radius = clusterRadius(devices.length);
  const state = alert ? say.severity[alert.severity] : say.status[head.status];
  return {
    key: `${devices[0]?.id}\n${devices.length}\n${glyph}\n${same}\n${place}`,
    title: say.map.cluster(devices.length, state), radius,
    element: () => {
      const mark = div(`mark mark-cluster${bad ? ` tone-${glyph}` : ""}`, String(devices.length));
      if (bad) {
        const badge = div(`mark-badge fill-${glyph}`);
        badge.append(glyphElement(glyph, 10), document.createTextNode(String(same)));
        mark.append(badge);
      }
      if (place !== null) mark.append(div("mark-name mark-place", place));
      return mark;
    },
  };
}

/** The marks of what is in view; a mark that stays as it is keeps its element and its focus. */
export class Marks {
  private readonly layer = L.layerGroup();
  private shown = new Map<string, L.Marker>();

  constructor(private readonly map: L.Map, private readonly events: MarkEvents) {
    this.layer.addTo(map);
  }

  update(devices: readonly Device[], worst: Worst): void {
    const zoom = this.map.getZoom();
    const bounds = this.map.getBounds().pad(0.25);
    const spots = devices.filter((d) => d.location !== null && bounds.contains([d.location.lat, d.location.lng]))
      .map((d) => {
        const p = this.map.project([d.location?.lat ?? 0, d.location?.lng ?? 0], zoom);
        return { x: p.x, y: p.y, item: d };
      });
    const clusters = separate(cluster(spots, joinWithin), 6);
    const labels = new Labels(clusters);
    const mayName = zoom >= 12 || clusters.length < mostNamed;
    const next = new Map<string, L.Marker>();
    for (const c of clusters) {
      const [only] = c.items;
      const name = c.items.length === 1 ? only?.name ?? null : commonPlace(c.items);
      const named = mayName && name !== null && labels.place(c, name);
      const looks = c.items.length === 1 && only ? deviceLooks(only, worst, named) : clusterLooks(c.items, worst, named);
      const marker = this.shown.get(looks.key) ?? this.make(looks);
      marker.setLatLng(this.map.unproject([c.x, c.y], zoom));
      marker.off("click").on("click", () => this.click(c));
      next.set(looks.key, marker);
    }
    for (const [key, marker] of this.shown) {
      if (!next.has(key)) marker.remove();
    }
    for (const marker of next.values()) marker.addTo(this.layer);
    this.shown = next;
  }

  private make(looks: Looks): L.Marker {
    const size = looks.radius * 2;
    const icon = L.divIcon({ html: looks.element(), className: "mark-holder", iconSize: [size, size] });
    return L.marker([0, 0], { icon, title: looks.title, alt: looks.title, keyboard: true });
  }

  private click(c: Cluster<Device>): void {
    const [only] = c.items;
    if (c.items.length === 1 && only) {
      this.events.openDevice(only);
      return;
    }
    const bounds = L.latLngBounds(c.items.map((d) => L.latLng(d.location?.lat ?? 0, d.location?.lng ?? 0)));
    const northEast = this.map.project(bounds.getNorthEast(), this.map.getMaxZoom());
    const southWest = this.map.project(bounds.getSouthWest(), this.map.getMaxZoom());
    if (northEast.distanceTo(southWest) < joinWithin || this.map.getZoom() >= this.map.getMaxZoom()) {
      this.events.openSpot(c.items);
    } else {
      this.map.fitBounds(bounds, { padding: [60, 60], maxZoom: this.map.getMaxZoom() });
    }
  }
}
