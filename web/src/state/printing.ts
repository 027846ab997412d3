// SPDX-License-Identifier: Apache-2.0
// What has to look otherwise on paper tells so here: drawings are made anew, a table of which the page
// holds few rows gives all.

/** Called before and after printing; a drawing must be done when the call returns. */
export const printers = new Set<(printing: boolean) => void>();

export interface PrintTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Of how many the rows are the first. */
  readonly all: number;
}

let table: ((most: number) => PrintTable) | null = null;

/** The table of the open page, until the answer is called. */
export function printsTable(rows: (most: number) => PrintTable): () => void {
  table = rows;
  return () => {
    if (table === rows) table = null;
  };
}

export function tableToPrint(most: number): PrintTable | null {
  return table?.(most) ?? null;
}
