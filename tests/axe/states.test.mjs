// SPDX-License-Identifier: Apache-2.0
// axe-core finds nothing in any state that a value, the stream, a page or a card can be in, where it occurs; in the dark and the
// light theme, and in both of high contrast, by the system's wish and by choice.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { DARK, inEveryTheme } from '../support/axe.mjs';
import { openBrowser, openPage } from '../support/browser.mjs';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { command, startServer, temporaryFolder } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const ends = [];
const suite = { after: (end) => ends.push(end) };
let server;
let client;
let browser;

before(async () => {
  server = await startServer(suite);
  browser = await openBrowser(suite);
});

after(async () => {
  for (const end of ends.reverse()) await end();
});

async function look(page, where) {
  assert.deepEqual(await inEveryTheme(page, where), []);
}

async function opened(t, path, { what = 'main h1', init, before: prepare, base = server.base } = {}) {
  const page = await openPage(browser, { ...DARK, reducedMotion: 'reduce' });
  t.after(() => page.context().close());
  if (init) await page.addInitScript(init);
  await prepare?.(page);
  await page.goto(`${base}${path}`);
  await page.locator(what).first().waitFor({ state: 'attached' });
  return page;
}

/** Requests that never get an answer, as from a server that hangs. */
const hang = (page, pattern) => page.route(pattern, () => {});

test('first run: the overview, the lists, the map and the pages about alerts before any device was there', async (t) => {
  const page = await opened(t, '/', { what: '.stream-live' });
  for (const path of ['/', '/devices', '/map', '/alerts', '/alerts?tab=history', '/alerts?tab=rules', '/alerts?tab=silences', '/dashboards', '/topics']) {
    await page.goto(`${server.base}${path}`);
    await page.locator('main h1').first().waitFor({ state: 'attached' });
    await page.waitForFunction(() => !document.querySelector('main .waiting'));
    await look(page, `${path} of nothing`);
  }
});

test('values: live, late, stale, bad, and waiting', async (t) => {
  client = await mqttClient(suite, server.mqtt);
  await server.rest('POST', '/rules', { name: 'Hot', scope: { all: true }, when: { sensor: 'temperature', condition: 'greater_than', threshold: 30 }, severity: 'critical' });
  await server.rest('POST', '/rules', { name: 'Warm', scope: { all: true }, when: { sensor: 'warmth', condition: 'greater_than', threshold: 30 }, severity: 'warning' });
  const now = Date.now();
  for (let i = 12; i > 0; i--) await publishReading(client, 'pump-1', 'temperature', 28 + i % 5, now - i * 5000);
  await publishReading(client, 'pump-1', 'warmth', 33, now);
  await publishReading(client, 'pump-1', 'pressure', 4, now - 3_600_000);
  for (let i = 1; i < 14; i++) await publishReading(client, `unit-${i}`, 'temperature', 20 + i, now - 60_000 * i);
  await client.publishAsync('t', JSON.stringify({ deviceId: 'pump-1', sensorType: 'noise', value: 'NaN', timestamp: now }), { qos: 1 });
  await server.rest('PATCH', '/devices/pump-1', { name: 'Pump 1', place: 'Hall', model: 'P 3', tags: ['hall'], location: { lat: 48.2, lng: 16.4 } });
  await until(async () => (await server.get('/alerts?state=open')).alerts.length >= 1, 'alerts');
  const page = await opened(t, '/devices/pump-1', { what: '.value-stale' });
  await page.locator('.plot canvas').first().waitFor();
  await look(page, 'a device with values of every age');
});

/** The stream through a hand of ours: what the server sends passes, and more can be put in. */
function tapped() {
  const taps = [];
  return { taps, prepare: (page) => page.routeWebSocket(/socket\.io/, (socket) => { socket.connectToServer(); taps.push(socket); }) };
}

const PATHS = ['/', '/devices/pump-1'];

test('the stream: connecting, live, slowed, paused', async (t) => {
  for (const path of PATHS) {
    const alone = await opened(t, path, { what: '.stream-connecting', before: async (page) => {
      await hang(page, '**/socket.io/**');
      await page.routeWebSocket(/socket\.io/, () => {});
    } });
    await look(alone, `${path}, connecting`);
    await alone.context().close();
    const { taps, prepare } = tapped();
    const page = await opened(t, path, { what: '.stream-live', before: prepare });
    await look(page, `${path}, live`);
    await until(() => taps.length > 0, 'the stream');
    taps.at(-1).send('42["stream-level",{"level":"half","reason":"slow","interval":2000}]');
    await page.getByRole('button', { name: 'Live, every 2' }).waitFor();
    await look(page, `${path}, slowed`);
    await page.locator('.stream').click();
    await page.locator('.stream-paused').waitFor();
    await look(page, `${path}, paused`);
  }
});

test('the stream: offline, and a new version that is ready', async (t) => {
  for (const path of PATHS) {
    const page = await opened(t, path, { what: '.stream-update', init: () => {
      // A worker of another version that waits, as the browser tells it.
      const waiting = { postMessage() {} };
      Object.defineProperty(navigator.serviceWorker, 'controller', { get: () => waiting });
      navigator.serviceWorker.register = () => Promise.resolve({ waiting, addEventListener() {}, update: () => Promise.resolve() });
    } });
    await look(page, `${path}, update ready`);
    await page.context().setOffline(true);
    await page.locator('.stream-offline').waitFor();
    await look(page, `${path}, offline`);
  }
});

test('pages and cards: no match, gone, too much', async (t) => {
  const page = await opened(t, '/devices', { what: '.stream-live' });
  const many = Array.from({ length: 13 }, (_, i) => `unit-${i + 1}/temperature`).join(',');
  for (const path of ['/devices?q=nothing-is-called-so', '/alerts?severity=info', '/devices/was-never', '/alerts/1.99', '/rules/was-never', '/dashboards/was-never', '/s/was-never', '/no-such-page', `/compare?s=${many}`]) {
    await page.goto(`${server.base}${path}`);
    await page.locator('main h1, main .card, main p').first().waitFor({ state: 'attached' });
    await page.waitForFunction(() => !document.querySelector('main .waiting, .plot-waiting'));
    await look(page, path);
  }
});

test('pages and cards: loading, and what could not be loaded', async (t) => {
  const paths = ['/', '/devices/pump-1', '/alerts', '/map', '/rules/new', '/dashboards', '/topics', '/settings/health'];
  for (const [word, answer] of [['loading', () => {}], ['an error', (route) => route.fulfill({ status: 500, contentType: 'application/json', body: '{"error":{"code":"internal","message":"the disk is gone"}}' })]]) {
    const page = await opened(t, '/', { what: 'main', before: (p) => p.route(/\/api\/v1\/(?!session)/, answer) });
    for (const path of paths) {
      await page.goto(`${server.base}${path}`);
      await page.locator('main :is(h1, p, .waiting, .card)').first().waitFor({ state: 'attached' });
      // Words of loading come after 150 ms.
      await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 250); }));
      await look(page, `${path}, ${word}`);
    }
  }
});

test('no permission, and a login that ended while the page was open', async (t) => {
  const data = join(temporaryFolder(t), 'data');
  const [viewer] = /^[A-Za-z0-9_-]{43}$/m.exec(command(['token', 'create', '--role', 'viewer', '--data', data]).stdout);
  const guarded = await startServer(t, { data, noAuth: false });
  const page = await opened(t, '/login', { base: guarded.base, what: 'input' });
  await look(page, '/login');
  await page.context().request.post(`${guarded.base}/api/v1/session`, { data: { token: viewer }, headers: { origin: guarded.base } });
  for (const path of ['/settings/tokens', '/settings/credentials', '/alerts?tab=rules', '/rules/new', '/alerts?tab=silences', '/dashboards']) {
    await page.goto(`${guarded.base}${path}`);
    await page.locator('main h1').first().waitFor({ state: 'attached' });
    await page.waitForFunction(() => !document.querySelector('main .waiting'));
    await look(page, `${path} for a viewer`);
  }
  await page.goto(`${guarded.base}/`);
  await page.locator('.stream-live').waitFor();
  const [id] = command(['token', 'list', '--data', data]).stdout.split('\n').find((line) => /\bviewer\b/.test(line)).trim().split(/\s+/);
  command(['token', 'revoke', id, '--data', data]);
  await page.locator('.stream-ended').waitFor();
  await page.locator('dialog[open]').waitFor();
  await look(page, 'ended, with the dialog');
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  await look(page, 'ended');
});

test('the stream: reconnecting, then catching up', async (t) => {
  const pages = [];
  for (const path of PATHS) pages.push([path, await opened(t, path, { what: '.stream-live' })]);
  const { http, mqtt } = server;
  await server.kill();
  for (const [path, page] of pages) {
    await page.locator('.stream-reconnecting').waitFor();
    await until(async () => (await page.locator('.value-live').count()) === 0, 'every value to be stale');
    await look(page, `${path}, reconnecting`);
    await hang(page, /\/(history|samples|sparklines)\?/);
  }
  await server.start({ http, mqtt });
  const [path, page] = pages[1];
  await page.locator('.stream-catching').waitFor();
  await look(page, `${path}, catching up`);
});
