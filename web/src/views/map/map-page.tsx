// SPDX-License-Identifier: Apache-2.0
// Where is trouble? A map fitted to it, and the list of what is in view, which is the keyboard's way in.

import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import * as L from "leaflet";
import { Maximize, Minus, Plus } from "lucide-preact";
import { useEffect, useRef } from "preact/hooks";
import { say } from "../../i18n/say";
import type { Device } from "../../net/wire";
import { worstByDevice } from "../../state/alerts";
import { allDevices, deviceCount, fleet } from "../../state/fleet";
import { badness } from "../overview/facts";
import { devicePath, go } from "../router";
import { addStyle } from "../styles";
import { theme, token } from "../theme";
import { phone } from "../screen";
import { makeGround } from "./ground";
import { InView } from "./in-view";
import { Marks } from "./marks";

declare const MAP_STYLE: string;

const maxZoom = 14;
const listWidth = 356;

function placed(): Device[] {
  return [...allDevices()].filter((d) => d.location !== null).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function troubled(devices: readonly Device[]): Device[] {
  const worst = worstByDevice.peek();
  return devices.filter((d) => badness(d, worst) > 1);
}

function makeMap(element: HTMLElement): L.Map {
  const map = L.map(element, {
    attributionControl: false, zoomControl: false, minZoom: 1, maxZoom, zoomSnap: 0.5,
    maxBounds: [[-86, -200], [86, 200]], maxBoundsViscosity: 0.8, center: [20, 10], zoom: 2,
  });
  makeGround(token).addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  return map;
}

function fit(map: L.Map, devices: readonly Device[]): void {
  if (devices.length === 0) return;
  const bounds = L.latLngBounds(devices.map((d) => L.latLng(d.location?.lat ?? 0, d.location?.lng ?? 0)));
  map.fitBounds(bounds, {
    paddingTopLeft: [48, 88], paddingBottomRight: [phone.peek() ? 48 : listWidth + 96, 48], maxZoom: 9, animate: false,
  });
}

function useLeaflet(spot: { value: readonly Device[] | null }, inView: { value: readonly Device[] }) {
  const holder = useRef<HTMLDivElement>(null);
  const map = useRef<L.Map | null>(null);
  const redraw = useRef<() => void>(() => undefined);
  const fitted = useRef(false);

  useEffect(() => {
    let gone = false;
    void addStyle(MAP_STYLE).then(() => {
      if (gone || !holder.current) return;
      const made = makeMap(holder.current);
      map.current = made;
      const marks = new Marks(made, {
        openDevice: (d) => go(devicePath(d.id)),
        openSpot: (devices) => {
          spot.value = devices;
        },
      });
      redraw.current = () => {
        const devices = placed();
        if (!fitted.current && devices.length > 0) {
          fitted.current = true;
          const bad = troubled(devices);
          fit(made, bad.length > 0 ? bad : devices);
        }
        marks.update(devices, worstByDevice.peek());
        const bounds = made.getBounds();
        inView.value = devices.filter((d) => d.location && bounds.contains([d.location.lat, d.location.lng]));
      };
      made.on("moveend zoomend", () => {
        spot.value = null;
        redraw.current();
      });
      redraw.current();
    });
    return () => {
      gone = true;
      redraw.current = () => undefined;
      map.current?.remove();
      map.current = null;
    };
  }, []);

  useSignalEffect(() => {
    fleet.value;
    worstByDevice.value;
    queueMicrotask(() => redraw.current());
  });
  useSignalEffect(() => {
    theme.value;
    map.current?.eachLayer((layer) => {
      if (layer instanceof L.GridLayer) layer.redraw();
    });
  });
  return { holder, map };
}

function Title() {
  const text = useComputed(() => {
    fleet.value;
    worstByDevice.value;
    const devices = placed();
    const bad = troubled(devices).length;
    if (devices.length === 0) return { head: say.map.none, sub: say.map.noneHow };
    const lost = deviceCount() - devices.length;
    const sub = [bad > 0 ? say.map.fitted : say.map.fittedAll, lost > 0 ? say.map.noPosition(lost) : ""].filter((s) => s !== "").join(". ");
    return { head: bad > 0 ? say.map.trouble(bad) : say.map.well(devices.length), sub };
  });
  return <div class="map-title"><h1>{text.value.head}</h1><p>{text.value.sub}</p></div>;
}

export function MapView() {
  const spot = useSignal<readonly Device[] | null>(null);
  const inView = useSignal<readonly Device[]>([]);
  const { holder, map } = useLeaflet(spot, inView);
  return (
    <div class="map-page">
      <div class="map-box">
        <div ref={holder} class="map" aria-label={say.map.title} role="region" />
        <Title />
        <div class="map-buttons">
          <button type="button" aria-label={say.map.zoomIn} title={say.map.zoomIn} onClick={() => map.current?.zoomIn()}><Plus size={18} aria-hidden="true" /></button>
          <button type="button" aria-label={say.map.zoomOut} title={say.map.zoomOut} onClick={() => map.current?.zoomOut()}><Minus size={18} aria-hidden="true" /></button>
          <button type="button" aria-label={say.map.fit} title={say.map.fit} onClick={() => map.current && fit(map.current, placed())}><Maximize size={16} aria-hidden="true" /></button>
        </div>
        <p class="map-source">{say.map.ground}</p>
      </div>
      <InView spot={spot} inView={inView} />
    </div>
  );
}
