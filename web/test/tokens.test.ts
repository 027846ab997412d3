// SPDX-License-Identifier: Apache-2.0
// The contrast of every pair of colours that stands on another, in every theme, by the WCAG formula.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { fileURLToPath } from "node:url";

type Tokens = ReadonlyMap<string, string>;

function read(name: string): string {
  // The test runs as a bundle under build/web-test.
  return readFileSync(fileURLToPath(new URL(`../../web/src/styles/${name}`, import.meta.url)), "utf8");
}

function tokens(css: string, selector: string): Tokens {
  const at = css.indexOf(`\n${selector} {`);
  assert.ok(at >= 0, selector);
  const block = css.slice(at, css.indexOf("}", at));
  return new Map([...block.matchAll(/--([a-z0-9-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1] ?? "", m[2] ?? ""] as const));
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p) as [number, number];
  return (x + 0.05) / (y + 0.05);
}

const css = read("tokens.css");
const strong = read("contrast.css");
const light = tokens(css, ":root");
const dark = new Map([...light, ...tokens(css, ":root[data-theme=dark]")]);
const themes: readonly (readonly [string, Tokens])[] = [
  ["light", light], ["dark", dark],
  ["light of high contrast", new Map([...light, ...tokens(strong, ":root[data-contrast=more]")])],
  ["dark of high contrast", new Map([...dark, ...tokens(strong, ":root[data-contrast=more][data-theme=dark]")])],
];

const texts = ["text", "text2", "text3", "accent", "ok", "warn", "crit", "off", "unknown"];
const grounds = ["bg", "surface", "raised", "inset", "tint-crit", "tint-warn", "tint-info", "tint-hover"];

for (const [name, theme] of themes) {
  const of = (token: string): string => {
    const found = theme.get(token);
    assert.ok(found, `${token} in ${name}`);
    return found;
  };
  test(`every text is read on every ground, ${name}`, () => {
    const faint = texts.flatMap((t) => grounds.flatMap((g) => (ratio(of(t), of(g)) < 4.5 ? [`${t} on ${g}: ${ratio(of(t), of(g)).toFixed(2)}`] : [])));
    assert.deepEqual(faint, []);
  });
  test(`borders that mean something, the focus ring and the words on fills are seen, ${name}`, () => {
    for (const g of ["bg", "surface"]) {
      assert.ok(ratio(of("control"), of(g)) >= 3, `control on ${g}`);
      assert.ok(ratio(of("focus"), of(g)) >= 3, `focus on ${g}`);
    }
    for (const fill of ["accent", "crit", "warn", "info"]) assert.ok(ratio(of(`fill-${fill}-text`), of(`fill-${fill}`)) >= 4.5, fill);
  });
  test(`every series is seen on its ground, ${name}`, () => {
    for (let i = 1; i <= 12; i++) assert.ok(ratio(of(`series${i}`), of("surface")) >= 3, `series${i}: ${ratio(of(`series${i}`), of("surface")).toFixed(2)}`);
  });
}
