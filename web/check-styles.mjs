// SPDX-License-Identifier: Apache-2.0
// Styles are written for every direction of writing: no left and right, but in rules behind a comment that begins
// "Left and right" and gives the reason (it holds to the next empty line or comment). And a colour is a token: none is
// written outside of tokens.css and contrast.css. Prints each fault, fails on the first run with one.
//   node check-styles.mjs [FOLDER]

import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = process.argv[2] ?? fileURLToPath(new URL("./src/styles", import.meta.url));
const homeOfColours = new Set(["tokens.css", "contrast.css"]);
const physical = /^(?:(?:scroll-)?(?:margin|padding)-(?:left|right)|border-(?:(?:left|right)(?:-\w+)?|(?:top|bottom)-(?:left|right)-radius)|left|right)$/;
const sided = /^(?:text-align|float|clear)$/;
/** Sides in the order of a shorthand: top, right, bottom, left. */
const shorthand = /^(?:scroll-)?(?:margin|padding)$|^inset$|^border-(?:width|color|style)$/;
const colour = /#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(|(?<![-\w])(?:black|white|gr[ae]y|red|green|blue|yellow|orange)(?![-\w])/i;

const faults = [];

/** The values of a shorthand, what stands in brackets in one piece. */
function values(text) {
  return text.replace(/\s*!important/, "").match(/(?:[^\s(]|\((?:[^()]|\([^()]*\))*\))+/g) ?? [];
}

function leans(property, value) {
  if (physical.test(property)) return true;
  if (sided.test(property)) return /^(?:left|right)$/.test(value);
  const parts = values(value);
  if (shorthand.test(property)) return parts.length === 4 && parts[1] !== parts[3];
  if (property !== "border-radius" || value.includes("/")) return false;
  const [topLeft, topRight = topLeft, bottomRight = topLeft, bottomLeft = topRight] = parts;
  return topLeft !== topRight || bottomRight !== bottomLeft;
}

function check(name) {
  const text = readFileSync(`${root}/${name}`, "utf8");
  let excused = false;
  // Comments, empty lines, and declarations; selectors and what opens a block are passed over.
  for (const [whole, comment, property, value] of text.matchAll(/\/\*([\s\S]*?)\*\/|\n[ \t]*\n|(?<=[{;]\s*)(--[\w-]+|[\w-]+)\s*:\s*([^;{}]+)(?=[;}])/g)) {
    if (property === undefined) {
      excused = comment?.trim().startsWith("Left and right") ?? false;
      continue;
    }
    const tell = (what) => faults.push(`${name}: ${what}: ${whole.trim().slice(0, 80)}`);
    if (!excused && leans(property, value.trim())) tell("left and right");
    if (!homeOfColours.has(name) && colour.test(value.replace(/url\([^)]*\)/g, ""))) tell("a colour that is no token");
  }
}

for (const name of readdirSync(root).filter((f) => f.endsWith(".css"))) check(name);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
