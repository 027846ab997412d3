// SPDX-License-Identifier: Apache-2.0
// Land and borders, painted into tiles from outlines that came with the page: no request leaves it.

import { signal, type ReadonlySignal } from "@preact/signals";
import * as L from "leaflet";
import { readWorld, type Line, type World } from "../../lib/world";

declare const WORLD_COARSE: string;
declare const WORLD_FINE: string;

const fineFromZoom = 4;
const tileSize = 512;
const margin = 4;

/** What of the outlines is there. */
export type GroundState = "coarse" | "fine" | "failed";

interface Colours {
  readonly land: string;
  readonly coast: string;
  readonly border: string;
}

async function load(url: string): Promise<World> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return readWorld(new Uint8Array(await answer.arrayBuffer()));
}

/** On which outer side of the tile a point lies, as bits; 0 inside. */
function outside(x: number, y: number, size: number): number {
  return (x < -margin ? 1 : x > size + margin ? 2 : 0) | (y < -margin ? 4 : y > size + margin ? 8 : 0);
}

/** Adds a line to the path; of points in a row on one outer side only the ends matter. */
function trace(c: CanvasRenderingContext2D, xy: Float64Array, scale: number, left: number, top: number, size: number): void {
  let before = 0;
  for (let i = 0; i < xy.length; i += 2) {
    const x = (xy[i] ?? 0) * scale - left;
    const y = (xy[i + 1] ?? 0) * scale - top;
    const side = outside(x, y, size);
    const nextX = (xy[i + 2] ?? xy[i] ?? 0) * scale - left;
    const nextY = (xy[i + 3] ?? xy[i + 1] ?? 0) * scale - top;
    const skip = i > 0 && i + 2 < xy.length && (side & before & outside(nextX, nextY, size)) !== 0;
    if (skip) continue;
    before = side;
    if (i === 0) c.moveTo(x, y);
    else c.lineTo(x, y);
  }
}

class GroundLayer extends L.GridLayer {
  readonly state = signal<GroundState>("coarse");
  private readonly worlds: { coarse: World | null; fine: World | null } = { coarse: null, fine: null };
  private asked = false;

  constructor(private readonly colours: () => Colours) {
    super({ tileSize, noWrap: true, updateWhenZooming: false, keepBuffer: 1, maxZoom: 24 });
    this.fetch("coarse", WORLD_COARSE);
  }

  private fetch(which: "coarse" | "fine", url: string): void {
    load(url).then((world) => {
      this.worlds[which] = world;
      this.state.value = this.worlds.fine ? "fine" : "coarse";
      this.redraw();
    }, () => {
      // Without the finer one the coarse one serves; without both the map says so.
      if (!this.worlds.coarse) this.state.value = "failed";
    });
  }

  private worldFor(zoom: number): World | null {
    if (zoom < fineFromZoom) return this.worlds.coarse;
    if (!this.asked) {
      this.asked = true;
      this.fetch("fine", WORLD_FINE);
    }
    return this.worlds.fine ?? this.worlds.coarse;
  }

  override createTile(coords: L.Coords): HTMLElement {
    const canvas = document.createElement("canvas");
    const ratio = Math.min(2, devicePixelRatio);
    canvas.width = canvas.height = tileSize * ratio;
    const c = canvas.getContext("2d");
    const world = this.worldFor(coords.z);
    if (c && world) {
      c.scale(ratio, ratio);
      this.paint(c, world, coords);
    }
    return canvas;
  }

  private paint(c: CanvasRenderingContext2D, world: World, coords: L.Coords): void {
    const scale = 256 * 2 ** coords.z;
    const left = coords.x * tileSize;
    const top = coords.y * tileSize;
    const reaches = ({ box }: Line): boolean =>
      box[0] * scale <= left + tileSize + margin && box[2] * scale >= left - margin &&
      box[1] * scale <= top + tileSize + margin && box[3] * scale >= top - margin;
    const draw = (lines: readonly Line[]): void => {
      c.beginPath();
      for (const line of lines) {
        if (reaches(line)) trace(c, line.xy, scale, left, top, tileSize);
      }
    };
    const colours = this.colours();
    c.lineJoin = "round";
    c.lineWidth = 1;
    draw(world.land);
    c.fillStyle = colours.land;
    c.fill("evenodd");
    c.strokeStyle = colours.coast;
    c.stroke();
    draw(world.borders);
    c.strokeStyle = colours.border;
    c.setLineDash([4, 3]);
    c.stroke();
  }
}

export interface Ground {
  readonly layer: L.GridLayer;
  readonly state: ReadonlySignal<GroundState>;
}

export function makeGround(token: (name: string) => string): Ground {
  const layer = new GroundLayer(() => ({ land: token("--surface"), coast: token("--coast"), border: token("--line") }));
  return { layer, state: layer.state };
}
