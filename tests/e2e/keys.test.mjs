// SPDX-License-Identifier: Apache-2.0
// Keys and the palette: every key that is listed does what it says, can be another or none at all; the palette finds devices, sensors,
// alerts, dashboards, settings and commands; and what is announced is said once, criticals at once.
import assert from 'node:assert/strict';
import test from 'node:test';
import { DESKTOP, openBrowser, openPage } from '../support/browser.mjs';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

test('keys, palette and what is spoken', async (t) => {
  const browser = await openBrowser(t);
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  await server.rest('POST', '/rules', { name: 'Too hot', scope: { all: true }, when: { sensor: 'temperature', condition: 'greater_than', threshold: 30 }, severity: 'critical' });
  for (let i = 1; i <= 3; i++) await publishReading(client, `pump-${i}`, 'temperature', 21 + i);
  await publishReading(client, 'pump-1', 'temperature', 35);
  await server.rest('POST', '/dashboards', { schema: 1, title: 'Cold chain', variables: [], widgets: [] });
  const page = await openPage(browser, { viewport: DESKTOP });
  const path = () => new URL(page.url()).pathname;
  const at = (wanted) => until(() => path() === wanted, `the address ${wanted}, not ${path()}`);
  await page.goto(`${server.base}/`);
  await page.getByText('Live', { exact: true }).first().waitFor();

  await t.test('g and a letter go to every page', async () => {
    for (const [letter, address] of [['d', '/devices'], ['a', '/alerts'], ['m', '/map'], ['b', '/dashboards'], ['s', '/settings'], ['o', '/']]) {
      await page.keyboard.press('g');
      await page.keyboard.press(letter);
      await at(address);
    }
  });

  await t.test('theme, zone, wall, pause, search and the list of keys', async () => {
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    const first = await theme();
    await page.keyboard.press('\\');
    await until(async () => (await theme()) !== first, 'the other theme');
    await page.keyboard.press('w');
    await until(() => page.url().includes('wall=1'), 'the wall');
    await page.keyboard.press('w');
    await until(() => !page.url().includes('wall=1'), 'the page');
    await page.keyboard.press(' ');
    await page.getByRole('button', { name: /^Paused/ }).waitFor();
    await page.keyboard.press(' ');
    await page.getByRole('button', { name: 'Live' }).waitFor();
    await page.keyboard.press('/');
    await page.locator('.palette-field').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  await t.test('a range is typed, moved and zoomed, and live comes back', async () => {
    await page.goto(`${server.base}/devices/pump-1`);
    await page.locator('.range-now').waitFor();
    const range = () => page.locator('.range-now').innerText();
    await until(async () => (await range()) !== '', 'the range');
    const begin = await range();
    await page.keyboard.press('[');
    await until(async () => (await range()) !== begin, 'the time before');
    await page.keyboard.press('l');
    await until(async () => (await range()) === begin, 'live again');
    await page.keyboard.press('-');
    await until(async () => (await range()) !== begin, 'a longer range');
    await page.keyboard.press('t');
    await until(() => page.evaluate(() => document.activeElement.tagName === 'INPUT'), 'a field to type a range');
    await page.keyboard.press('Escape');
    await page.locator('h1').click();
    await page.keyboard.press('Escape');
    await at('/devices');
  });

  await t.test('e edits a dashboard', async () => {
    const { dashboards: [board] } = await server.get('/dashboards');
    await page.goto(`${server.base}/dashboards/${board.id}`);
    await page.getByRole('heading', { name: 'Cold chain' }).waitFor();
    await page.keyboard.press('e');
    await page.locator('.editor-bar').waitFor();
  });

  await t.test('the palette finds every kind, by keys alone, and remembers', async () => {
    await page.goto(`${server.base}/`);
    await page.getByText('Live', { exact: true }).first().waitFor();
    const find = async (words, option) => {
      await page.keyboard.press('Control+k');
      const field = page.locator('.palette-field');
      await field.fill(words);
      const found = page.locator('.palette').getByRole('option', { name: option }).first();
      await found.waitFor();
      for (let i = 0; i < 12 && (await found.getAttribute('aria-selected')) !== 'true'; i++) await page.keyboard.press('ArrowDown');
      assert.equal(await field.getAttribute('aria-activedescendant'), await found.getAttribute('id'));
      await page.keyboard.press('Enter');
    };
    await find('pump-2', /^device\s*pump-2/);
    await at('/devices/pump-2');
    await find('pump-3 temp', /sensor/);
    await at('/devices/pump-3');
    await find('pump-1 above', /alert/);
    await until(() => path().startsWith('/alerts/'), 'the alert');
    await find('cold chain', /dashboard/);
    await until(() => path().startsWith('/dashboards/'), 'the dashboard');
    await find('tokens', /Tokens/);
    await at('/settings/tokens');
    await find('keys', /Keys/);
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    assert.match(await page.locator('.palette [role=option]').first().innerText(), /Keys/, 'the last one stands first');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  await t.test('a key is changed, kept over a reload, and all are switched off', async () => {
    await page.goto(`${server.base}/`);
    await page.getByText('Live', { exact: true }).first().waitFor();
    await page.keyboard.press('?');
    await page.getByRole('button', { name: /^dark or light/ }).click();
    await page.locator('.key-change:focus').filter({ hasText: 'Press a key' }).waitFor();
    await page.keyboard.press('u');
    await page.getByText('u does something else already.').waitFor();
    await page.getByRole('button', { name: /^dark or light/ }).click();
    await page.locator('.key-change:focus').filter({ hasText: 'Press a key' }).waitFor();
    await page.keyboard.press('q');
    await page.getByRole('button', { name: 'dark or light: q, change' }).waitFor();
    await page.reload();
    await page.getByText('Live', { exact: true }).first().waitFor();
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    const first = await theme();
    await page.keyboard.press('q');
    await until(async () => (await theme()) !== first, 'the other theme');
    await page.keyboard.press('\\');
    await page.keyboard.press('?');
    await page.getByLabel('Single keys act').uncheck();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const second = await theme();
    await page.keyboard.press('q');
    await page.keyboard.press('/');
    await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
    assert.equal(await page.locator('.palette-field').count(), 0);
    assert.equal(await theme(), second);
  });

  await t.test('what was open before is no news; a new critical is said at once', async () => {
    await page.goto(`${server.base}/`);
    await page.getByText('Live', { exact: true }).first().waitFor();
    await page.locator('.alert-row').first().waitFor();
    const said = page.locator('.visually-hidden[role=alert]');
    assert.equal(await said.innerText(), '');
    await publishReading(client, 'pump-2', 'temperature', 36);
    await until(async () => /Critical: pump-2, 36/.test(await said.textContent()), 'the announcement');
  });

  assert.deepEqual(page.problems, []);
});
