// SPDX-License-Identifier: Apache-2.0
// The system's theme, as a signal for what is drawn on canvases, and its tokens as the style holds them.

import { signal } from "@preact/signals";

/** Counts up when colours changed. */
export const theme = signal(0);

for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"]) {
  matchMedia(query).addEventListener("change", () => {
    theme.value++;
  });
}

/** A token's colour, "--warn" for example. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
