// SPDX-License-Identifier: Apache-2.0
// Prints how large our functions and modules are, beside their budget. Relies on the one format:
// a function's body begins with a brace alone in the first column and ends with one.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

function filesUnder(dir) {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? filesUnder(path) : /\.[ch]$/.test(name) ? [path] : [];
  });
}

// The functions of a file as { name, lines }, a body's braces and its head included.
function functionsOf(lines) {
  const found = [];
  let head = -1;
  let name = '';
  lines.forEach((line, i) => {
    const start = /^[A-Za-z_].*?\b(\w+)\(/.exec(line);
    if (start && !line.endsWith(';') && !line.startsWith('#')) {
      head = i;
      name = start[1];
    } else if (line === '}' && head >= 0) {
      found.push({ name, lines: i - head + 1 });
      head = -1;
    } else if (/^[}#]/.test(line) || line.endsWith(';') && !line.startsWith(' ')) {
      head = -1;
    }
  });
  return found;
}

const functions = [];
const modules = [];
let asserts = 0;
let total = 0;
let comments = 0;
for (const file of filesUnder('src')) {
  const lines = readFileSync(file, 'utf8').split('\n');
  total += lines.length;
  asserts += lines.filter((line) => /\b(DEBUG_)?ASSERT\(|\bUNREACHABLE\(/.test(line) && !line.startsWith('#')).length;
  comments += lines.filter((line) => /^\s*(\/\*|\*)/.test(line)).length;
  functions.push(...functionsOf(lines).map((f) => ({ ...f, file })));
  if (file.endsWith('.c')) modules.push({ file, lines: lines.length });
}

const sizes = functions.map((f) => f.lines).sort((a, b) => a - b);
const at = (share) => sizes[Math.min(sizes.length - 1, Math.floor(sizes.length * share))] ?? 0;
const within = (limit) => (100 * sizes.filter((n) => n <= limit).length) / Math.max(1, sizes.length);
const row = (what, value, budget) => console.log(`${what.padEnd(34)} ${String(value).padStart(8)}   ${budget}`);

row('lines of src/', total, '');
row('modules (.c files)', modules.length, '');
row('functions', sizes.length, '');
row('median lines a function', at(0.5), '<= 12');
row('90th percentile', at(0.9), '<= 40');
row('share of functions <= 60 lines, %', within(60).toFixed(1), '>= 95');
row('longest function', sizes.at(-1) ?? 0, '<= 100');
row('longest module', Math.max(0, ...modules.map((m) => m.lines)), '<= 800');
row('assertions per 1000 lines', ((1000 * asserts) / total).toFixed(1), '8 to 12 in pure folders');
row('comment lines, %', ((100 * comments) / total).toFixed(1), '');
const long = functions.filter((f) => f.lines > 60).sort((a, b) => b.lines - a.lines);
for (const f of long) console.log(`  ${f.lines} lines: ${f.name} (${f.file})`);
for (const m of modules.filter((m) => m.lines > 500)) console.log(`  ${m.lines} lines: ${m.file}`);
