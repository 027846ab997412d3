// SPDX-License-Identifier: Apache-2.0
// Things on a plane in square cells, so that what lies near a point is found without looking at all of them.

export class Grid<T extends { readonly x: number; readonly y: number }> {
  private readonly cells = new Map<number, T[]>();

  constructor(private readonly side: number) {}

  private key(column: number, row: number): number {
    return column * 0x400_0000 + row;
  }

  add(one: T): void {
    const key = this.key(Math.floor(one.x / this.side), Math.floor(one.y / this.side));
    const cell = this.cells.get(key);
    if (cell) cell.push(one);
    else this.cells.set(key, [one]);
  }

  /** All within a side of the point, and some beyond, in the order in which a cell got them. */
  * near(x: number, y: number): Generator<T> {
    const column = Math.floor(x / this.side);
    const row = Math.floor(y / this.side);
    for (let i = column - 1; i <= column + 1; i++) {
      for (let j = row - 1; j <= row + 1; j++) {
        yield* this.cells.get(this.key(i, j)) ?? [];
      }
    }
  }
}
