// SPDX-License-Identifier: Apache-2.0
// What `make screenshots` does: starts the program with a simulated fleet and its history in a folder
// that goes again, and writes pictures of the pages at four sizes to docs/images.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openBrowser, openPage } from '../tests/support/browser.mjs';
import { smallPng } from './png.mjs';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const images = join(top, 'docs/images');
const sizes = { 390: { width: 390, height: 844 }, 820: { width: 820, height: 1180 }, 1440: { width: 1440, height: 900 }, 1920: { width: 1920, height: 1080 } };
// page, address, size, theme
const pictures = [
  ['overview', '/', 1440, 'dark'], ['wall', '/?wall=1', 1920, 'dark'], ['overview', '/', 1440, 'light'], ['overview', '/', 390, 'dark'], ['overview', '/', 820, 'light'],
  ['device', '/devices/cold-store-4?range=6h', 1440, 'dark'], ['device', '/devices/cold-store-4?range=6h', 390, 'light'],
  ['devices', '/devices?q=tag%3Acold', 1440, 'dark'], ['devices', '/devices', 390, 'light'],
  ['compare', '/compare?s=cold-store-1/temperature,cold-store-4/temperature,cold-store-1/humidity', 1440, 'light'],
  ['alerts', '/alerts', 1440, 'light'], ['alerts', '/alerts', 390, 'dark'], ['rule', '/rules/new?device=cold-store-4&sensor=temperature', 1440, 'dark'],
  ['map', '/map?view=50.5_8.5_5', 1440, 'dark'], ['map', '/map?view=50.5_8.5_4', 390, 'light'], ['start', '/start', 1440, 'light'],
];
const settleMs = 60_000;
const alertMs = 420_000;

const ended = [];
const t = { after: (f) => ended.push(f) };

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function answers(base) {
  for (const until = Date.now() + settleMs; Date.now() < until; await delay(500)) {
    const devices = await fetch(`${base}/api/v1/devices?limit=100`).then((r) => r.json(), () => null);
    if (devices?.devices?.length >= 50 && devices.devices.every((d) => d.place !== null)) return;
  }
  throw new Error('the fleet did not come');
}

/** One device of the fleet is in trouble every few minutes; a picture without an alert shows half. */
async function alarmed(base) {
  for (const until = Date.now() + alertMs; Date.now() < until; await delay(500)) {
    const { alerts } = await fetch(`${base}/api/v1/alerts?state=open`).then((r) => r.json());
    if (alerts.length > 0) return;
  }
}

const folder = mkdtempSync(join(tmpdir(), 'telltale-pictures-'));
const [http, mqtt] = [await freePort(), await freePort()];
const run = spawn(process.execPath, [join(top, 'tools/run.mjs')], {
  stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, TELLTALE_RUN_DIR: folder, TELLTALE_RUN_HTTP: String(http), TELLTALE_RUN_MQTT: String(mqtt) },
});
t.after(() => rmSync(folder, { recursive: true, force: true }));
t.after(() => new Promise((resolve) => {
  run.once('close', resolve);
  run.kill('SIGTERM');
}));
try {
  const base = `http://localhost:${http}`;
  await answers(base);
  await alarmed(base);
  mkdirSync(images, { recursive: true });
  const browser = await openBrowser(t);
  for (const [name, path, size, theme] of pictures) {
    const page = await openPage(browser, { viewport: sizes[size], colorScheme: theme, reducedMotion: 'reduce', timezoneId: 'Europe/Berlin', ...(size === 390 ? { hasTouch: true, isMobile: true } : {}) });
    await page.goto(`${base}${path}`);
    await page.locator('main h1').first().waitFor({ state: 'attached' });
    // Histories and chunks come within it; the pictures are looked at by people.
    await page.getByText('Live', { exact: true }).first().waitFor({ state: 'attached' }).catch(() => undefined);
    await delay(1500);
    writeFileSync(join(images, `${name}-${theme}-${size}.png`), smallPng(await page.screenshot()));
    await page.context().close();
    console.log(`docs/images/${name}-${theme}-${size}.png`);
  }
} finally {
  for (const end of ended.reverse()) await end();
}
