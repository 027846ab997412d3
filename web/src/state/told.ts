// SPDX-License-Identifier: Apache-2.0
// What a person did and could not be done. Nobody's click ends in silence.

import { signal } from "@preact/signals";
import { problemText } from "../lib/problem";

/** Why the last act was not done; null when it was, or when it was read. */
export const told = signal<string | null>(null);

/** An act whose failure no place of the page tells by itself. */
export function attempt(act: Promise<unknown>): void {
  told.value = null;
  act.catch((error: unknown) => {
    told.value = problemText(error);
  });
}
