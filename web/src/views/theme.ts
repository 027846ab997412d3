// SPDX-License-Identifier: Apache-2.0
// The theme, the system's unless a person chose one, as a signal for what is drawn on canvases, and
// its tokens as the style holds them.

import { effect, signal } from "@preact/signals";
import { display } from "../state/display";

/** Counts up when colours changed. */
export const theme = signal(0);

const tokens = new Map<string, string>();

function changed(): void {
  tokens.clear();
  theme.value = theme.peek() + 1;
}

/** A token's colour, "--warn" for example. */
export function token(name: string): string {
  let found = tokens.get(name);
  if (found === undefined) {
    found = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    tokens.set(name, found);
  }
  return found;
}

export function startTheme(): void {
  for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"]) {
    matchMedia(query).addEventListener("change", changed);
  }
  effect(() => {
    const { theme: chosen, contrast } = display.value;
    const root = document.documentElement.dataset;
    if (chosen === "system") delete root["theme"];
    else root["theme"] = chosen;
    if (contrast === "system") delete root["contrast"];
    else root["contrast"] = contrast;
    changed();
  });
}

/** Whether what is shown is dark now. */
export function isDark(): boolean {
  const { theme: chosen } = display.value;
  return chosen === "dark" || (chosen === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
}
