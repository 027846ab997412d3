// SPDX-License-Identifier: Apache-2.0
// A picture on the map by two anchor points, its upper left and lower right corner: they say how large it is and how it is turned.

export type Point = readonly [x: number, y: number];
export type Corners = readonly [upperLeft: readonly [lat: number, lng: number], lowerRight: readonly [lat: number, lng: number]];

/** The six numbers of a canvas' transform, that brings (0, 0) to the one and (width, height) to the other point. */
export function planTransform([x0, y0]: Point, [x1, y1]: Point, width: number, height: number): readonly [number, number, number, number, number, number] {
  const size = width * width + height * height;
  const [dx, dy] = [x1 - x0, y1 - y0];
  // (dx + i dy) / (width + i height): a turn and a scale in one.
  const a = (dx * width + dy * height) / size;
  const b = (dy * width - dx * height) / size;
  return [a, b, -b, a, x0, y0];
}

function latLng(x: unknown): readonly [number, number] | null {
  if (!Array.isArray(x) || x.length !== 2) return null;
  const [lat, lng]: readonly unknown[] = x;
  return typeof lat === "number" && typeof lng === "number" && Math.abs(lat) <= 85 && Math.abs(lng) <= 180 ? [lat, lng] : null;
}

/** Null: it has no place. */
export function readCorners(x: unknown): Corners | null {
  if (!Array.isArray(x) || x.length !== 2) return null;
  const [a, b] = [latLng(x[0]), latLng(x[1])];
  return a && b ? [a, b] : null;
}
