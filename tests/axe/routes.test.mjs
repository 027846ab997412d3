// SPDX-License-Identifier: Apache-2.0
// Every route of the page in every theme: axe-core finds nothing, no request leaves our origin, no policy is broken, and nothing
// is told on the console. And the policy holds: what it forbids does not happen, and would have been told here.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { DARK, inEveryTheme } from '../support/axe.mjs';
import { openBrowser, openPage, visit } from '../support/browser.mjs';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { command, startServer, temporaryFolder } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const PICTURE = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const BOARD = {
  schema: 1, title: 'Hall', variables: [{ name: 'device', kind: 'device' }],
  widgets: [
    { type: 'value', at: [0, 0, 3, 3], series: ['pump-1/temperature'] }, { type: 'chart', at: [3, 0, 9, 7], series: ['pump-1/temperature'] }, { type: 'alerts', at: [0, 3, 3, 4] },
    { type: 'gauge', at: [0, 7, 3, 4], series: ['pump-1/temperature'] }, { type: 'table', at: [3, 7, 5, 6], series: ['pump-1/temperature'] }, { type: 'map', at: [8, 7, 4, 6] }, { type: 'text', at: [0, 11, 3, 3], text: '# Hall\n**two** pumps' },
  ],
};

async function filled(t) {
  const data = join(temporaryFolder(t), 'data');
  const [token] = /^[A-Za-z0-9_-]{43}$/m.exec(command(['token', 'create', '--role', 'admin', '--data', data]).stdout);
  const server = await startServer(t, { data, noAuth: false });
  const as = { authorization: `Bearer ${token}` };
  const client = await mqttClient(t, server.mqtt, { username: 'any', password: token });
  const rule = await server.rest('POST', '/rules', { name: 'Hot', scope: { all: true }, when: { sensor: 'temperature', condition: 'greater_than', threshold: 24 }, severity: 'critical' }, as);
  for (let i = 1; i <= 4; i++) for (let k = 10; k >= 0; k--) await publishReading(client, `pump-${i}`, 'temperature', 20 + i * 2 - k / 10, Date.now() - k * 10_000);
  const alerts = await until(async () => { const { alerts: open } = await server.rest('GET', '/alerts?state=open', undefined, as); return open.length === 2 && open; }, 'two alerts');
  await server.rest('PATCH', '/devices/pump-1', { name: 'Pump 1', place: 'Hall', model: 'P 3', tags: ['hall'], location: { lat: 48.2, lng: 16.4 } }, as);
  await server.rest('PUT', '/dashboards/hall', BOARD, as);
  return { server, token, rule, alert: alerts[0] };
}

/** Logs in as a browser does: with the cookie that the server sets. */
async function login(page, server, token) {
  const answer = await page.context().request.post(`${server.base}/api/v1/session`, { data: { token }, headers: { origin: server.base } });
  assert.ok(answer.ok(), await answer.text());
}

/** What would leave our origin, and what the browser tells about the policy, remembered from the first byte of each page. */
async function watched(browser, server) {
  const page = await openPage(browser, { ...DARK, reducedMotion: 'reduce' });
  page.abroad = [];
  page.context().on('request', (r) => { if (/^(https?|wss?):/.test(r.url()) && new URL(r.url()).host !== new URL(server.base).host) page.abroad.push(r.url()); });
  page.on('websocket', (s) => { if (new URL(s.url()).host !== new URL(server.base).host) page.abroad.push(s.url()); });
  await page.exposeFunction('tellPolicy', (what) => page.problems.push(`policy: ${what}`));
  await page.addInitScript(() => addEventListener('securitypolicyviolation', (e) => globalThis.tellPolicy(`${e.effectiveDirective} ${e.blockedURI}`)));
  return page;
}

test('every route in every theme: nothing for axe-core, nothing from elsewhere, no word on the console', async (t) => {
  const { server, token, rule, alert } = await filled(t);
  const page = await watched(await openBrowser(t), server);
  const bad = [];
  for (const path of ['/login', '/setup']) {
    await page.goto(`${server.base}${path}`);
    await page.locator('input').first().waitFor();
    bad.push(...await inEveryTheme(page, path));
  }
  // The browser tells each refusal of a session that is not there yet.
  page.problems = page.problems.filter((p) => !/401/.test(p));
  await login(page, server, token);
  await page.goto(`${server.base}/`);
  await page.locator('.stream-live').waitFor();
  for (const path of ['/', '/?wall=1', '/devices', '/devices?q=tag%3Ahall', '/devices/pump-1', '/devices/pump-1?tab=alerts', '/devices/pump-1?tab=messages', '/devices/pump-1?tab=details', '/compare?s=pump-1/temperature,pump-2/temperature',
    '/alerts', '/alerts?tab=history', '/alerts?tab=rules', '/alerts?tab=silences', '/alerts?tab=channels', `/alerts/${encodeURIComponent(alert.id)}`, '/rules/new', `/rules/${encodeURIComponent(rule.id)}`, '/map', '/topics',
    '/dashboards', '/dashboards/hall', '/dashboards/hall?edit=1', '/dashboards/hall?wall=1', '/start', '/settings', '/settings/notifications', '/settings/users', '/settings/tokens', '/settings/credentials', '/settings/ingest',
    '/settings/storage', '/settings/health', '/no-such-page']) {
    await visit(page, path);
    bad.push(...await inEveryTheme(page, path));
  }
  assert.deepEqual(bad, []);
  assert.deepEqual(page.abroad, []);
  assert.deepEqual(page.problems, []);
});

test('what the policy forbids does not happen, and is told', async (t) => {
  const server = await startServer(t);
  const page = await watched(await openBrowser(t), server);
  await page.goto(`${server.base}/`);
  await page.locator('.stream-live').waitFor();
  assert.deepEqual(page.problems, []);
  await page.evaluate((picture) => {
    const add = (name, set) => document.body.append(Object.assign(document.createElement(name), set));
    add('script', { textContent: 'globalThis.ran = "inline"' });
    add('style', { textContent: 'body { outline: 7px solid }' });
    const styled = document.createElement('i');
    styled.setAttribute('style', 'outline: 7px solid');
    document.body.append(styled);
    add('img', { src: 'http://elsewhere.invalid/x.png' });
    add('img', { src: picture, id: 'ours' });
    add('script', { src: 'http://elsewhere.invalid/x.js' });
    fetch('http://elsewhere.invalid/').catch(() => undefined);
    // Later, since text may be run from where tests run theirs.
    setTimeout(() => { globalThis.ran = new Function('return "text"')(); });
  }, PICTURE);
  const forbidden = ['connect-src http://elsewhere.invalid', 'img-src http://elsewhere.invalid', 'script-src eval', 'script-src-elem http://elsewhere.invalid', 'script-src-elem inline', 'style-src-attr inline', 'style-src-elem inline'];
  const told = () => [...new Set(page.problems.filter((p) => p.startsWith('policy: ')).map((p) => p.slice(8).replace(/(invalid)\/.*/, '$1')))].sort();
  await until(() => told().length >= forbidden.length, 'a word about each');
  assert.deepEqual(told(), forbidden);
  const { ran, outline, ours } = await page.evaluate(() => ({ ran: globalThis.ran ?? null, outline: getComputedStyle(document.body).outlineWidth, ours: document.querySelector('#ours').naturalWidth }));
  assert.deepEqual([ran, outline === '7px', ours], [null, false, 1]);
});
