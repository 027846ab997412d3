// SPDX-License-Identifier: Apache-2.0
// The map itself: its size, where it looks, and the address that says so.

import * as L from "leaflet";
import type { Look, Mark } from "../../state/area";
import { phone } from "../screen";
import { setQuery } from "../router";
import { beyond } from "./canvas-layer";

/** Where a floor of a building fills the screen. */
const mostZoom = 21;
const fitZoom = 9;
const listWidth = 340;
/** Of a phone's map, that the sheet covers. */
const sheetShare = 0.54;

export function makeMap(element: HTMLElement): L.Map {
  const moves = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(element, {
    attributionControl: false, zoomControl: false, minZoom: 1, maxZoom: mostZoom, zoomSnap: 0.5, zoomAnimation: moves, inertia: moves,
    fadeAnimation: false, maxBounds: [[-86, -200], [86, 200]], maxBoundsViscosity: 0.8, center: [20, 10], zoom: 2,
  });
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  return map;
}

/** Fits the map to the bounds in what the list and the title leave free. */
export function fit(map: L.Map, bounds: L.LatLngBounds, maxZoom = fitZoom): void {
  if (!bounds.isValid()) return;
  const narrow = phone.peek();
  const below = narrow ? map.getSize().y * sheetShare : 88;
  const sides: [number, number] = [narrow ? 40 : 64, narrow ? 64 : listWidth + 72];
  const [left, right] = document.documentElement.dir === "rtl" ? sides.reverse() as [number, number] : sides;
  map.fitBounds(bounds, { paddingTopLeft: [left, 104], paddingBottomRight: [right, below], maxZoom, animate: false });
}

export function boundsOfMarks(marks: readonly Mark[]): L.LatLngBounds {
  const bounds = L.latLngBounds([]);
  for (const m of marks) bounds.extend([m.south, m.west]).extend([m.north, m.east]);
  return bounds;
}

const ceiling = (): number => (phone.peek() ? 500 : 1500);

/** The view and a quarter more, as the server is asked for it. */
export function lookOf(map: L.Map): Look {
  const b = map.getBounds().pad(beyond);
  const within = (lat: number): number => Math.min(90, Math.max(-90, lat));
  return { south: within(b.getSouth()), west: b.getWest(), north: within(b.getNorth()), east: b.getEast(), zoom: Math.ceil(map.getZoom()), ceiling: ceiling() };
}

/** Everything, fine enough to know where it lies. */
export function lookAtWorld(): Look {
  return { south: -85, west: -180, north: 85, east: 180, zoom: 6, ceiling: ceiling() };
}

/** "52.1_9.2_6" in the address; null: it says nothing. Commas would be escaped there, but are read too. */
export function readView(text: string | null): { center: [number, number]; zoom: number } | null {
  const parts = (text ?? "").split(/[_,]/).map((p) => (p === "" ? NaN : Number(p)));
  const [lat, lng, zoom] = parts;
  if (parts.length !== 3 || lat === undefined || lng === undefined || zoom === undefined) return null;
  const fine = Math.abs(lat) <= 86 && Math.abs(lng) <= 200 && zoom >= 1 && zoom <= mostZoom;
  return fine ? { center: [lat, lng], zoom } : null;
}

export function writeView(map: L.Map): void {
  const { lat, lng } = map.getCenter();
  const decimals = Math.ceil(map.getZoom() / 3) + 1;
  setQuery("view", `${lat.toFixed(decimals)}_${lng.toFixed(decimals)}_${map.getZoom()}`);
}
