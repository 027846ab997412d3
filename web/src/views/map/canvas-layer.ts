// SPDX-License-Identifier: Apache-2.0
// One canvas over the map, a quarter larger than the view on each side: while a hand moves the map it is moved along and not
// drawn, and during a zoom it is stretched.

import * as L from "leaflet";
import { mercatorX, mercatorY } from "../../lib/world";
import { forget, makeJob, markDrawing, type Job } from "../../state/commit";

/** How much more than the view is there on each side. */
export const beyond = 0.25;
const worldSide = 256;

/** What a drawing has: its canvas, and where the world's pixels of this zoom lie on it. */
export interface Frame {
  readonly c: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  readonly zoom: number;
  /** The side of the world in pixels, and the canvas' corner on it. */
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

export function frameX({ scale, left }: Frame, lng: number): number {
  return mercatorX(lng) * scale - left;
}

export function frameY({ scale, top }: Frame, lat: number): number {
  return mercatorY(lat) * scale - top;
}

export class CanvasLayer extends L.Layer {
  private readonly canvas = document.createElement("canvas");
  private readonly job: Job;
  private corner: L.LatLng = L.latLng(0, 0);
  private drawnZoom = 0;

  constructor(private readonly paint: (frame: Frame) => void) {
    super();
    this.canvas.className = "map-canvas leaflet-zoom-animated";
    this.canvas.setAttribute("role", "img");
    this.job = makeJob(() => this.draw());
  }

  override onAdd(map: L.Map): this {
    map.getPane("overlayPane")?.append(this.canvas);
    this.draw();
    return this;
  }

  override onRemove(): this {
    forget(this.job);
    this.canvas.remove();
    return this;
  }

  override getEvents(): { [name: string]: L.LeafletEventHandlerFn } {
    return {
      moveend: () => this.draw(), viewreset: () => this.draw(), resize: () => this.draw(),
      move: () => this.moved(), zoom: () => this.stretch(this._map.getCenter(), this._map.getZoom()),
      zoomanim: (event) => {
        const { center, zoom } = event as L.ZoomAnimEvent;
        this.stretch(center, zoom);
      },
    };
  }

  say(summary: string): void {
    if (this.canvas.getAttribute("aria-label") !== summary) this.canvas.setAttribute("aria-label", summary);
  }

  /** Draws with the next frame. */
  redraw(): void {
    markDrawing(this.job);
  }

  /** A hand that goes on moving would come to where nothing is drawn. */
  private moved(): void {
    const map = this._map;
    if (map.getZoom() !== this.drawnZoom) return;
    const at = map.latLngToContainerPoint(this.corner);
    const size = map.getSize();
    const spare = (v: number, side: number): boolean => v > 0 || v < -2 * beyond * side;
    if (spare(at.x, size.x) || spare(at.y, size.y)) this.draw();
  }

  private stretch(center: L.LatLng, zoom: number): void {
    const map = this._map;
    const pane = L.DomUtil.getPosition(map.getPane("mapPane") as HTMLElement);
    const origin = map.project(center, zoom).subtract(map.getSize().divideBy(2)).add(pane).round();
    L.DomUtil.setTransform(this.canvas, map.project(this.corner, zoom).subtract(origin), map.getZoomScale(zoom, this.drawnZoom));
  }

  private draw(): void {
    const map = this._map as L.Map | null;
    const c = this.canvas.getContext("2d");
    if (!map || !c) return;
    const size = map.getSize();
    const width = Math.ceil(size.x * (1 + 2 * beyond));
    const height = Math.ceil(size.y * (1 + 2 * beyond));
    const ratio = Math.min(2, devicePixelRatio);
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height}px`;
    }
    this.drawnZoom = map.getZoom();
    const at = map.containerPointToLayerPoint(size.multiplyBy(-beyond)).round();
    this.corner = map.layerPointToLatLng(at);
    L.DomUtil.setTransform(this.canvas, at, 1);
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, width, height);
    const corner = map.project(this.corner, this.drawnZoom);
    this.paint({ c, width, height, zoom: this.drawnZoom, scale: worldSide * 2 ** this.drawnZoom, left: corner.x, top: corner.y });
  }
}
