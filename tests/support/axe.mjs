// SPDX-License-Identifier: Apache-2.0
// What axe-core finds on a page, a line each; of some rules alone when they are named.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function violations(page, rules) {
  await page.evaluate(axe);
  return page.evaluate(async (only) => {
    const options = { resultTypes: ['violations'], ...(only ? { runOnly: { type: 'rule', values: only } } : {}) };
    const found = await globalThis.axe.run(document, options);
    return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} (${n.any.concat(n.all, n.none).map((c) => c.message).join('; ')})`).slice(0, 3).join(' | ')}`);
  }, rules);
}
