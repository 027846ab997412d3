// SPDX-License-Identifier: Apache-2.0
// Plans on the canvas, below everything else, where they are large enough to be seen.

import { planTransform, type Corners, type Point } from "../../lib/plan";
import type { Plan } from "../../state/plans";
import { frameX, frameY, type Frame } from "./canvas-layer";

const leastPixels = 24;
const opacity = 0.9;

export class PlanPainter {
  private readonly images = new Map<string, HTMLImageElement>();

  constructor(private readonly loaded: () => void) {}

  private imageOf(url: string): HTMLImageElement {
    let image = this.images.get(url);
    if (!image) {
      image = new Image();
      image.onload = this.loaded;
      image.src = url;
      this.images.set(url, image);
    }
    return image;
  }

  draw(frame: Frame, plans: readonly Plan[], draft: { readonly id: string; readonly corners: Corners } | null): void {
    for (const plan of plans) this.drawOne(frame, plan, draft?.id === plan.id ? draft.corners : plan.corners);
  }

  private drawOne(frame: Frame, plan: Plan, corners: Corners): void {
    const image = this.imageOf(plan.image);
    const [p0, p1] = corners.map(([lat, lng]): Point => [frameX(frame, lng), frameY(frame, lat)]) as [Point, Point];
    const across = Math.hypot(p1[0] - p0[0], p1[1] - p0[1]);
    const [x, y] = [(p0[0] + p1[0]) / 2, (p0[1] + p1[1]) / 2];
    const outside = x + across < 0 || y + across < 0 || x - across > frame.width || y - across > frame.height;
    if (!image.complete || image.naturalWidth === 0 || across < leastPixels || outside) return;
    const { c } = frame;
    c.save();
    c.transform(...planTransform(p0, p1, image.naturalWidth, image.naturalHeight));
    c.globalAlpha = opacity;
    c.drawImage(image, 0, 0);
    c.restore();
  }
}
