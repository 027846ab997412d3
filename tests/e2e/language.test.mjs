// SPDX-License-Identifier: Apache-2.0
// The page speaks the browser's language or the chosen one, in the chosen zone and theme, and keeps
// the choice; a wall has no navigation; the palette goes everywhere by keys.
import assert from 'node:assert/strict';
import test from 'node:test';
import { openBrowser, openPage } from '../support/browser.mjs';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

async function one(t, options) {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  await publishReading(client, 'pump-1', 'temperature', 1234.5);
  const page = await openPage(await openBrowser(t), options);
  return { server, page };
}

test('a German browser gets German words and numbers, and English when it is chosen', async (t) => {
  const { server, page } = await one(t, { locale: 'de-DE' });
  await page.goto(`${server.base}/`);
  await page.getByRole('heading', { name: 'Dem Gerät geht es gut' }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
  await page.locator('.tile').getByText('1.234,5').first().waitFor();
  await page.goto(`${server.base}/settings`);
  await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
  await page.getByRole('button', { name: 'English' }).first().click();
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  await page.goto(`${server.base}/`);
  await page.getByRole('heading', { name: 'The device is well' }).waitFor();
  assert.deepEqual(page.problems, []);
});

test('the zone of the clock is the zone of every time, and stays chosen', async (t) => {
  const { server, page } = await one(t, { timezoneId: 'Asia/Kolkata' });
  await page.goto(`${server.base}/devices/pump-1`);
  await page.locator('.plot canvas').first().waitFor();
  const clock = page.locator('.clock-button');
  await until(async () => /GMT\+5:30|IST/.test(await clock.innerText()), 'the local zone');
  await page.locator('.plot').first().focus();
  await page.keyboard.press('Escape');
  await clock.click();
  await page.getByRole('button', { name: 'UTC', exact: true }).click();
  await until(async () => /UTC/.test(await clock.innerText()), 'UTC');
  await page.locator('.plot-zone').first().getByText('UTC').waitFor();
  await page.reload();
  await until(async () => /UTC/.test(await clock.innerText()), 'UTC after a reload');
  assert.deepEqual(page.problems, []);
});

test('by keys: the palette opens a device, g and a letter a page, a backslash the other theme, w the wall', async (t) => {
  const { server, page } = await one(t, { colorScheme: 'light' });
  await page.goto(`${server.base}/`);
  await page.locator('.tile').first().waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').waitFor();
  await page.keyboard.type('pump');
  await page.getByRole('option').first().getByText('pump-1').first().waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/devices\/pump-1$/);
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await page.waitForURL(/\/alerts$/);
  await page.keyboard.press('\\');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).color), 'rgb(232, 237, 242)');
  await page.goto(`${server.base}/`);
  await page.locator('.tile').first().waitFor();
  await page.keyboard.press('w');
  await until(async () => (await page.locator('nav').count()) === 0, 'no navigation');
  // The wall is a chunk of its own.
  await until(async () => await page.evaluate(() => Number(getComputedStyle(document.querySelector('.shell-wall')).zoom)) > 1.3, 'the wall to be enlarged');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  assert.deepEqual(page.problems, []);
});
