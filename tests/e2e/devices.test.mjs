// SPDX-License-Identifier: Apache-2.0
// The device table in a real browser: ten thousand rows that scroll as few, a search that is its
// filters, an order that does not jump, and everything by keys alone.
import assert from 'node:assert/strict';
import test from 'node:test';
import { PHONE, openBrowser, openPage } from '../support/browser.mjs';
import { mqttClient } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const MANY = 10_000;

async function fleet(t, count) {
  const server = await startServer(t);
  const now = Date.now();
  for (let from = 0; from < count; from += 2000) {
    const lines = [];
    for (let i = from; i < Math.min(count, from + 2000); i++) lines.push(`m,device=unit-${i} temperature=${(i % 500) / 10} ${now}`);
    const answer = await server.request('POST', '/api/v1/write?precision=ms', lines.join('\n'), { 'content-type': 'text/plain' });
    assert.equal(answer.status, 204, answer.text);
  }
  await until(async () => (await server.get('/devices?limit=1')).total === count, 'all devices', 20_000);
  return server;
}

test('ten thousand devices are found, sorted and walked through by keys, with few rows in the page', async (t) => {
  const server = await fleet(t, MANY);
  const page = await openPage(await openBrowser(t));
  await page.goto(`${server.base}/devices`);
  await page.locator('h1').getByText(/10.000 devices/).waitFor({ timeout: 30_000 });
  const rows = page.locator('.grid-body > [role=row]');
  await rows.nth(5).waitFor();
  assert.ok(await rows.count() < 60, `${await rows.count()} rows`);
  const grid = page.getByRole('grid');
  await until(async () => (await grid.getAttribute('aria-rowcount')) === String(MANY + 1), 'the whole index', 30_000);

  await grid.focus();
  await page.keyboard.press('Control+End');
  await page.locator(`[aria-rowindex="${MANY + 1}"]`).waitFor();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('x');
  await page.getByText('1 selected').waitFor();
  await page.getByRole('button', { name: 'Select none' }).click();

  const search = page.getByRole('searchbox', { name: 'Search devices' });
  await search.fill('m.temperature:>49.8 ');
  await until(() => new URL(page.url()).searchParams.get('q') === 'm.temperature:>49.8', 'the filter in the address');
  await page.locator('h1').getByText(/20 of 10.000 devices/).waitFor();
  await page.getByRole('button', { name: /^Remove the filter/ }).waitFor();
  await search.fill('unit-999');
  await page.locator('h1').getByText(/^1 of/).or(page.locator('h1').getByText(/^2 of/)).waitFor();
  const copied = page.url();
  await page.goto(copied);
  await page.locator('.grid-body > [role=row]').first().getByText(/unit-.*999/).waitFor({ timeout: 30_000 });
  assert.deepEqual(page.problems, []);
});

test('a sort by a column stands in the address, and Enter opens the device, p its drawer', async (t) => {
  const server = await fleet(t, 40);
  const page = await openPage(await openBrowser(t));
  await page.goto(`${server.base}/devices?sort=-sensor:m.temperature`);
  const names = page.locator('.grid-body [role=row] .cell-name');
  await until(async () => (await names.count()) > 20, 'the rows');
  const first = page.locator('[aria-rowindex="2"] .cell-name');
  assert.match(await first.innerText(), /39/);
  await page.getByRole('columnheader', { name: /temperature/i }).first().getByRole('button').click();
  await until(async () => /unit-0$/.test(await first.innerText()), 'the other direction');
  assert.equal(new URL(page.url()).searchParams.get('sort'), 'sensor:m.temperature');
  await page.getByRole('grid').focus();
  await page.keyboard.press('p');
  const drawer = page.getByRole('dialog');
  await drawer.getByText('m.temperature').first().waitFor();
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'detached' });
  await page.getByRole('grid').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/devices\/unit-0$/);
  assert.deepEqual(page.problems, []);
});

test('chosen devices are compared in one chart, and more series are added', async (t) => {
  const server = await fleet(t, 3);
  const page = await openPage(await openBrowser(t));
  await page.goto(`${server.base}/devices`);
  for (const i of [0, 1]) await page.getByRole('checkbox', { name: `Select unit-${i}` }).check();
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.waitForURL(/\/compare\?/);
  await page.locator('.plot canvas').waitFor();
  assert.equal(await page.locator('.legend tbody tr').count(), 2);
  await page.getByLabel('Device').selectOption({ label: 'unit-2' });
  await page.getByLabel('Sensor').selectOption({ index: 1 });
  await until(async () => (await page.locator('.legend tbody tr').count()) === 3, 'the third line');
  assert.deepEqual(page.problems, []);
});

test('on a phone devices are cards, and a filter is a touch away', async (t) => {
  const server = await fleet(t, 30);
  const page = await openPage(await openBrowser(t), { viewport: PHONE, hasTouch: true, isMobile: true });
  await page.goto(`${server.base}/devices`);
  await page.locator('.device-card').nth(5).waitFor();
  await page.getByRole('button', { name: /^offline/ }).tap();
  await page.getByText(/No device matches/).waitFor();
  await page.getByRole('button', { name: 'Show all' }).tap();
  await page.locator('.device-card').first().tap();
  await page.waitForURL(/\/devices\/unit-/);
  assert.deepEqual(page.problems, []);
});

test('the first message of a device turns the waiting tile into its own', async (t) => {
  const server = await startServer(t);
  const page = await openPage(await openBrowser(t));
  await page.goto(`${server.base}/`);
  await page.getByText('Waiting for the first message').waitFor();
  const line = await page.locator('.copy-box').getByText(/mosquitto_pub/).first().innerText();
  assert.match(line, new RegExp(`-p ${server.mqtt}`));
  const client = await mqttClient(t, server.mqtt);
  await page.goto(`${server.base}/start`);
  await page.getByText('Waiting for the first message').waitFor();
  await client.publishAsync('sensors/my-device/temperature', '22.5', { qos: 1 });
  await page.getByText('It has arrived').waitFor();
  await page.locator('.tile').locator('.number').getByText('22.5').waitFor();
  assert.deepEqual(page.problems, []);
});

test('of a fleet beyond what a page holds the server filters and sorts for the same table', async (t) => {
  const server = await startServer(t);
  const n = 2500;
  const rows = Array.from({ length: n }, (_, i) => `temp,device=m-${String(i).padStart(5, '0')} v=${(i * 7919) % n}`);
  assert.equal((await fetch(`${server.base}/api/v1/write?precision=ms`, { method: 'POST', body: rows.join('\n') })).status, 204);
  const page = await openPage(await openBrowser(t), { viewport: { width: 1440, height: 900 } });
  // A phone with half a gigabyte: its page holds 2,000 devices.
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'deviceMemory', { get: () => 0.5 }));
  await page.goto(`${server.base}/devices?sort=-sensor:temp.v`);
  await page.getByText('The server searches and sorts all of them').waitFor();
  const first = page.locator('[aria-rowindex="2"]');
  // The hottest of all, whichever devices this page happens to hold.
  const hottest = Array.from({ length: n }, (_, i) => i).find((i) => (i * 7919) % n === n - 1);
  await first.getByText(`m-${String(hottest).padStart(5, '0')}`).waitFor();
  const grid = page.getByRole('grid');
  assert.equal(await grid.getAttribute('aria-rowcount'), String(n + 1));
  await grid.focus();
  await page.keyboard.press('End');
  await page.locator(`[aria-rowindex="${n + 1}"]`).getByText('m-00000').waitFor();
  await page.getByRole('searchbox').fill(`temp.v:>=${n - 300}`);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /^300 / }).waitFor();
  await grid.focus();
  await page.keyboard.press('Home');
  await first.getByText(`m-${String(hottest).padStart(5, '0')}`).waitFor();
  assert.deepEqual(page.problems, []);
});
