// SPDX-License-Identifier: Apache-2.0
// Without its server the page opens with what was last known, marked as such; what is acknowledged
// meanwhile is sent once when the server is back.
import assert from 'node:assert/strict';
import test from 'node:test';
import { PHONE, openBrowser, openPage } from '../support/browser.mjs';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const RULE = { deviceId: 'pump-1', sensorType: 'temperature', condition: 'greater_than', threshold: 30, severity: 'critical' };

async function alarmed(t) {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  await server.rest('POST', '/rules', RULE);
  await server.rest('PUT', '/dashboards/pinned', { schema: 1, title: 'Pinned', widgets: [{ type: 'value', at: [0, 0, 3, 3], series: ['pump-1/temperature'] }] });
  await publishReading(client, 'pump-1', 'temperature', 21.5);
  await publishReading(client, 'pump-1', 'temperature', 35);
  await until(async () => (await server.get('/alerts?state=open')).alerts.length === 1, 'the alert');
  return { server, client };
}

/** The worker keeps the shell, and what is shown is stored. */
async function settled(page) {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await until(() => page.evaluate(() => new Promise((resolve) => {
    dispatchEvent(new Event('pagehide'));
    const open = indexedDB.open('telltale', 1);
    open.onerror = () => resolve(false);
    open.onsuccess = () => {
      const names = [...open.result.objectStoreNames];
      if (!names.includes('snapshots')) { open.result.close(); resolve(false); return; }
      const get = open.result.transaction('snapshots').objectStore('snapshots').get('dashboard');
      get.onsuccess = () => { open.result.close(); resolve(get.result?.data?.alerts?.length === 1); };
    };
  })), 'the stored snapshot');
}

for (const [kind, options] of [['the desktop', {}], ['a phone', { viewport: PHONE, hasTouch: true, isMobile: true }]]) {
  test(`opened without its server on ${kind}, the page shows the last data as stale, and sends an acknowledgement once`, async (t) => {
    const { server } = await alarmed(t);
    const page = await openPage(await openBrowser(t), options);
    await page.goto(`${server.base}/`);
    await page.getByText('Live', { exact: true }).first().waitFor();
    await page.locator('.alert-row').first().waitFor();
    await page.getByRole('heading', { name: 'Pinned' }).waitFor();
    await settled(page);
    const { http, mqtt } = server;
    await server.kill();

    await page.reload();
    await page.locator('h1').getByText(/needed attention at/).waitFor();
    await page.getByText(/^Without the server: everything is as it was on/).waitFor();
    await page.getByRole('heading', { name: 'Pinned' }).waitFor();
    await page.locator('.tile').getByText(/stale/).first().waitFor();
    assert.equal(await page.locator('.tile.value-live').count(), 0, 'no value passes for live');
    await page.getByRole('button', { name: 'Acknowledge' }).first().click();
    if (!options.isMobile) await page.getByText('will be sent').first().waitFor();
    await page.reload();
    await page.locator('.alert-held').first().waitFor();

    const sent = [];
    page.on('request', (r) => { if (r.url().endsWith('/acknowledge')) sent.push(r.method()); });
    await server.start({ http, mqtt });
    await until(async () => (await server.get('/alerts?state=open')).alerts[0]?.acknowledged, 'the acknowledgement');
    await page.getByText('Live', { exact: true }).first().waitFor({ timeout: 20_000 });
    await page.reload();
    await page.getByText('Live', { exact: true }).first().waitFor();
    await page.locator('.alert-held').first().waitFor();
    assert.deepEqual(sent, ['POST']);
  });
}

test('what was acknowledged with a comment or snoozed offline is sent once by the next page, when this one was closed between; what was taken back is not', async (t) => {
  const { server, client } = await alarmed(t);
  await publishReading(client, 'pump-2', 'temperature', 20);
  await server.rest('POST', '/rules', { ...RULE, deviceId: 'pump-2' });
  await publishReading(client, 'pump-2', 'temperature', 36);
  await until(async () => (await server.get('/alerts?state=open')).alerts.length === 2, 'both alerts');
  const page = await openPage(await openBrowser(t));
  await page.goto(`${server.base}/alerts`);
  const row = (device) => page.locator('.open-row').filter({ has: page.getByRole('link', { name: device, exact: true }) });
  await row('pump-2').waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready);
  const { http, mqtt } = server;
  await server.kill();
  await page.getByText(/^Reconnecting|^Offline/).first().waitFor();
  await row('pump-1').getByRole('button', { name: 'Acknowledge with comment' }).click();
  await page.keyboard.type('seen in the tunnel');
  await page.keyboard.press('Enter');
  await row('pump-1').getByText('will be sent').waitFor();
  await row('pump-2').getByRole('button', { name: 'Acknowledge', exact: true }).click();
  await row('pump-2').getByRole('button', { name: 'Undo' }).click();
  await row('pump-2').getByText('nobody yet').waitFor();
  await row('pump-2').getByRole('button', { name: 'Snooze' }).click();
  await row('pump-2').getByRole('button', { name: '4 h' }).click();
  await row('pump-2').getByText(/^until .*, will be sent$/).waitFor();
  await row('pump-2').getByRole('button', { name: 'Wake now' }).click();
  await row('pump-2').getByText('nobody yet').waitFor();
  await row('pump-2').getByRole('button', { name: 'Snooze' }).click();
  await row('pump-2').getByRole('button', { name: '1 h', exact: true }).click();
  await row('pump-2').getByText(/^until .*, will be sent$/).waitFor();
  await page.close();
  await server.start({ http, mqtt });
  const next = await page.context().newPage();
  const sent = [];
  next.on('request', (r) => { if (/\/acknowledge$|\/silences\/./.test(r.url())) sent.push(r.method()); });
  await next.goto(`${server.base}/`);
  const of = async (device) => (await server.get('/alerts?state=open')).alerts.find((a) => a.deviceId === device);
  await until(async () => (await of('pump-1')).note === 'seen in the tunnel', 'the acknowledgement with its comment');
  await until(() => next.evaluate(() => localStorage.getItem('telltale.outbox') === '[]'), 'nothing to wait any more');
  await next.reload();
  await next.getByText('Live', { exact: true }).first().waitFor();
  await next.locator('.alert-held').first().waitFor();
  assert.deepEqual(sent.sort(), ['POST', 'PUT']);
  const snoozed = await of('pump-2');
  assert.deepEqual([snoozed.acknowledged, snoozed.muted, (await server.get('/silences')).silences.length], [false, 'silence', 1]);
  assert.ok(snoozed.mutedUntil - Date.now() < 3_600_000, 'it counts from the click');
});

test('a paused page stands still and catches up at once', async (t) => {
  const { server, client } = await alarmed(t);
  const page = await openPage(await openBrowser(t));
  await page.goto(`${server.base}/devices/pump-1`);
  const value = page.locator('.gauge-value .number').first();
  await until(async () => (await value.innerText()) === '35.0', 'the value');
  await page.getByRole('button', { name: 'Live' }).click();
  await page.getByRole('button', { name: /^Paused/ }).waitFor();
  await publishReading(client, 'pump-1', 'temperature', 36);
  await until(async () => (await server.get('/devices/pump-1')).sensors[0].value === 36, 'the reading in the server');
  await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
  assert.equal(await value.innerText(), '35.0');
  await page.getByRole('button', { name: /^Paused/ }).click();
  await until(async () => (await value.innerText()) === '36.0', 'the value after resuming');
  assert.deepEqual(page.problems, []);
});

test('the manifest and the worker are served as such, to be asked for again each time', async (t) => {
  const server = await startServer(t);
  for (const [path, type] of [['/sw.js', /^text\/javascript/], ['/telltale.webmanifest', /^application\/manifest\+json/], ['/icon-192.png', /^image\/png/]]) {
    const answer = await server.request('GET', path);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type'), type);
    assert.equal(answer.headers.get('cache-control'), 'no-cache');
    assert.match(answer.headers.get('content-security-policy'), /default-src 'self'/);
  }
  const manifest = JSON.parse((await server.request('GET', '/telltale.webmanifest')).text);
  assert.equal(manifest.display, 'standalone');
  for (const icon of manifest.icons) assert.equal((await server.request('GET', icon.src)).status, 200);
});
