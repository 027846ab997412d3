// SPDX-License-Identifier: Apache-2.0
// The everyday pages in a real browser: what an overview says once all is over, what a device says of
// its switches and why it is in trouble, the window before, what comes out of a printer, what a click
// that failed says, and a login that ends over a page.
import assert from 'node:assert/strict';
import test from 'node:test';
import { openBrowser, openPage } from '../support/browser.mjs';
import { mqttClient } from '../support/clients.mjs';
import { command, startServer, temporaryFolder } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const MINUTE = 60_000;

// A cold store with a door and two hours behind it: warm since the door was opened.
async function coldStore(t) {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  const now = Date.now();
  const send = (sensor, value, at) => client.publishAsync(`sensors/store-1/${sensor}`, JSON.stringify({ value, timestamp: at, ...(sensor === 'temperature' ? { unit: '°C' } : {}) }), { qos: 1 });
  for (let k = 120; k > 0; k--) {
    await send('temperature', k > 60 ? -22 : k > 10 ? -16 : -11, now - k * MINUTE);
    await send('door', k <= 12, now - k * MINUTE);
  }
  await server.rest('POST', '/rules', { name: 'High temperature', scope: { device: 'store-1' }, severity: 'critical', when: { sensor: 'temperature', condition: 'greater_than', threshold: -14, hysteresis: 1 } });
  await send('temperature', -10.5, Date.now());
  await send('door', true, Date.now());
  await until(async () => (await server.get('/alerts?state=open')).alerts.length === 1, 'the alert');
  return { server, send };
}

test('a device says what probably led to its alert, its switch in words, its limit by the rule\'s name, and the window before', async (t) => {
  const { server } = await coldStore(t);
  const page = await openPage(await openBrowser(t));
  await page.goto(`${server.base}/devices/store-1`);
  await page.locator('.banner').getByText(/Door has been open for \d+/).waitFor();
  await page.locator('.banner').getByRole('button', { name: 'Snooze' }).waitFor();
  await page.locator('.gauges').getByText('open', { exact: true }).waitFor();
  await page.getByRole('img', { name: 'door, the last hour; open now' }).waitFor();
  await page.locator('.bar').getByRole('button', { name: /^Range/ }).click();
  await page.getByLabel('Compare with the time before').check();
  await page.locator('.chart-card').first().getByText(/in grey the 1.h before/).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('before'), '1');
  await until(async () => page.evaluate(async () => {
    const wanted = getComputedStyle(document.documentElement).getPropertyValue('--text3').trim();
    const [r, g, b] = [1, 3, 5].map((i) => parseInt(wanted.slice(i, i + 2), 16));
    const canvas = document.querySelector('.chart-card canvas');
    const { data } = canvas.getContext('2d').getImageData(canvas.width * 0.3, canvas.height * 0.2, canvas.width * 0.4, canvas.height * 0.75);
    let found = 0;
    for (let i = 0; i < data.length; i += 4) if (Math.abs(data[i] - r) < 4 && Math.abs(data[i + 1] - g) < 4 && Math.abs(data[i + 2] - b) < 4) found++;
    return found > 100 ? true : null;
  }), 'a grey line in the chart');
  assert.deepEqual(page.problems, []);
});

test('what people say of a device is changed on its page, and a pinned value is ordered and removed', async (t) => {
  const { server } = await coldStore(t);
  const page = await openPage(await openBrowser(t));
  await page.goto(`${server.base}/devices/store-1?tab=details`);
  await page.getByLabel('Name').fill('Cold store 1');
  await page.getByLabel('Latitude').fill('53.5');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/A position is a latitude/).waitFor();
  await page.getByLabel('Longitude').fill('10');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  const { location, name } = await server.get('/devices/store-1');
  assert.deepEqual([name, location.lat, location.lng], ['Cold store 1', 53.5, 10]);

  await page.goto(`${server.base}/`);
  await page.getByRole('button', { name: 'Edit' }).click();
  const drawer = page.getByRole('dialog');
  await drawer.getByLabel('Pin a value of…').selectOption('store-1');
  await drawer.getByLabel('Sensor').selectOption('temperature');
  await drawer.getByLabel('Sensor').selectOption('door');
  await drawer.getByRole('button', { name: 'Move Cold store 1 door up' }).click();
  await page.keyboard.press('Escape');
  await until(async () => (await page.locator('.tile-head').allInnerTexts()).join() === 'Cold store 1 door,Cold store 1 temperature', 'the order');
  assert.deepEqual(page.problems, []);
});

test('when all is over the overview says what was, and since when nothing is open', async (t) => {
  const { server, send } = await coldStore(t);
  const page = await openPage(await openBrowser(t));
  await page.goto(`${server.base}/`);
  await page.locator('.alert-row').first().waitFor();
  await send('temperature', -20, Date.now());
  await page.getByRole('heading', { name: 'No open alerts' }).waitFor();
  await page.locator('.resolved-row').getByText(/was .* for/).waitFor();
  await page.getByText(/Nothing has been open since/).waitFor();
  await page.getByText(/1 alert in 24/).waitFor();
  assert.deepEqual(page.problems, []);
});

test('on paper a page has a head and no bars, its charts the width of the sheet, and a table all its rows', async (t) => {
  const { server } = await coldStore(t);
  const rows = Array.from({ length: 60 }, (_, i) => `m,device=unit-${i} level=${i} ${Date.now()}`).join('\n');
  await server.request('POST', '/api/v1/write?precision=ms', rows, { 'content-type': 'text/plain' });
  const page = await openPage(await openBrowser(t), { colorScheme: 'dark' });
  await page.goto(`${server.base}/devices/store-1`);
  await page.locator('.chart-card canvas').first().waitFor();
  // The style of paper comes a little later than the page; with it the rest is there too.
  await until(async () => page.evaluate(() => [...document.styleSheets].some((s) => /print-/.test(s.href ?? '')) || null), 'the style of paper');
  const before = () => page.evaluate(() => { dispatchEvent(new Event('beforeprint')); });
  await until(async () => { await before(); return (await page.locator('.print-head').count()) > 0 || null; }, 'the head');
  await page.emulateMedia({ media: 'print' });
  assert.match(await page.locator('.print-head').first().innerText(), /Telltale · store-1[\s\S]*Last 1.h · UTC · printed/);
  assert.equal(await page.locator('.bar').isVisible(), false);
  assert.equal(await page.evaluate(() => document.querySelector('.chart-card canvas').style.width), '680px');
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--text').trim()), '#141a21');
  await page.evaluate(() => { dispatchEvent(new Event('afterprint')); });
  await page.emulateMedia({ media: 'screen' });
  assert.equal(await page.locator('.print-head').count(), 0);
  assert.notEqual(await page.evaluate(() => document.querySelector('.chart-card canvas').style.width), '680px');

  await page.getByRole('link', { name: 'Devices' }).first().click();
  await page.locator('h1').getByText(/61 devices/).waitFor();
  await before();
  assert.equal(await page.locator('.print-table tbody tr').count(), 61, 'all rows, though few are in the page');
  assert.deepEqual(page.problems, []);
});

test('a click that the server can not answer says so, and says it no more once it was read', async (t) => {
  const { server } = await coldStore(t);
  const page = await openPage(await openBrowser(t));
  await page.goto(`${server.base}/devices/store-1`);
  await page.locator('.chart-card canvas').first().waitFor();
  await page.getByRole('button', { name: 'More about temperature' }).click();
  await page.getByRole('button', { name: 'Save all readings (CSV)' }).waitFor();
  await server.kill();
  await page.getByRole('button', { name: 'Save all readings (CSV)' }).click();
  const told = page.locator('.told');
  await told.getByText('Not done: the server did not answer').waitFor();
  await told.getByRole('button', { name: 'Close' }).click();
  await until(async () => (await told.count()) === 0 || null, 'what was read to go');
});

test('one failed card says so with an id, comes back when asked, and takes nothing else with it', async (t) => {
  const { server } = await coldStore(t);
  const page = await openPage(await openBrowser(t));
  await page.addInitScript(() => {
    const { getContext } = HTMLCanvasElement.prototype;
    HTMLCanvasElement.prototype.getContext = function broken(...args) {
      if (this.className === 'squares' && !globalThis.mended) throw new Error('no canvas');
      return getContext.apply(this, args);
    };
  });
  await page.goto(`${server.base}/`);
  const guard = page.locator('.guard');
  await guard.getByText(/This part failed at .* Id: \w{6}/).waitFor();
  await page.locator('.alert-row').first().waitFor();
  await page.getByRole('heading', { name: 'What changed in the last hour' }).waitFor();
  await page.evaluate(() => { globalThis.mended = true; });
  await guard.getByRole('button', { name: 'Try again' }).click();
  await page.locator('.card-fleet canvas').first().waitFor();
  assert.equal(await guard.count(), 0);
});

test('a login that ends is asked for over the page, and what was typed there stays', async (t) => {
  const data = temporaryFolder(t);
  const make = (role) => /^[A-Za-z0-9_-]{43}$/m.exec(command(['token', 'create', '--role', role, '--data', data]).stdout)[0];
  const [first, second] = [make('operator'), make('operator')];
  const server = await startServer(t, { data, noAuth: false });
  const page = await openPage(await openBrowser(t));
  await page.goto(`${server.base}/alerts?tab=silences`);
  await page.getByRole('button', { name: 'Log in with a token instead' }).click();
  await page.getByLabel('Token').fill(first);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByLabel('Reason').fill('the vents are cleaned');
  const { http, mqtt } = server;
  await server.stop();
  const ids = command(['token', 'list', '--data', data]).stdout;
  const id = ids.split('\n').map((l) => l.trim().split(/\s+/)[0]).filter((x) => x)[ids.split('\n')[0].match(/id/i) ? 1 : 0];
  command(['token', 'revoke', id, '--data', data]);
  await server.start({ http, mqtt });
  const dialog = page.getByRole('dialog');
  await dialog.getByText('What you typed on the page stays').waitFor({ timeout: 20_000 });
  await dialog.getByLabel('Token').fill(second);
  await dialog.getByRole('button', { name: 'Log in', exact: true }).click();
  await until(async () => (await dialog.count()) === 0 || null, 'the dialog to go');
  assert.equal(await page.getByLabel('Reason').inputValue(), 'the vents are cleaned');
  await page.getByText('Live', { exact: true }).first().waitFor({ timeout: 20_000 });
});
