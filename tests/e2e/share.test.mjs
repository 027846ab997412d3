// SPDX-License-Identifier: Apache-2.0
// A dashboard shown to somebody without a login: the link is made and copied on the page, opened in a
// browser that knows nothing of us, followed live, and ends with its revocation.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { violations } from '../support/axe.mjs';
import { DESKTOP, PHONE, openBrowser, openPage } from '../support/browser.mjs';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { command, startServer, temporaryFolder } from '../support/server.mjs';

const board = { schema: 1, title: 'Cold rooms', variables: [], widgets: [
  { type: 'value', at: [0, 0, 3, 3], series: ['cold-1/temperature'] },
  { type: 'chart', at: [3, 0, 9, 7], series: ['cold-1/temperature'] },
  { type: 'alerts', at: [0, 3, 3, 4] },
] };

test('a link made on the page shows the dashboard to a browser without a login, and nothing else, until it is revoked', async (t) => {
  const data = join(temporaryFolder(t), 'data');
  const [token] = /^[A-Za-z0-9_-]{43}$/m.exec(command(['token', 'create', '--role', 'operator', '--data', data]).stdout);
  const server = await startServer(t, { data, noAuth: false });
  const publisher = await mqttClient(t, server.mqtt, { username: 'any', password: token });
  for (const device of ['cold-1', 'vault']) await publishReading(publisher, device, 'temperature', 4);
  const as = { authorization: `Bearer ${token}` };
  await server.request('PUT', '/api/v1/dashboards/d', board, as);
  const browser = await openBrowser(t);

  const page = await openPage(browser, { viewport: DESKTOP });
  await page.goto(`${server.base}/login`);
  await page.getByRole('button', { name: 'Log in with a token instead' }).click();
  await page.getByLabel('Token').fill(token);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Dashboards' }).click();
  await page.getByRole('link', { name: 'Cold rooms' }).click();
  await page.getByRole('button', { name: 'Share' }).click();
  const drawer = page.getByRole('dialog', { name: 'Share this dashboard' });
  await drawer.getByText('No link yet.').waitFor();
  await drawer.getByLabel('What the link is for').fill('the guard');
  await drawer.getByLabel('Lasts').selectOption('1');
  await drawer.getByRole('button', { name: 'Make a link' }).click();
  const link = await drawer.getByLabel('Link', { exact: true }).inputValue();
  const wall = await drawer.getByLabel('For a screen on a wall').inputValue();
  assert.match(link, /\/s\/[\w-]{43}$/);
  assert.equal(wall, `${link}?wall=1`);
  assert.deepEqual(await violations(page), []);

  const guest = await openPage(browser, { viewport: PHONE });
  const asked = [];
  guest.on('request', (r) => asked.push(new URL(r.url()).pathname));
  await guest.goto(link);
  await guest.getByRole('heading', { name: 'Cold rooms', level: 1 }).waitFor();
  await guest.getByText(/^Can be seen until/).waitFor();
  await guest.locator('.tile').getByText('4', { exact: true }).waitFor();
  await publishReading(publisher, 'cold-1', 'temperature', 7);
  await guest.locator('.tile').getByText('7', { exact: true }).waitFor();
  assert.equal(await guest.getByRole('link').count(), 0, 'nothing leads away');
  assert.equal(await guest.getByText('vault').count(), 0);
  assert.deepEqual(asked.filter((p) => p.startsWith('/api/') && !p.startsWith('/api/v1/shared')), []);
  assert.deepEqual(await violations(guest), []);
  await guest.setViewportSize(DESKTOP);
  assert.deepEqual(await violations(guest), []);

  const screen = await openPage(browser, { viewport: { width: 1920, height: 1080 } });
  await screen.goto(wall);
  await screen.locator('.shell-wall .tile').getByText('7', { exact: true }).waitFor();

  await drawer.getByText('2 watch').or(drawer.getByText('the guard')).first().waitFor();
  await drawer.getByRole('button', { name: 'Revoke the guard' }).click();
  await guest.getByRole('heading', { name: 'This link has ended.' }).waitFor();
  await screen.getByText('This link has ended.').waitFor();
  await guest.reload();
  await guest.getByRole('heading', { name: 'This link has ended.' }).waitFor();
  for (const one of [page, guest, screen]) assert.deepEqual(one.problems.filter((p) => !/status of 401/.test(p)), []);
});

test('a link that has expired says so, while it is looked at', async (t) => {
  const server = await startServer(t);
  await server.rest('PUT', '/dashboards/d', board);
  const page = await openPage(await openBrowser(t), { viewport: DESKTOP });
  await page.goto(`${server.base}/dashboards/d`);
  await page.getByRole('heading', { name: 'Cold rooms' }).waitFor();
  const { token } = await server.rest('POST', '/dashboards/d/shares', { expiresAt: Date.now() + 6000 });
  await page.goto(`${server.base}/s/${token}`);
  await page.getByRole('heading', { name: 'Cold rooms' }).waitFor();
  await page.getByRole('heading', { name: 'This link has ended.' }).waitFor();
  await page.goto(`${server.base}/s/nothing`);
  await page.getByRole('heading', { name: 'This link has ended.' }).waitFor();
  assert.deepEqual(page.problems.filter((p) => !/status of 401/.test(p)), []);
});
