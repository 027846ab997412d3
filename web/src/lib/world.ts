// SPDX-License-Identifier: Apache-2.0
// The outlines of land and countries as web/world.mjs packs them: steps in a degree, then zig-zag varints of the steps from
// point to point. Projected once, to the square of Web Mercator.

export interface Line {
  /** x and y in turn, 0 to 1 from the upper left corner of the world. */
  readonly xy: Float64Array;
  readonly box: readonly [west: number, north: number, east: number, south: number];
}

export interface World {
  readonly land: readonly Line[];
  readonly borders: readonly Line[];
}

const mostLatitude = 85.0511;

export function mercatorY(lat: number): number {
  const φ = (Math.min(mostLatitude, Math.max(-mostLatitude, lat)) * Math.PI) / 180;
  return (1 - Math.log(Math.tan(Math.PI / 4 + φ / 2)) / Math.PI) / 2;
}

export function mercatorX(lng: number): number {
  return (lng + 180) / 360;
}

class Reader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  unsigned(): number {
    let value = 0;
    let shift = 1;
    for (;;) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new Error("the outlines end too early");
      value += (byte & 127) * shift;
      if (byte < 128) return value;
      shift *= 128;
    }
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

function readLine(from: Reader, stepsPerDegree: number): Line {
  const count = from.unsigned();
  const xy = new Float64Array(count * 2);
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  let lng = 0;
  let lat = 0;
  for (let i = 0; i < count; i++) {
    lng += from.signed();
    lat += from.signed();
    const x = mercatorX(lng / stepsPerDegree);
    const y = mercatorY(lat / stepsPerDegree);
    xy[2 * i] = x;
    xy[2 * i + 1] = y;
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return { xy, box };
}

/** What goes on beyond the date line appears at the other edge of the world as well. */
function shifted({ xy, box }: Line, by: number): Line {
  return { xy: xy.map((v, i) => (i % 2 === 0 ? v + by : v)), box: [box[0] + by, box[1], box[2] + by, box[3]] };
}

function readLines(from: Reader, stepsPerDegree: number): Line[] {
  const lines: Line[] = [];
  for (let left = from.unsigned(); left > 0; left--) {
    const line = readLine(from, stepsPerDegree);
    lines.push(line);
    if (line.box[2] > 1) lines.push(shifted(line, -1));
    if (line.box[0] < 0) lines.push(shifted(line, 1));
  }
  return lines;
}

export function readWorld(bytes: Uint8Array): World {
  const from = new Reader(bytes);
  const stepsPerDegree = from.unsigned();
  if (stepsPerDegree < 1) throw new Error("the outlines have no steps");
  return { land: readLines(from, stepsPerDegree), borders: readLines(from, stepsPerDegree) };
}
