// SPDX-License-Identifier: Apache-2.0
// Charts in a real browser: zoom loads a finer tier, pan loads more, and each step can be taken back;
// by mouse and by keyboard alone. What is drawn is what the store answers.
import assert from 'node:assert/strict';
import test from 'node:test';
import { PHONE, openBrowser, openPage, spread } from '../support/browser.mjs';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const HOUR = 3_600_000;

/** A sensor that was read each 5 s for six hours, with a gap of half an hour in the fourth. */
async function setup(t) {
  const server = await startServer(t);
  const now = Math.floor(Date.now() / 5000) * 5000;
  const rows = [];
  for (let at = now - 6 * HOUR; at < now; at += 5000) {
    const ago = now - at;
    if (ago < 3 * HOUR && ago > 2.5 * HOUR) continue;
    rows.push(`m,device=pump-1 temperature=${(20 + 5 * Math.sin(at / 600_000)).toFixed(2)} ${at}`);
  }
  for (let i = 0; i < rows.length; i += 2000) {
    const answer = await server.request('POST', '/api/v1/write?precision=ms', rows.slice(i, i + 2000).join('\n'), { 'content-type': 'text/plain' });
    assert.equal(answer.status, 204, answer.text);
  }
  const client = await mqttClient(t, server.mqtt);
  await publishReading(client, 'live-1', 'temperature', 20);
  const devices = await until(async () => {
    const { devices: all } = await server.get('/devices?limit=10');
    return all.length > 1 && all;
  }, 'both devices');
  const device = devices.find((d) => d.id !== 'live-1');
  const page = await openPage(await openBrowser(t));
  return { server, client, page, device, now };
}

function rangeOf(page) {
  const query = new URL(page.url()).searchParams;
  return { from: Number(query.get('from')), to: Number(query.get('to')), range: query.get('range') };
}

test('a drag loads a finer tier, Shift with a drag loads what lies before, and steps are taken back', async (t) => {
  const { page, server, device } = await setup(t);
  await page.goto(`${server.base}/devices/${encodeURIComponent(device.id)}?range=6h`);
  const plot = page.locator('.plot').first();
  await plot.locator('canvas').waitFor();
  const tier = page.locator('.chart-tier').first();
  await page.getByText('mean, min to max').first().waitFor();
  const coarse = await tier.innerText();
  const box = await plot.boundingBox();
  const drag = async (from, to) => {
    await page.mouse.move(box.x + box.width * from, box.y + 120);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * to, box.y + 120, { steps: 4 });
    await page.mouse.up();
  };
  await drag(0.7, 0.8);
  await until(async () => (await tier.innerText()) !== coarse, 'the finer tier');
  assert.equal(await tier.innerText(), 'raw');
  await until(() => rangeOf(page).from > 0, 'the range in the address');
  const zoomed = rangeOf(page);
  assert.ok(zoomed.to - zoomed.from < HOUR, `${zoomed.to - zoomed.from} ms`);
  await page.keyboard.down('Shift');
  await drag(0.3, 0.9);
  await page.keyboard.up('Shift');
  await until(() => rangeOf(page).from < zoomed.from, 'the earlier range in the address');
  await page.getByRole('button', { name: 'Back to live' }).waitFor();
  const copied = page.url();
  await plot.dblclick({ position: { x: box.width / 2, y: 150 } });
  await until(() => rangeOf(page).from === zoomed.from, 'the step before');
  await page.goto(copied);
  await page.getByRole('button', { name: 'Back to live' }).click();
  await until(() => rangeOf(page).from === 0, 'the live range');
  assert.deepEqual(page.problems, []);
});

test('by keys alone a chart is read point by point, zoomed, moved and brought back; by touch alone on a phone it is spread, and back to live', async (t) => {
  const { page, server, device } = await setup(t);
  await page.goto(`${server.base}/devices/${encodeURIComponent(device.id)}?range=6h`);
  const plot = page.locator('.plot').first();
  await plot.locator('canvas').waitFor();
  await plot.focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.getByRole('status').getByText(/temperature \d/i).first().waitFor({ state: 'attached' });
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('+');
  await until(() => rangeOf(page).from > 0, 'a standing range');
  const { from, to } = rangeOf(page);
  assert.ok(to - from < 6 * HOUR);
  await page.keyboard.press('Backspace');
  await until(() => rangeOf(page).to - rangeOf(page).from === 6 * HOUR, 'the wider range');

  const phone = await openPage(page.context().browser(), { viewport: PHONE, hasTouch: true, isMobile: true });
  await phone.goto(`${server.base}/devices/${encodeURIComponent(device.id)}?range=6h`);
  const small = phone.locator('.plot').first();
  await small.locator('canvas').waitFor();
  await small.scrollIntoViewIfNeeded();
  await small.tap();
  const box = await small.boundingBox();
  await spread(phone, [box.x + box.width / 2, box.y + 100], 30, 110);
  await until(() => rangeOf(phone).from > 0, 'a standing range');
  assert.ok(rangeOf(phone).to - rangeOf(phone).from < 3 * HOUR, 'a third of it');
  await phone.getByRole('button', { name: 'Back to live' }).tap();
  await until(() => rangeOf(phone).from === 0, 'the live range');
  assert.deepEqual([...page.problems, ...phone.problems], []);
});

test('the table of a chart holds what the store answers, without the readings of the gap', async (t) => {
  const { page, server, device, now } = await setup(t);
  const from = now - 3.5 * HOUR;
  const to = now - 2 * HOUR;
  await page.goto(`${server.base}/devices/${encodeURIComponent(device.id)}?from=${from}&to=${to}`);
  await page.locator('.plot canvas').first().waitFor();
  await page.getByRole('button', { name: /^More about/ }).first().click();
  await page.getByRole('button', { name: 'Show as table' }).click();
  const times = page.locator('.series-table tbody time');
  await times.first().waitFor();
  const shown = (await times.evaluateAll((all) => all.map((e) => Date.parse(e.getAttribute('datetime'))))).reverse();
  const answer = await server.get(`/samples?device=${encodeURIComponent(device.id)}&sensor=${device.sensors[0].id}&from=${from}&to=${to}&points=720`);
  const stored = answer.points.map((p) => p[0]).slice(-500);
  assert.deepEqual(shown.filter((time) => time >= stored[0] && time < to), stored.filter((time) => time < to));
  assert.ok(shown.every((time) => time <= now - 3 * HOUR + 60_000 || time >= now - 2.5 * HOUR - 60_000), 'nothing in the gap');
  assert.deepEqual(page.problems, []);
});
