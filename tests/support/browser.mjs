// SPDX-License-Identifier: Apache-2.0
// The machine's Chromium, without a window. A page remembers every error that it reported, so that
// a test can end with "and nothing went wrong in there".
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { PATIENCE_MS } from './wait.mjs';

const PATHS = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

export async function openBrowser(t) {
  const executablePath = PATHS.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('no Chromium on this machine; tools/bootstrap test brings one');
  // Chromium's own sandbox needs rights that containers and root don't have.
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  t.after(() => browser.close());
  return browser;
}

export async function openPage(browser, { viewport = DESKTOP, ...options } = {}) {
  const context = await browser.newContext({ viewport, locale: 'en-GB', timezoneId: 'UTC', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(String(error)));
  page.on('dialog', (dialog) => {
    page.problems.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  page.on('console', (message) => {
    if (message.type() === 'error') page.problems.push(message.text());
  });
  return page;
}

// Goes to another address inside the open page, as a link does, and waits until what is there stands.
export async function visit(page, path) {
  await page.evaluate((address) => {
    history.pushState(null, '', address);
    dispatchEvent(new PopStateEvent('popstate'));
  }, path);
  await page.locator('main h1').first().waitFor({ state: 'attached' });
  await page.waitForFunction(() => !document.querySelector('main .waiting, .plot-waiting'));
}

// Two fingers beside a point of the page, moved from `near` to `far` pixels of it.
export async function spread(page, [x, y], near, far) {
  const session = await page.context().newCDPSession(page);
  const touch = (type, r) => session.send('Input.dispatchTouchEvent', { type, touchPoints: r === null ? [] : [{ x: x - r, y, id: 1 }, { x: x + r, y, id: 2 }] });
  await touch('touchStart', near);
  for (let i = 1; i <= 5; i++) await touch('touchMove', near + ((far - near) * i) / 5);
  await touch('touchEnd', null);
}
