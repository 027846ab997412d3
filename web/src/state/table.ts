// SPDX-License-Identifier: Apache-2.0
// Columns of history that readings are added to. A table begins as the views over the server's answer;
// the first row that is added moves each column once, as a block, to where there is room for more.

const room = 64;

export class Table {
  private readonly columns: Float64Array[];
  private rows: number;

  /** Columns of equal length; they are the table's from now on. */
  constructor(...columns: readonly Float64Array[]) {
    this.columns = [...columns];
    this.rows = columns[0]?.length ?? 0;
  }

  get length(): number {
    return this.rows;
  }

  /** A view of a column as it is now: it holds until a row is added or dropped. */
  column(index: number): Float64Array {
    return this.columns[index]?.subarray(0, this.rows) ?? new Float64Array(0);
  }

  /** Puts a row before row `at`. */
  insert(at: number, row: readonly number[]): void {
    this.columns.forEach((old, i) => {
      const column = old.length > this.rows ? old : this.grow(old);
      column.copyWithin(at + 1, at, this.rows);
      column[at] = row[i] ?? 0;
      this.columns[i] = column;
    });
    this.rows++;
  }

  set(at: number, row: readonly number[]): void {
    this.columns.forEach((column, i) => {
      column[at] = row[i] ?? 0;
    });
  }

  dropFirst(count: number): void {
    this.columns.forEach((column, i) => {
      this.columns[i] = column.subarray(count);
    });
    this.rows -= count;
  }

  private grow(old: Float64Array): Float64Array {
    const wider = new Float64Array(this.rows + Math.max(room, this.rows >> 1));
    wider.set(old.subarray(0, this.rows));
    return wider;
  }
}
