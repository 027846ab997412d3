// SPDX-License-Identifier: Apache-2.0
// One direction only: net, then state, then charts and views; lib and words below all. Also no file
// above 300 lines, no default export, no `any`, no innerHTML, no colour but a token. Prints each fault, fails on the first run with one.

import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = process.argv[2] ? resolve(process.argv[2]) : fileURLToPath(new URL("./src", import.meta.url));
const mostLines = 300;
const may = {
  lib: ["lib"],
  i18n: ["i18n", "lib"],
  net: ["net", "lib"],
  state: ["state", "net", "lib"],
  charts: ["charts", "state", "lib"],
  views: ["views", "charts", "state", "lib", "i18n"],
  worker: ["worker"],
  "main.tsx": ["state", "views", "later"],
  "core.ts": ["views", "charts", "state", "lib"],
  "later.ts": ["state", "views"],
};
/** The shapes of the wire may be named everywhere, its calls may not be made. */
const typesOf = ["net/wire"];
const forbidden = [
  [/\bexport default\b/, "a default export"],
  [/(?::|<|\bas)\s*any\b/, "any"],
  [/\b(?:inner|outer)HTML\b|insertAdjacentHTML|dangerouslySet/, "markup from text"],
  [/["'`](?:#(?:[0-9a-fA-F]{3,4}){1,2}["'`]|(?:rgb|hsl)a?\()/, "a colour that is no token"],
];

const faults = [];

function check(file) {
  const name = relative(root, file);
  const folder = name.split("/")[0];
  const text = readFileSync(file, "utf8");
  const lines = text.split("\n").length - 1;
  if (lines > mostLines) faults.push(`${name}: ${lines} lines, at most ${mostLines}`);
  for (const [pattern, what] of forbidden) {
    if (pattern.test(text)) faults.push(`${name}: ${what}`);
  }
  const imports = /(import|export)(\s+type)?[^;"']*?from\s*"(\.[^"]+)"|import\(\s*"(\.[^"]+)"\s*\)/g;
  for (const match of text.matchAll(imports)) {
    const target = relative(root, join(dirname(file), match[3] ?? match[4] ?? ""));
    const to = target.split("/")[0] ?? "";
    const typeOnly = match[2] !== undefined && typesOf.includes(target);
    if (!typeOnly && !(may[folder] ?? []).includes(to)) faults.push(`${name}: may not import ${target}`);
  }
}

function walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) walk(path);
    else if (/\.tsx?$/.test(entry.name)) check(path);
  }
}

walk(root);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
