// SPDX-License-Identifier: Apache-2.0
// Names beside marks, where they cover neither a mark nor another name: at the right, else below, at the left, above.

export interface Label {
  readonly text: string;
  /** A quieter second line, or empty. */
  readonly sub: string;
  readonly strong: boolean;
}

type Box = readonly [left: number, top: number, right: number, bottom: number];

export interface Placed {
  readonly x: number;
  readonly y: number;
  readonly align: "left" | "right" | "center";
}

const gap = 5;
const line = 16;

export class Labels {
  private readonly taken: Box[] = [];

  /** A disc with its badge that no name may cover. */
  keepFree(x: number, y: number, r: number, badge: boolean): void {
    this.taken.push([x - r, y - r, x + r, y + r]);
    if (badge) this.taken.push([x + Math.max(8, r * 0.71 - 12), y - Math.max(28, r * 0.71 + 12), x + Math.max(8, r * 0.71 - 12) + 36, y - r * 0.71 + 8]);
  }

  private free(box: Box): boolean {
    return this.taken.every(([l, t, r, b]) => box[2] < l || box[0] > r || box[3] < t || box[1] > b);
  }

  /** Where a text of that width and so many lines goes, its first line's middle; null: nowhere. */
  place(x: number, y: number, r: number, width: number, lines: number): Placed | null {
    const height = lines * line;
    const middle = y - height / 2;
    const candidates: readonly (readonly [Box, Placed])[] = [
      [[x + r + gap, middle, x + r + gap + width, middle + height], { x: x + r + gap, y: middle + line / 2, align: "left" }],
      [[x - width / 2, y + r + 2, x + width / 2, y + r + 2 + height], { x, y: y + r + 2 + line / 2, align: "center" }],
      [[x - r - gap - width, middle, x - r - gap, middle + height], { x: x - r - gap, y: middle + line / 2, align: "right" }],
      [[x - width / 2, y - r - 2 - height, x + width / 2, y - r - 2], { x, y: y - r - 2 - height + line / 2, align: "center" }],
    ];
    const found = candidates.find(([box]) => this.free(box));
    if (!found) return null;
    this.taken.push(found[0]);
    return found[1];
  }
}
