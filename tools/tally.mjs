// SPDX-License-Identifier: Apache-2.0
// Reads what test programs print: TAP (cmocka's and Node's), or Node's `spec` summary.

// Counts the leaves of a TAP stream: a result line that follows deeper ones sums them up only.
function countTap(text) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  const deeper = [];
  for (const line of text.split('\n')) {
    const result = /^( *)(not )?ok\b(?: \d+)?(.*)$/.exec(line);
    if (!result) continue;
    const depth = result[1].length / 4;
    const children = deeper[depth + 1] ?? { results: 0, failed: 0 };
    deeper.length = depth + 1;
    const level = (deeper[depth] ??= { results: 0, failed: 0 });
    level.results++;
    if (result[2]) level.failed++;
    if (children.results > 0 && !(result[2] && children.failed === 0)) continue;
    if (/# (SKIP|TODO)\b/i.test(result[3])) count.skipped++;
    else if (result[2]) count.failed++;
    else count.passed++;
  }
  return count;
}

// Node's `spec` reporter ends in lines such as "ℹ pass 12".
function countSpec(text) {
  const last = (word) => Number([...text.matchAll(new RegExp(`^\\S+ ${word} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? 0);
  return { passed: last('pass'), failed: last('fail') + last('cancelled'), skipped: last('skipped') };
}

// What a test program's output reports: { passed, failed, skipped }.
export function countResults(text) {
  const tap = countTap(text);
  return tap.passed + tap.failed + tap.skipped > 0 ? tap : countSpec(text);
}
