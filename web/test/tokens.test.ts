// SPDX-License-Identifier: Apache-2.0
// The contrast of every pair of colours that stands on another, in every theme, by the WCAG formula.
import assert from "node:assert/strict";
import test from "node:test";
import { colour, linear, themes, twice } from "./themes";

function luminance(hex: string): number {
  const [r, g, b] = linear(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p) as [number, number];
  return (x + 0.05) / (y + 0.05);
}

const texts = ["text", "text2", "text3", "accent", "ok", "warn", "crit", "off", "unknown"];
const grounds = ["bg", "surface", "raised", "inset", "tint-crit", "tint-warn", "tint-info", "tint-hover", "search"];

/** What the design promises on `surface` and on `bg`. */
const promised: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  dark: {
    control: [4.0, 4.3], text: [15.3, 16.4], text2: [8.6, 9.2], text3: [6.0, 6.4], accent: [8.1, 8.7], focus: [12.5, 13.4], ok: [7.4, 8.0], warn: [10.1, 10.9], crit: [6.5, 6.9],
    off: [11.1, 11.9], unknown: [7.6, 8.2],
  },
  light: {
    control: [3.9, 3.6], text: [17.5, 16.2], text2: [8.1, 7.5], text3: [5.7, 5.2], accent: [6.7, 6.2], focus: [8.3, 7.7], ok: [5.7, 5.2], warn: [5.5, 5.1], crit: [6.9, 6.4], off: [9.5, 8.7], unknown: [6.9, 6.4],
  },
  "dark of high contrast": { text: [21, 21], accent: [12.4, 12.4], focus: [19.6, 19.6], ok: [17.2, 17.2], warn: [14.9, 14.9], crit: [10.4, 10.4], unknown: [13.6, 13.6] },
  "light of high contrast": { text: [21, 21], accent: [10.7, 10.7], focus: [10.5, 10.5], ok: [10.1, 10.1], warn: [10.2, 10.2], crit: [9.9, 9.9], unknown: [11.3, 11.3] },
};
const promisedFills: Readonly<Record<string, Readonly<Record<string, number>>>> = { dark: { accent: 5.0, crit: 4.8, warn: 10.1, info: 9.1 }, light: { accent: 6.7, crit: 5.9, warn: 10.8, info: 8.7 } };

for (const [name, theme] of themes) {
  const of = (token: string): string => colour(theme, token);
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
  test(`every contrast is what the design promises, ${name}`, () => {
    const other = Object.entries(promised[name] ?? {}).flatMap(([token, pair]) => ["surface", "bg"].flatMap((ground, i) => {
      const is = ratio(of(token), of(ground));
      return Math.abs(is - (pair[i] ?? 0)) > 0.06 ? [`${token} on ${ground}: ${is.toFixed(2)}, promised ${pair[i]}`] : [];
    }));
    for (const [fill, is] of Object.entries(promisedFills[name] ?? {})) if (Math.abs(ratio(of(`fill-${fill}-text`), of(`fill-${fill}`)) - is) > 0.06) other.push(`fill-${fill}`);
    assert.deepEqual(other, []);
  });
  test(`every series is seen on its ground, ${name}`, () => {
    for (let i = 1; i <= 12; i++) assert.ok(ratio(of(`series${i}`), of("surface")) >= 3, `series${i}: ${ratio(of(`series${i}`), of("surface")).toFixed(2)}`);
  });
}

for (const [name, chosen, bySystem] of twice) {
  test(`who chooses a theme sees what who has it from the system sees, ${name}`, () => assert.deepEqual([...bySystem], [...chosen]));
}
