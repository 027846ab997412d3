// SPDX-License-Identifier: Apache-2.0
// axe-core finds nothing on any page, in the dark and the light theme, on a desktop and a phone; nor on
// what lies over a page, nor while the server is gone. Every theme and every state: tests/axe.
import assert from 'node:assert/strict';
import test from 'node:test';
import { violations } from '../support/axe.mjs';
import { DESKTOP, PHONE, openBrowser, openPage } from '../support/browser.mjs';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const PAGES = ['/', '/devices', '/devices/pump-1', '/devices/pump-1?tab=messages', '/devices/pump-1?tab=details', '/alerts', '/map', '/topics', '/start', '/dashboards',
  '/settings', '/settings/tokens', '/settings/credentials', '/settings/ingest', '/settings/storage', '/settings/health', '/compare?s=pump-1/temperature,pump-2/temperature', '/no-such-page'];

async function filled(t) {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  await server.rest('POST', '/rules', { scope: { all: true }, when: { sensor: 'temperature', condition: 'greater_than', threshold: 24 }, severity: 'critical' });
  for (let i = 1; i <= 4; i++) await publishReading(client, `pump-${i}`, 'temperature', 20 + i * 2);
  await until(async () => (await server.get('/alerts?state=open')).alerts.length === 2, 'two alerts');
  await server.rest('PATCH', '/devices/pump-1', { name: 'Pump 1', place: 'Hall', model: 'P 3', tags: ['hall'], location: { lat: 48.2, lng: 16.4 } });
  return server;
}

async function open(page, base, path) {
  await page.goto(`${base}${path}`);
  await page.locator('main h1').first().waitFor({ state: 'attached' });
  await page.getByText('Live', { exact: true }).first().waitFor({ state: 'attached' });
}

test('every page is accessible, in the dark and the light theme', async (t) => {
  const server = await filled(t);
  const page = await openPage(await openBrowser(t), { viewport: DESKTOP, colorScheme: 'dark', reducedMotion: 'reduce' });
  const bad = [];
  for (const path of PAGES) {
    await page.emulateMedia({ colorScheme: 'dark' });
    await open(page, server.base, path);
    for (const v of await violations(page)) bad.push(`dark ${path}: ${v}`);
    // Only colours differ.
    await page.emulateMedia({ colorScheme: 'light' });
    for (const v of await violations(page, ['color-contrast'])) bad.push(`light ${path}: ${v}`);
  }
  assert.deepEqual(bad, []);
});

test('every page is accessible on a phone, and so is what lies over it', async (t) => {
  const server = await filled(t);
  const page = await openPage(await openBrowser(t), { viewport: PHONE, hasTouch: true, isMobile: true, colorScheme: 'light' });
  const bad = [];
  for (const path of ['/', '/devices', '/alerts', '/map', '/settings/health']) {
    await open(page, server.base, path);
    for (const v of await violations(page)) bad.push(`${path}: ${v}`);
  }
  assert.deepEqual(bad, []);
  await page.goto(`${server.base}/devices/pump-1`);
  await page.locator('.plot canvas').first().waitFor();
  for (const act of [
    () => page.getByRole('button', { name: 'More', exact: true }).tap(),
    () => page.getByRole('button', { name: 'Search and commands' }).tap(),
    () => page.getByRole('button', { name: /^Events in this range/ }).tap(),
  ]) {
    await act();
    await page.locator('dialog[open]').waitFor();
    await page.locator('dialog[open] :is(h2, [role=combobox])').first().waitFor();
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
  }
});

test('the page stays accessible while its server is gone', async (t) => {
  const server = await filled(t);
  const page = await openPage(await openBrowser(t), { viewport: DESKTOP, colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.goto(`${server.base}/`);
  await page.locator('.tile').first().waitFor();
  await server.kill();
  await page.locator('.stream-reconnecting').waitFor();
  await until(async () => (await page.locator('.tile.value-live').count()) === 0, 'every value to be stale');
  assert.deepEqual(await violations(page), []);
});
