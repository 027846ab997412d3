// SPDX-License-Identifier: Apache-2.0
// The theme, the system's unless a person chose one, as a signal for what is drawn on canvases, and
// its tokens as the style holds them.

import { effect, signal } from "@preact/signals";
import { display } from "../state/display";
import { addStyle } from "./styles";

/** Counts up when colours changed. */
export const theme = signal(0);

const tokens = new Map<string, string>();

function changed(): void {
  tokens.clear();
  theme.value = theme.peek() + 1;
}

/** The next token is read anew; who draws with tokens is not told. */
export function forgetTokens(): void {
  tokens.clear();
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

declare const CONTRAST_STYLE: string;

function wantsContrast(): boolean {
  const { contrast } = display.peek();
  if (matchMedia("(forced-colors: active)").matches) return true;
  return contrast === "more" || (contrast === "system" && matchMedia("(prefers-contrast: more)").matches);
}

/** The style of high contrast and of colours that the system forces is for few, so it comes when it is needed. */
function contrast(): void {
  if (wantsContrast()) void addStyle(CONTRAST_STYLE).then(changed);
}

export function startTheme(): void {
  for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"]) {
    matchMedia(query).addEventListener("change", () => {
      contrast();
      changed();
    });
  }
  effect(() => {
    const { theme: chosen, contrast: strength } = display.value;
    const root = document.documentElement.dataset;
    if (chosen === "system") delete root["theme"];
    else root["theme"] = chosen;
    if (strength === "system") delete root["contrast"];
    else root["contrast"] = strength;
    contrast();
    changed();
  });
}

/** Whether what is shown is dark now. */
export function isDark(): boolean {
  const { theme: chosen } = display.value;
  return chosen === "dark" || (chosen === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
}
