// SPDX-License-Identifier: Apache-2.0
// A browser in words, as people tell their own apart: "Firefox on Android".

const browsers: readonly (readonly [RegExp, string])[] = [
  [/Edg(e|A|iOS)?\//, "Edge"], [/OPR\//, "Opera"], [/SamsungBrowser\//, "Samsung Internet"], [/Firefox\/|FxiOS\//, "Firefox"], [/Chrom(e|ium)\/|CriOS\//, "Chrome"], [/Safari\//, "Safari"],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, "iPhone"], [/iPad/, "iPad"], [/Android/, "Android"], [/Windows/, "Windows"], [/Mac OS X|Macintosh/, "macOS"], [/CrOS/, "ChromeOS"], [/Linux/, "Linux"],
];

export function browserName(agent: string): string {
  const found = (list: typeof browsers): string | undefined => list.find(([pattern]) => pattern.test(agent))?.[1];
  return [found(browsers) ?? "Browser", found(systems)].filter((s) => s !== undefined).join(", ");
}
