// SPDX-License-Identifier: Apache-2.0
// The example page of the JavaScript package in a browser, from another port than the server: status
// panel, gauges, live chart, alerts, map; a lost server is told and the gap is filled.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import test from 'node:test';
import { PHONE, openBrowser, openPage } from '../support/browser.mjs';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { startServer, top } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

function serveExample(t) {
  const listener = createServer((request, response) => {
    const name = new URL(request.url, 'http://x').pathname.slice(1);
    const file = ['index.html', 'main.js', 'main.css', 'style.css'].includes(name) ? name : null;
    response.writeHead(file ? 200 : 404, { 'content-type': types[extname(name)] ?? 'text/plain' });
    response.end(file ? readFileSync(join(top, 'build/example', file)) : '');
  });
  t.after(() => listener.close());
  return new Promise((resolve) => { listener.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${listener.address().port}`)); });
}

test('a dashboard of one\'s own shows devices, gauges, a live chart, alerts and a map', async (t) => {
  const server = await startServer(t);
  const ports = { http: server.http, mqtt: server.mqtt };
  let publisher = await mqttClient(t, server.mqtt);
  for (let i = 0; i < 20; i++) await publishReading(publisher, 'pump', 'pressure', i, Date.now() - 20_000 + i * 1000, { unit: 'bar' });
  await server.rest('PATCH', '/devices/pump', { location: { lat: 48.2, lng: 16.4 }, name: '<img onerror=alert(1)>' });
  await server.rest('POST', '/rules', { deviceId: 'pump', sensorType: 'pressure', condition: 'greater_than', threshold: 50, severity: 'warning' });
  const browser = await openBrowser(t);
  const page = await openPage(browser, { viewport: PHONE });
  await page.goto(`${await serveExample(t)}/index.html?server=${server.base}`);
  await page.getByRole('button', { name: '<img onerror=alert(1)>' }).waitFor();
  const chart = page.locator('figure svg');
  await page.locator('figure svg[data-rows="20"]').waitFor();
  await publishReading(publisher, 'pump', 'pressure', 60, Date.now(), { unit: 'bar' });
  await page.locator('figure svg[data-rows="21"]').waitFor();
  assert.equal(await page.getByRole('meter').getAttribute('aria-valuetext'), '60.00 bar');
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await page.getByText('acknowledged').waitFor();
  assert.equal(await page.locator('.map path.leaflet-interactive').count(), 1);
  await until(async () => /^[1-9]/.test(await page.locator('.heard').innerText()), 'throttled news');

  await server.kill();
  await page.locator('.stream.reconnecting').waitFor();
  assert.match(await page.getByRole('meter').getAttribute('aria-valuetext'), /stale/);
  await server.start(ports);
  publisher = await mqttClient(t, server.mqtt);
  await publishReading(publisher, 'pump', 'pressure', 61, Date.now(), { unit: 'bar' });
  await page.locator('.stream.live').waitFor();
  await page.locator('figure svg[data-rows="22"]').waitFor();
  assert.match(await chart.getAttribute('aria-label'), /0 to 61$/);
  // Only the connection that was refused while the server was away is an error.
  assert.deepEqual(page.problems.filter((text) => !/ERR_CONNECTION|WebSocket|ERR_EMPTY_RESPONSE/.test(text)), []);
});
