// SPDX-License-Identifier: Apache-2.0
// Where the devices of a dashboard are: the ground of the map page, and a mark a device. A dashboard shows few: marks are elements
// with names, and the worst come first when there are too many.

import { useSignalEffect } from "@preact/signals";
import * as L from "leaflet";
import { Minus, Plus } from "lucide-preact";
import { useEffect, useRef } from "preact/hooks";
import { tools } from "../../i18n/tools";
import { shapes } from "../../lib/shapes";
import type { Device } from "../../net/wire";
import { worstByDevice } from "../../state/alerts";
import { allDevices, deviceOf, fleet } from "../../state/fleet";
import { linked } from "../../state/link";
import { makeGround } from "../map/ground";
import { badness, deviceGlyph } from "../overview/facts";
import { devicePath, go } from "../router";
import { addStyle } from "../styles";
import { theme, token } from "../theme";

declare const MAP_STYLE: string;

const most = 300;
const svg = "http://www.w3.org/2000/svg";

function placed(ids: readonly string[]): Device[] {
  const worst = worstByDevice.peek();
  const all = ids.length === 0 ? [...allDevices()] : ids.map(deviceOf).filter((d): d is Device => d !== undefined);
  return all.filter((d) => d.location !== null).sort((a, b) => badness(b, worst) - badness(a, worst) || (a.id < b.id ? -1 : 1)).slice(0, most);
}

function markOf(device: Device): HTMLElement {
  const worst = worstByDevice.peek();
  const glyph = deviceGlyph(device, worst);
  const mark = document.createElement(linked() ? "span" : "a");
  if (mark instanceof HTMLAnchorElement) {
    mark.href = devicePath(device.id);
    mark.addEventListener("click", (e) => { e.preventDefault(); go(devicePath(device.id)); });
  }
  mark.className = "map-mark";
  mark.title = device.name;
  const picture = document.createElementNS(svg, "svg");
  picture.setAttribute("viewBox", "0 0 12 12");
  picture.setAttribute("class", `glyph glyph-${glyph}`);
  picture.setAttribute("aria-hidden", "true");
  for (const part of shapes[glyph]) {
    const path = document.createElementNS(svg, "path");
    path.setAttribute("d", part.d);
    path.setAttribute(part.width === undefined ? "fill" : "stroke", "currentColor");
    if (part.width !== undefined) {
      path.setAttribute("fill", "none");
      path.setAttribute("stroke-width", String(part.width));
    }
    picture.append(path);
  }
  const name = document.createElement("span");
  name.textContent = device.name;
  mark.append(picture, name);
  return mark;
}

export function MapWidget({ ids }: { ids: readonly string[] }) {
  const holder = useRef<HTMLDivElement>(null);
  const draw = useRef<() => void>(() => undefined);
  const view = useRef<L.Map | null>(null);
  const key = ids.join("\n");
  useEffect(() => {
    let gone = false;
    let map: L.Map | null = null;
    void addStyle(MAP_STYLE).then(() => {
      if (gone || !holder.current) return;
      const made = L.map(holder.current, { attributionControl: false, zoomControl: false, minZoom: 1, maxZoom: 14, zoomSnap: 0.5, scrollWheelZoom: false, fadeAnimation: false, center: [20, 10], zoom: 1 });
      map = made;
      makeGround(token).layer.addTo(made);
      view.current = made;
      const marks = L.layerGroup().addTo(made);
      let fitted = "";
      draw.current = () => {
        const devices = placed(ids);
        marks.clearLayers();
        const bounds = L.latLngBounds([]);
        for (const d of devices) {
          const at = L.latLng(d.location?.lat ?? 0, d.location?.lng ?? 0);
          bounds.extend(at);
          marks.addLayer(L.marker(at, { icon: L.divIcon({ html: markOf(d), className: "map-mark-at", iconSize: [24, 24] }), keyboard: false, interactive: false }));
        }
        const now = devices.map((d) => d.id).sort().join();
        if (bounds.isValid() && now !== fitted) made.fitBounds(bounds, { padding: [32, 32], maxZoom: 10, animate: false });
        fitted = now;
      };
      draw.current();
    });
    return () => {
      gone = true;
      draw.current = () => undefined;
      map?.remove();
    };
  }, [key]);
  useSignalEffect(() => {
    fleet.value;
    worstByDevice.value;
    theme.value;
    queueMicrotask(() => draw.current());
  });
  return (
    <div class="widget-map">
      <div ref={holder} class="widget-map-ground" role="group" aria-label={tools.boards.types.map} />
      <div class="widget-map-buttons">
        <button type="button" class="icon-button" aria-label={tools.boards.nearer} onClick={() => view.current?.zoomIn()}><Plus size={16} aria-hidden="true" /></button>
        <button type="button" class="icon-button" aria-label={tools.boards.farther} onClick={() => view.current?.zoomOut()}><Minus size={16} aria-hidden="true" /></button>
      </div>
    </div>
  );
}
