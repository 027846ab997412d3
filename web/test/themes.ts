// SPDX-License-Identifier: Apache-2.0
// The colours of every theme as the styles hold them, for tests of what can be told apart.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export type Tokens = ReadonlyMap<string, string>;

function read(name: string): string {
  // The test runs as a bundle under build/web-test.
  return readFileSync(fileURLToPath(new URL(`../../web/src/styles/${name}`, import.meta.url)), "utf8");
}

/** The colours that stand behind a selector. */
function tokens(css: string, selector: string): Tokens {
  const at = css.search(new RegExp(`^ *${selector.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")} \\{`, "m"));
  assert.ok(at >= 0, selector);
  const block = css.slice(at, css.indexOf("}", at));
  return new Map([...block.matchAll(/--([a-z0-9-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1] ?? "", m[2] ?? ""] as const));
}

/** Red, green and blue as light, 0 to 1. */
export function linear(hex: string): readonly [number, number, number] {
  return [1, 3, 5].map((i) => {
    const c = parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
}

const css = read("tokens.css");
const strong = read("contrast.css");
const light = tokens(css, ":root");
const dark = new Map([...light, ...tokens(css, ":root[data-theme=dark]")]);

export const themes: readonly (readonly [string, Tokens])[] = [
  ["light", light], ["dark", dark],
  ["light of high contrast", new Map([...light, ...tokens(strong, ":root[data-contrast=more]")])],
  ["dark of high contrast", new Map([...dark, ...tokens(strong, ":root[data-contrast=more][data-theme=dark]")])],
];

/** The same theme by a person's choice and by the system's, which must be one: CSS has no way to say it once. */
export const twice: readonly (readonly [string, Tokens, Tokens])[] = [
  ["dark", tokens(css, ":root[data-theme=dark]"), tokens(css, ":root:not([data-theme=light])")],
  ["light of high contrast", tokens(strong, ":root[data-contrast=more]"), tokens(strong, ":root:not([data-contrast=normal])")],
  ["dark of high contrast", tokens(strong, ":root[data-contrast=more][data-theme=dark]"), tokens(strong, ":root:not([data-contrast=normal], [data-theme=light])")],
  ["dark of high contrast, the theme the system's", tokens(strong, ":root[data-contrast=more][data-theme=dark]"), tokens(strong, ":root[data-contrast=more]:not([data-theme=light])")],
];

export function colour(theme: Tokens, token: string): string {
  const found = theme.get(token);
  assert.ok(found, token);
  return found;
}
