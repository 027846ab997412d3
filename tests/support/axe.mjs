// SPDX-License-Identifier: Apache-2.0
// What axe-core finds on a page, a line each; of some rules alone when they are named.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function violations(page, rules) {
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(axe);
  return page.evaluate(async (only) => {
    // A colour on its way to another is neither of the two.
    await Promise.all(document.getAnimations().map((a) => a.finished.catch(() => undefined)));
    const options = { resultTypes: ['violations'], ...(only ? { runOnly: { type: 'rule', values: only } } : {}) };
    const found = await globalThis.axe.run(document, options);
    return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} (${n.any.concat(n.all, n.none).map((c) => c.message).join('; ')})`).slice(0, 3).join(' | ')}`);
  }, rules);
}

const THEMES = [
  ['light', { colorScheme: 'light', contrast: 'no-preference' }], ['high contrast', { colorScheme: 'light', contrast: 'more' }],
  ['dark of high contrast', { colorScheme: 'dark', contrast: 'more' }], ['dark of chosen high contrast', { colorScheme: 'dark', contrast: 'no-preference' }, 'more'],
];
export const DARK = { colorScheme: 'dark', contrast: 'no-preference' };

/** Everything in the dark theme, in which the page must be; of the others, where only colours differ, the contrast. */
export async function inEveryTheme(page, where) {
  const bad = (await violations(page)).map((v) => `${where}: ${v}`);
  for (const [name, media, chosen] of THEMES) {
    await page.emulateMedia(media);
    if (chosen) await page.evaluate((contrast) => { document.documentElement.dataset.contrast = contrast; }, chosen);
    bad.push(...(await violations(page, ['color-contrast'])).map((v) => `${name}, ${where}: ${v}`));
  }
  await page.evaluate(() => { delete document.documentElement.dataset.contrast; });
  await page.emulateMedia(DARK);
  return bad;
}
