// SPDX-License-Identifier: Apache-2.0
// A point on the map that is taken by pointer, touch or arrow keys.

import * as L from "leaflet";
import { useEffect, useState } from "preact/hooks";

interface Props {
  readonly map: L.Map;
  readonly label: string;
  readonly at: readonly [lat: number, lng: number];
  readonly kind: "corner" | "middle" | "device";
  readonly onMove: (lat: number, lng: number) => void;
}

const arrows: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function Handle({ map, label, at, kind, onMove }: Props) {
  const [, setTick] = useState(0);
  useEffect(() => {
    const tick = (): void => setTick((n: number) => n + 1);
    map.on("move zoom", tick);
    return () => void map.off("move zoom", tick);
  }, [map]);
  const p = map.latLngToContainerPoint([at[0], at[1]]);
  const box = map.getContainer().getBoundingClientRect();
  const seen = p.x >= 0 && p.y >= 0 && p.x <= box.width && p.y <= box.height;
  const moveTo = (x: number, y: number): void => {
    const { lat, lng } = map.containerPointToLatLng([x, y]);
    onMove(lat, lng);
  };
  return (
    <button type="button" class={`map-handle map-handle-${kind}`} aria-label={label} title={label} style={{ left: `${box.left + p.x}px`, top: `${box.top + p.y}px`, visibility: seen ? "visible" : "hidden" }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        event.preventDefault();
        event.currentTarget.focus();
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        moveTo(event.clientX - box.left, event.clientY - box.top);
      }}
      onKeyDown={(event) => {
        const step = arrows[event.key];
        if (!step) return;
        event.preventDefault();
        event.stopPropagation();
        const far = event.shiftKey ? 10 : 1;
        moveTo(p.x + step[0] * far, p.y + step[1] * far);
      }} />
  );
}
