// SPDX-License-Identifier: Apache-2.0
// Whether the colours of series can be told apart, and from what means an alert: CIEDE2000 (Sharma, Wu and Dalal, 2005) between
// colours of the D65 white of sRGB, as they are and as they look without the cones for long, middle or short waves. Those are
// simulated on linear light by the matrices of Machado, Oliveira and Fernandes (2009) at full strength, and clipped to what a
// screen shows.
import assert from "node:assert/strict";
import test from "node:test";
import { colour, linear, themes } from "./themes";

type Three = readonly [number, number, number];
type Matrix = readonly [Three, Three, Three];

const sights: readonly (readonly [string, Matrix])[] = [
  ["all cones", [[1, 0, 0], [0, 1, 0], [0, 0, 1]]],
  ["no red cones", [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]],
  ["no green cones", [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]],
  ["no blue cones", [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]]],
];
const toXyz: Matrix = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]];
const white: Three = [0.95047, 1, 1.08883];

function times(m: Matrix, [x, y, z]: Three): Three {
  return m.map(([a, b, c]) => a * x + b * y + c * z) as unknown as Three;
}

function lab(light: Three): Three {
  const [x, y, z] = times(toXyz, light).map((v, i) => {
    const t = v / (white[i] ?? 1);
    return t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116;
  }) as [number, number, number];
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180;
const degrees = (y: number, x: number): number => (y === 0 && x === 0 ? 0 : ((Math.atan2(y, x) * 180) / Math.PI + 360) % 360);
const grey = (c: number): number => Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7));

/** The mean of two hues, and the way from the first to the second, degrees. */
function hues(h1: number, h2: number, anyGrey: boolean): readonly [mean: number, way: number] {
  if (anyGrey) return [h1 + h2, 0];
  if (Math.abs(h2 - h1) <= 180) return [(h1 + h2) / 2, h2 - h1];
  return [(h1 + h2 + (h1 + h2 < 360 ? 360 : -360)) / 2, h2 - h1 + (h2 < h1 ? 360 : -360)];
}

function difference([l1, a1, b1]: Three, [l2, a2, b2]: Three): number {
  const stretch = 1 + 0.5 * (1 - grey((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2));
  const [c1, c2] = [Math.hypot(a1 * stretch, b1), Math.hypot(a2 * stretch, b2)];
  const [hue, way] = hues(degrees(b1, a1 * stretch), degrees(b2, a2 * stretch), c1 * c2 === 0);
  const [light, chroma] = [(l1 + l2) / 2, (c1 + c2) / 2];
  const t = 1 - 0.17 * Math.cos(radians(hue - 30)) + 0.24 * Math.cos(radians(2 * hue)) + 0.32 * Math.cos(radians(3 * hue + 6)) - 0.2 * Math.cos(radians(4 * hue - 63));
  const dl = (l2 - l1) / (1 + (0.015 * (light - 50) ** 2) / Math.sqrt(20 + (light - 50) ** 2));
  const dc = (c2 - c1) / (1 + 0.045 * chroma);
  const dh = (2 * Math.sqrt(c1 * c2) * Math.sin(radians(way / 2))) / (1 + 0.015 * chroma * t);
  const turn = -2 * grey(chroma) * Math.sin(radians(60 * Math.exp(-(((hue - 275) / 25) ** 2))));
  return Math.sqrt(dl ** 2 + dc ** 2 + dh ** 2 + turn * dc * dh);
}

test("the difference is what its authors' table says", () => {
  for (const [a, b, is] of [
    [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425], [[50, -1.3802, -84.2814], [50, 0, -82.7485], 1], [[50, 2.49, -0.001], [50, -2.49, 0.0011], 7.2195], [[50, 2.5, 0], [73, 25, -18], 27.1492],
    [[50, 2.5, 0], [61, -5, 29], 22.8977], [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644], [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
  ] as const) assert.ok(Math.abs(difference(a, b) - is) < 0.00006, `${difference(a, b)} for ${is}`);
});

/** The smallest difference among the first eight, sight by sight, as the design has it. */
const among: Readonly<Record<string, readonly number[]>> = {
  dark: [21.0, 17.4, 17.6, 14.6], light: [21.2, 14.6, 14.7, 15.7], "dark of high contrast": [15, 14.6, 14.6, 14.6], "light of high contrast": [15, 14.6, 14.6, 14.6],
};
const amongAll = 10.6;
const fromAlerts = 15;

for (const [name, theme] of themes) {
  const seen = (token: string, sight: Matrix): Three => lab(times(sight, linear(colour(theme, token))).map((v) => Math.min(1, Math.max(0, v))) as unknown as Three);
  const tokens = Array.from({ length: 12 }, (_, i) => `series${i + 1}`);
  test(`series are told from each other, with all cones or without one kind, ${name}`, () => {
    const near = sights.flatMap(([sight, matrix], k) => {
      const labs = tokens.map((t) => seen(t, matrix));
      return labs.flatMap((a, i) => labs.slice(0, i).flatMap((b, j) => {
        const least = i < 8 ? (among[name]?.[k] ?? Infinity) - 0.05 : amongAll;
        return difference(a, b) < least ? [`${sight}: series${j + 1} and series${i + 1}: ${difference(a, b).toFixed(2)}`] : [];
      }));
    });
    assert.deepEqual(near, []);
  });
  test(`no series looks like an alert, ${name}`, () => {
    const all = sights[0]?.[1];
    assert.ok(all);
    const near = ["warn", "crit", "fill-warn", "fill-crit"].flatMap((alert) => tokens.flatMap((t) => {
      const d = difference(seen(alert, all), seen(t, all));
      return d < fromAlerts ? [`${t} and ${alert}: ${d.toFixed(2)}`] : [];
    }));
    assert.deepEqual(near, []);
  });
}
