// SPDX-License-Identifier: Apache-2.0
// Where the devices are: Leaflet without tiles, so that nothing is asked of another host.

import L from "leaflet";
import "leaflet/dist/leaflet.css";
import { useEffect, useRef } from "react";
import type { Fleet } from "../src/index.js";

const colours = { online: "#27744c", offline: "#b3131c", asleep: "#46515d", unknown: "#6b3fb8" };

export function FleetMap(props: { fleet: Fleet; choose: (id: string) => void }) {
  const place = useRef<HTMLDivElement>(null);
  const map = useRef<L.Map | null>(null);
  const marks = useRef(new Map<string, L.CircleMarker>());
  const choose = useRef(props.choose);
  useEffect(() => {
    const made = L.map(place.current!, { attributionControl: false }).setView([0, 0], 1);
    map.current = made;
    return () => {
      made.remove();
      map.current = null;
      marks.current.clear();
    };
  }, []);
  useEffect(() => {
    const fresh = marks.current.size === 0;
    for (const device of props.fleet.devices.values()) {
      if (device.location === null || map.current === null) continue;
      let mark = marks.current.get(device.id);
      if (!mark) {
        mark = L.circleMarker(device.location, { radius: 6, weight: 2 }).addTo(map.current).on("click", () => choose.current(device.id));
        marks.current.set(device.id, mark);
      }
      mark.setLatLng(device.location).setStyle({ color: colours[device.status] });
    }
    const all = [...marks.current.values()].map((mark) => mark.getLatLng());
    if (fresh && all.length > 0) map.current?.fitBounds(L.latLngBounds(all).pad(0.2));
  }, [props.fleet.devices]);
  const placed = [...props.fleet.devices.values()].filter((device) => device.location !== null).length;
  return (
    <section aria-label="Map" className="wide">
      <h2>Map</h2>
      {placed === 0 && <p className="empty">No device has a position yet.</p>}
      <div ref={place} className="map" />
    </section>
  );
}
