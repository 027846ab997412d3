// SPDX-License-Identifier: Apache-2.0
// The page in a real browser: a device publishes, the value moves, the alert appears, and its
// acknowledgement sticks.
import assert from 'node:assert/strict';
import test from 'node:test';
import { PHONE, openBrowser, openPage } from '../support/browser.mjs';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const RULE = { deviceId: 'pump-1', sensorType: 'temperature', condition: 'greater_than', threshold: 30, severity: 'critical' };

async function setup(t, options) {
  const server = await startServer(t, options);
  const client = await mqttClient(t, server.mqtt);
  const browser = await openBrowser(t);
  return { server, client, browser };
}

test('a value moves, an alert appears, its acknowledgement sticks after a reload', async (t) => {
  const { server, client, browser } = await setup(t);
  await server.rest('POST', '/rules', RULE);
  await publishReading(client, 'pump-1', 'temperature', 21.5);
  const page = await openPage(browser);
  await page.goto(`${server.base}/`);
  await page.goto(`${server.base}/devices/pump-1`);
  const values = page.locator('.gauges');
  await values.getByText('21.5').first().waitFor();
  await publishReading(client, 'pump-1', 'temperature', 27.5);
  await values.getByText('27.5').first().waitFor();

  await page.goto(`${server.base}/`);
  await page.getByRole('heading', { name: 'Overview' }).or(page.locator('h1')).first().waitFor();
  assert.equal(await page.getByRole('button', { name: 'Acknowledge' }).count(), 0);
  await publishReading(client, 'pump-1', 'temperature', 35);
  const acknowledge = page.getByRole('button', { name: 'Acknowledge' });
  await acknowledge.first().waitFor();
  await acknowledge.first().click();
  await until(async () => (await server.get('/alerts?state=open')).alerts[0]?.acknowledged, 'the acknowledgement');
  await until(async () => (await acknowledge.count()) === 0, 'the button to go');
  await page.reload();
  await page.locator('.alert-row').first().waitFor();
  assert.equal(await acknowledge.count(), 0, 'still acknowledged after a reload');
  await publishReading(client, 'pump-1', 'temperature', 20);
  await until(async () => (await page.locator('.alert-row').count()) === 0, 'the resolved alert to go');
  assert.deepEqual(page.problems, []);
});

test('hostile names are shown as text', async (t) => {
  const { server, client, browser } = await setup(t);
  const id = '<img src=x onerror=alert(1)>';
  const send = (body) => client.publishAsync('t', JSON.stringify(body), { qos: 1 });
  await send({ deviceId: id, sensorType: '"><script>alert(2)</script>', value: 41.5 });
  await send({ deviceId: '../../x', sensorType: '../y', value: 1 });
  await server.rest('POST', '/rules', { ...RULE, deviceId: id, sensorType: '"><script>alert(2)</script>' });
  const page = await openPage(browser);
  for (const path of ['/', '/devices', '/alerts', '/map', `/devices/${encodeURIComponent(id)}`, `/devices/${encodeURIComponent('../../x')}`]) {
    await page.goto(`${server.base}${path}`);
    await page.locator('main').waitFor();
  }
  await page.goto(`${server.base}/devices`);
  await page.getByText(id).first().click();
  await page.locator('.gauges').getByText('41.5').first().waitFor();
  assert.equal(await page.locator('img[src="x"]').count(), 0);
  assert.deepEqual(page.problems, []);
});

test('after a crash every value is stale within 3 s, and after the restart the gap is filled', async (t) => {
  const { server, client, browser } = await setup(t);
  await publishReading(client, 'pump-1', 'temperature', 21.5);
  const page = await openPage(browser);
  await page.goto(`${server.base}/devices/pump-1`);
  await page.locator('.gauges').getByText('21.5').first().waitFor();
  await publishReading(client, 'pump-1', 'temperature', 22.5);
  await page.locator('.gauges').getByText('22.5').first().waitFor();
  const { http, mqtt } = server;
  await server.kill();
  const killed = Date.now();
  await page.locator('.gauges').getByText(/stale/).first().waitFor();
  assert.ok(Date.now() - killed < 3500, `stale after ${Date.now() - killed} ms`);
  await server.start({ http, mqtt });
  const again = await mqttClient(t, server.mqtt);
  await publishReading(again, 'pump-1', 'temperature', 23.5);
  await page.locator('.gauges').getByText('23.5').first().waitFor({ timeout: 20_000 });
  await until(async () => (await page.locator('.gauges').getByText(/stale/).count()) === 0, 'nothing to be stale');
});

test('every page is clean on a phone: no error, nothing wider than the screen', async (t) => {
  const { server, client, browser } = await setup(t);
  await server.rest('POST', '/rules', RULE);
  for (let i = 1; i <= 12; i++) await publishReading(client, `pump-${i}`, 'temperature', 20 + i * 2);
  await server.rest('PATCH', '/devices/pump-1', { name: 'A pump with a name that is long enough to wrap', location: { lat: 48.2, lng: 16.4 } });
  const page = await openPage(browser, { viewport: PHONE, hasTouch: true, isMobile: true });
  for (const path of ['/', '/devices', '/devices/pump-1', '/alerts', '/map']) {
    await page.goto(`${server.base}${path}`, { waitUntil: 'load' });
    await page.locator('main h1').first().waitFor({ state: 'attached' });
    await page.getByText('Live', { exact: true }).first().waitFor({ state: 'attached' });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= PHONE.width, `${path} is ${wide} px wide`);
  }
  assert.deepEqual(page.problems, []);
});

test('the charts of a device come in one request for binary columns, its gauges in another, and show what only they hold', async (t) => {
  const { server, client, browser } = await setup(t);
  const now = Date.now();
  for (const sensor of ['flow', 'pressure', 'temperature']) {
    for (let i = 5; i > 0; i--) await publishReading(client, 'pump-1', sensor, 20 + i, now - i * 1000);
  }
  const page = await openPage(browser);
  await page.goto(`${server.base}/devices`);
  const asked = [];
  page.on('response', (r) => {
    if (/\/(history|samples)\?/.test(r.url()) && !/json/.test(r.headers()['content-type'])) asked.push([new URL(r.url()).searchParams.getAll('sensor').length, r.status(), r.headers()['content-type']]);
  });
  await page.getByText('pump-1').first().click();
  await page.locator('.charts canvas').nth(2).waitFor();
  await page.locator('.charts').getByText(/\b25\b/).first().waitFor();
  // The table asked for the line of its one row.
  assert.deepEqual(asked.filter(([sensors]) => sensors > 1), Array(2).fill([3, 200, 'application/vnd.telltale.columns']));
  assert.deepEqual(page.problems, []);
});
