// SPDX-License-Identifier: Apache-2.0
// Dashboards on a wall and under change: what fills a screen, goes round, and says when nothing comes; what a phone
// shows in which order; what a dashboard was before.
import assert from 'node:assert/strict';
import test from 'node:test';
import { DESKTOP, PHONE, openBrowser, openPage } from '../support/browser.mjs';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const WALL = { width: 1920, height: 1080 };
const board = (title, widgets) => ({ schema: 1, title, variables: [], widgets });
const dial = { type: 'gauge', at: [0, 0, 6, 6], series: ['cold-1/temperature'], shape: 'radial' };

async function withDevice(t) {
  const server = await startServer(t);
  const publisher = await mqttClient(t, server.mqtt);
  await publishReading(publisher, 'cold-1', 'temperature', 4);
  return { server, publisher };
}

test('a wall fills the screen without navigation, its type fits the distance, and it goes round but not away from a critical alert', async (t) => {
  const { server, publisher } = await withDevice(t);
  await server.rest('PUT', '/dashboards/a', board('First', [dial, { type: 'counts', at: [6, 0, 6, 12] }]));
  await server.rest('PUT', '/dashboards/b', board('Second', [{ type: 'clock', at: [0, 0, 3, 2] }]));
  const page = await openPage(await openBrowser(t), { viewport: WALL });
  await page.goto(`${server.base}/dashboards/a?wall=1&rotate=5`);
  await page.getByRole('meter').waitFor();
  await page.getByText('All 1 devices are well').or(page.getByText('is well')).or(page.getByText('are well')).first().waitFor();
  assert.equal(await page.locator('nav').count(), 0);
  const high = (selector) => page.locator(selector).first().evaluate((e) => e.getBoundingClientRect().height);
  assert.ok(await page.locator('.board-gauge-head b').evaluate((e) => Number.parseFloat(getComputedStyle(e).fontSize) * Number(getComputedStyle(document.querySelector('.shell-wall')).zoom)) >= 43);
  assert.equal(await page.locator('.board-grid').evaluate((e) => getComputedStyle(e).gridTemplateColumns.split(' ').length), 16);
  assert.equal(await page.locator('[data-widget=w2]').evaluate((e) => e.style.gridColumn), '9 / span 8');
  const small = await page.locator('.shell-wall').evaluate((wall) => {
    const zoom = Number(getComputedStyle(wall).zoom);
    const walk = document.createTreeWalker(wall, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walk.nextNode()) {
      const parent = walk.currentNode.parentElement;
      if (walk.currentNode.data.trim() === '' || parent.closest('.visually-hidden') || parent.getClientRects().length === 0) continue;
      const svg = parent.ownerSVGElement;
      const scale = svg ? svg.getScreenCTM().a : zoom;
      const px = Number.parseFloat(getComputedStyle(parent).fontSize) * scale;
      if (px < 19.5) found.push(`${walk.currentNode.data} ${px}`);
    }
    return found;
  });
  assert.deepEqual(small, [], 'no caption below 20 px');
  const grid = await high('.board-grid');
  assert.ok(grid > 850 && grid < 1080, `${grid} px high`);
  assert.ok(await page.evaluate(() => document.documentElement.scrollHeight) <= 1090);
  await page.waitForURL(/dashboards\/b\?wall=1&rotate=5$/);
  await page.waitForURL(/dashboards\/a\?wall=1&rotate=5$/);
  const entries = await page.evaluate(() => history.length);
  await server.rest('POST', '/rules', { deviceId: 'cold-1', sensorType: 'temperature', condition: 'greater_than', threshold: 8, severity: 'critical' });
  await page.waitForURL(/dashboards\/b\?wall=1&rotate=5$/);
  await publishReading(publisher, 'cold-1', 'temperature', 9);
  await page.getByText('1 device needs attention').waitFor();
  await page.waitForURL(/dashboards\/a\?wall=1&rotate=5$/);
  const stood = page.url();
  const since = Date.now();
  await until(async () => Date.now() - since > 6000, 'longer than a step', 9000);
  assert.equal(page.url(), stood, 'it stays while nobody has acknowledged');
  assert.equal(await page.evaluate(() => history.length), entries);
  await until(async () => page.evaluate(() => document.documentElement.classList.contains('idle')), 'the pointer to go');
  await server.stop();
  await page.getByText(/^Connection lost \d\d:\d\d$/).waitFor();
});

test('a wall keeps the screen awake, hides the pointer, and moves its picture against burn-in', async (t) => {
  const { server } = await withDevice(t);
  await server.rest('PUT', '/dashboards/a', board('First', [{ type: 'clock', at: [0, 0, 3, 2] }]));
  const page = await openPage(await openBrowser(t), { viewport: WALL });
  await page.addInitScript(() => {
    window.locks = [];
    Object.defineProperty(navigator, 'wakeLock', { value: { request: async (kind) => { window.locks.push(kind); } } });
  });
  await page.clock.install();
  await page.goto(`${server.base}/dashboards/a?wall=1`);
  await page.locator('.widget-clock').waitFor();
  await until(async () => page.evaluate(() => window.locks.join() === 'screen'), 'the lock to be asked for');
  const idle = () => page.evaluate(() => document.documentElement.classList.contains('idle'));
  await page.mouse.move(300, 300);
  assert.equal(await idle(), false);
  await page.clock.runFor(5100);
  assert.equal(await idle(), true);
  const shift = () => page.locator('.page').evaluate((e) => { const [is, from] = [e, e.parentElement].map((one) => one.getBoundingClientRect()); return [is.x - from.x, is.y - from.y].map((v) => Math.round(v * 10) / 10).join(); });
  const seen = [await shift()];
  for (let n = 0; n < 3; n++) {
    await page.clock.fastForward(600_000);
    await until(async () => await shift() !== seen.at(-1), 'the picture to move');
    seen.push(await shift());
  }
  for (const [i, one] of seen.slice(1).entries()) {
    const [was, is] = [seen[i], one].map((m) => m.split(',').map(Number));
    for (const k of [0, 1]) assert.ok(Math.abs(is[k] - was[k]) <= 2.1, `${seen[i]} to ${one}`);
  }
  assert.deepEqual(page.problems, []);
});

test('an earlier version is looked at, restored, undone and kept; a phone has its own order', async (t) => {
  const { server } = await withDevice(t);
  await server.rest('PUT', '/dashboards/d', board('As it was', [dial, { type: 'clock', at: [6, 0, 3, 2] }, { type: 'text', at: [9, 0, 3, 2], text: 'hello' }]));
  await server.rest('PUT', '/dashboards/d', board('As it is', []));
  const browser = await openBrowser(t);
  const page = await openPage(browser, { viewport: DESKTOP });
  await page.goto(`${server.base}/dashboards/d?edit=1`);
  await page.getByRole('button', { name: 'Earlier versions' }).click();
  await page.getByRole('dialog').getByText('As it was').waitFor();
  await page.getByRole('button', { name: 'Restore: Version 1 by local' }).click();
  assert.equal(await page.getByLabel('Name').inputValue(), 'As it was');
  await page.getByRole('button', { name: 'Undo' }).click();
  assert.equal(await page.getByLabel('Name').inputValue(), 'As it is');
  await page.getByRole('button', { name: 'Redo' }).click();
  await page.locator('[data-widget=w3]').focus();
  await page.getByRole('button', { name: 'Earlier on a phone' }).click();
  await page.getByRole('button', { name: 'Earlier on a phone' }).click();
  await page.keyboard.press('Control+s');
  await until(async () => (await server.get('/dashboards/d')).title === 'As it was', 'the restored version to be kept');
  assert.deepEqual((await server.get('/dashboards/d')).widgets.map((w) => [w.type, w.order]), [['gauge', 1], ['clock', 2], ['text', 0]]);

  const phone = await openPage(browser, { viewport: PHONE, hasTouch: true, isMobile: true });
  await phone.goto(`${server.base}/dashboards/d`);
  await phone.getByRole('meter').waitFor();
  assert.deepEqual(await phone.locator('.widget').evaluateAll((all) => all.map((e) => e.dataset.widget)), ['w3', 'w1', 'w2']);
  await phone.getByRole('button', { name: 'Edit' }).tap();
  const grip = phone.locator('[data-widget=w2] .widget-grip');
  await grip.tap();
  await phone.getByRole('spinbutton', { name: 'Row' }).fill('9');
  await phone.getByRole('spinbutton', { name: 'Row' }).press('Enter');
  await phone.getByRole('button', { name: 'Save' }).tap();
  await until(async () => (await server.get('/dashboards/d')).version === 4, 'the phone\'s change to be kept');
  assert.deepEqual([...page.problems, ...phone.problems], []);
});

test('a picture is kept with the dashboard, and a dashboard that was deleted meanwhile is not lost', async (t) => {
  const { server } = await withDevice(t);
  await server.rest('PUT', '/dashboards/d', board('Plan', [{ type: 'image', at: [0, 0, 4, 6] }]));
  const page = await openPage(await openBrowser(t), { viewport: DESKTOP });
  await page.goto(`${server.base}/dashboards/d?edit=1`);
  await page.locator('[data-widget=w1]').focus();
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  await page.getByLabel('From a file').setInputFiles({ name: 'hall.png', mimeType: 'image/png', buffer: png });
  await page.locator('img.widget-picture').waitFor();
  await page.getByLabel('From a file').setInputFiles({ name: 'odd.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
  await page.getByText('This file is no picture that this browser can read.').waitFor();
  await server.request('DELETE', '/api/v1/dashboards/d');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Somebody deleted this dashboard meanwhile.').waitFor();
  await page.getByRole('button', { name: 'Keep mine' }).click();
  await until(async () => (await server.get('/dashboards/d')).widgets[0].plan?.length > 0, 'it to be there again');
  assert.deepEqual(page.problems.filter((p) => !/status of 40[49]/.test(p)), []);
});
