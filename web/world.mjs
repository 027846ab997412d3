// SPDX-License-Identifier: Apache-2.0
// Packs the outlines of land and countries for the map: counts and steps as varints, which is half
// of what the same outlines take as TopoJSON. src/lib/world.ts reads them.

import { readFile } from "node:fs/promises";
import { feature, mesh } from "topojson-client";

/** A step is a quarter of a pixel at the largest zoom at which the coarse scale is drawn; of the fine one it is less than its outlines are true to. */
const stepsPerDegree = { "110m": 50, "50m": 80 };

function writer() {
  const bytes = [];
  const unsigned = (value) => {
    while (value >= 128) {
      bytes.push((value % 128) | 128);
      value = Math.floor(value / 128);
    }
    bytes.push(value);
  };
  const signed = (value) => unsigned(value < 0 ? -2 * value - 1 : 2 * value);
  return { bytes, unsigned, signed };
}

/**
 * The outlines come without their cut at the date line, so a step may jump across the world: let it
 * go on beyond 180° instead. A ring around a pole ends 360° from its start and is closed over the pole.
 */
function unwrapped(line) {
  let turn = 0;
  const out = line.map(([lng, lat], i) => {
    const step = i === 0 ? 0 : lng - line[i - 1][0];
    turn += step > 180 ? -360 : step < -180 ? 360 : 0;
    return [lng + turn, lat];
  });
  const [first, last] = [out[0], out[out.length - 1]];
  if (Math.abs(last[0] - first[0]) > 359) {
    const pole = first[1] < 0 ? -90 : 90;
    out.push([last[0], pole], [first[0], pole]);
  }
  return out;
}

function rounded(line, steps) {
  const out = [];
  for (const [lng, lat] of line) {
    const point = [Math.round(lng * steps), Math.round(lat * steps)];
    const before = out[out.length - 1];
    if (!before || before[0] !== point[0] || before[1] !== point[1]) out.push(point);
  }
  return out;
}

function writeLines(to, lines, shortest, steps) {
  const kept = lines.map(unwrapped).map((line) => rounded(line, steps)).filter((line) => line.length >= shortest);
  to.unsigned(kept.length);
  for (const line of kept) {
    to.unsigned(line.length);
    let lng = 0;
    let lat = 0;
    for (const [x, y] of line) {
      to.signed(x - lng);
      to.signed(y - lat);
      [lng, lat] = [x, y];
    }
  }
}

/** The packed outlines of one scale of world-atlas, "110m" or "50m". */
export async function packWorld(scale) {
  const file = new URL(`./node_modules/world-atlas/countries-${scale}.json`, import.meta.url);
  const topology = JSON.parse(await readFile(file, "utf8"));
  const land = feature(topology, topology.objects.land);
  const rings = land.features.flatMap((f) =>
    f.geometry.type === "Polygon" ? f.geometry.coordinates : f.geometry.coordinates.flat());
  const borders = mesh(topology, topology.objects.countries, (a, b) => a !== b).coordinates;
  const to = writer();
  const steps = stepsPerDegree[scale];
  to.unsigned(steps);
  writeLines(to, rings, 4, steps);
  writeLines(to, borders, 2, steps);
  return Uint8Array.from(to.bytes);
}
