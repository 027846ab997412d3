// SPDX-License-Identifier: Apache-2.0
// The map in a real browser: the server tells the marks of what is looked at, and they are found, opened, moved and listed.
import assert from 'node:assert/strict';
import test from 'node:test';
import { violations } from '../support/axe.mjs';
import { PHONE, openBrowser, openPage, spread } from '../support/browser.mjs';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const WIEN = { lat: 48.2, lng: 16.4 };

async function placed(id, location, more = {}) {
  await publishReading(client, id, 'temperature', 20);
  await server.rest('PATCH', `/devices/${id}`, { location, ...more });
}

const summary = (page) => page.locator('.map-canvas').getAttribute('aria-label');

/** Waits until the canvas says that so many devices are in so many marks. */
function drawn(page, devices, marks) {
  const words = `${devices} device${devices === 1 ? '' : 's'} in ${marks} mark${marks === 1 ? '' : 's'}`;
  return until(async () => (await summary(page))?.startsWith(words), words);
}

async function middle(page) {
  const box = await page.locator('.map').boundingBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
}

/** One server and one browser for all of them; each has its devices in a place of its own. */
let server, client, browser;

test.before(async (t) => {
  server = await startServer(t);
  client = await mqttClient(t, server.mqtt);
  browser = await openBrowser(t);
});

test('devices near each other are one mark that a click zooms into, and a mark alone opens its device', async () => {
  await placed('pump-1', WIEN, { name: 'Pump 1', place: 'Wien' });
  await placed('pump-2', { lat: 48.2, lng: 16.41 }, { place: 'Wien' });
  await placed('far', { lat: 52.5, lng: 13.4 });
  const page = await openPage(browser);
  await page.goto(`${server.base}/map?view=48.2,16.405,6`);
  await page.getByRole('heading', { name: 'All 3 devices on the map are well' }).waitFor();
  await drawn(page, 3, 2);
  await page.mouse.click(...await middle(page));
  await drawn(page, 2, 2);
  // The address says where the map looks.
  await page.waitForURL(/view=48\.[12]\d+_16\.4\d*_1\d/);
  await page.goto(`${server.base}/map?view=48.2,16.4,14`);
  await drawn(page, 2, 2);
  await page.mouse.move(...await middle(page));
  await until(async () => (await page.locator('.map').getAttribute('title')) === 'Pump 1, online', 'the name under the pointer');
  await page.mouse.click(...await middle(page));
  await page.waitForURL('**/devices/pump-1');
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('the map is fitted to what is in trouble, and the list names the worst first', async () => {
  await server.rest('POST', '/rules', { deviceId: 'hot', sensorType: 'temperature', condition: 'greater_than', threshold: 30, severity: 'critical' });
  await placed('hot', { lat: 40, lng: -4 }, { name: 'Cold store 4', place: 'Madrid' });
  await publishReading(client, 'hot', 'temperature', 35);
  await until(async () => (await server.get('/alerts?state=open')).alerts.length === 1, 'the alert');
  const page = await openPage(browser);
  await page.goto(`${server.base}/map`);
  await page.getByRole('heading', { name: '1 device in trouble' }).waitFor();
  await page.getByText('Fitted to them').waitFor();
  const rows = page.locator('.map-list li a');
  await until(async () => (await rows.count()) === 1, 'the one device in view');
  assert.match(await rows.first().innerText(), /Cold store 4\s+Madrid · temperature 35/);
  await page.getByRole('button', { name: 'Show all devices' }).click();
  await until(async () => (await rows.count()) === 4, 'all of them');
  assert.match(await rows.first().innerText(), /Cold store 4/);
  // The list is the keyboard's way in.
  await rows.first().focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/devices/hot');
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('by keys alone the map is moved, zoomed and read as a list; by touch alone on a phone it is spread and a device opened', async () => {
  const view = (page) => new URL(page.url()).searchParams.get('view').split('_').map(Number);
  const page = await openPage(browser);
  await page.goto(`${server.base}/map?view=48.2_16.4_6`);
  await page.locator('.map-list li a').first().waitFor();
  await page.locator('.map').focus();
  await page.keyboard.press('+');
  await until(() => view(page)[2] > 6, 'a nearer look');
  const [, lng] = view(page);
  await page.keyboard.press('ArrowRight');
  await until(() => view(page)[1] > lng, 'a look further east');
  await page.keyboard.press('-');
  await until(() => view(page)[2] <= 6, 'a look from farther');
  for (let i = 0; i < 40 && !await page.evaluate(() => document.activeElement.matches('.map-list li a')); i++) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/devices/*');
  await page.context().close();

  const phone = await openPage(browser, { viewport: PHONE, hasTouch: true, isMobile: true });
  await phone.goto(`${server.base}/map?view=48.2_16.4_6`);
  await phone.locator('.map-list li a').first().waitFor();
  const [x, y] = await middle(phone);
  await spread(phone, [x, y - 150], 30, 110);
  await until(() => view(phone)[2] > 6.9, 'a nearer look');
  await phone.getByRole('button', { name: 'Show all devices' }).tap();
  await phone.locator('.map-list li a').first().tap();
  await phone.waitForURL('**/devices/*');
  assert.deepEqual([...page.problems, ...phone.problems], []);
  await phone.context().close();
});

test('a device that tells where it is moves on the map, and devices on one spot open as a list', async () => {
  const tell = (latitude, longitude) => client.publishAsync('sensors/truck-1', JSON.stringify({ location: { latitude, longitude } }), { qos: 1 });
  await tell(60.2, 25);
  for (const id of ['a', 'b', 'c']) await placed(id, { lat: 30.25, lng: 31 });
  const page = await openPage(browser, { viewport: PHONE, hasTouch: true, isMobile: true });
  await page.goto(`${server.base}/map?view=60.2,25,13`);
  await page.getByText('truck-1').waitFor();
  await tell(61, 25);
  await page.getByText('No device is in view').waitFor();
  await page.goto(`${server.base}/map?view=30.25,31,21`);
  await drawn(page, 3, 1);
  await page.touchscreen.tap(...await middle(page));
  await page.getByRole('heading', { name: 'At this spot' }).waitFor();
  assert.equal(await page.locator('.map-list li a').count(), 3);
  await page.getByRole('button', { name: 'Fold the list' }).tap();
  await page.locator('.map-list li').first().waitFor({ state: 'hidden' });
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('a device that moves has a trail, and the slider moves everything to a moment of the past', async () => {
  const now = Date.now();
  // Two hours eastward, a position a minute, with half an hour of silence.
  for (let m = 120; m >= 0; m--) {
    if (m > 40 && m < 70) continue;
    await client.publishAsync('sensors/van', JSON.stringify({ location: { latitude: 0.5, longitude: 8 - m / 100 }, timestamp: now - m * 60_000 }), { qos: m === 0 ? 1 : 0 });
  }
  const page = await openPage(browser);
  await page.goto(`${server.base}/map?view=0.5,7.4,9`);
  const bar = page.getByRole('region', { name: 'Time of the map' });
  await bar.getByRole('button', { name: '6 h', pressed: true }).waitFor();
  const ink = () => page.evaluate(() => {
    const canvas = document.querySelector('.map-canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let n = 0;
    for (let i = 3; i < data.length; i += 4) n += data[i] > 0;
    return n;
  });
  await drawn(page, 1, 1);
  const asked = page.waitForResponse((r) => r.url().includes('/history?') && r.url().includes('location.latitude'));
  await bar.getByRole('button', { name: '1 h' }).click();
  await asked;
  await bar.getByRole('button', { name: '24 h' }).click();
  const withTrail = await until(async () => { const n = await ink(); return n > 2000 && n; }, 'the trail on the canvas');
  // By the keyboard: the beginning of the stretch, where nobody knows where the van was.
  await bar.getByRole('slider', { name: 'Moment' }).focus();
  await page.keyboard.press('Home');
  await bar.getByText(/Marks and trails as of/).waitFor();
  await drawn(page, 0, 0);
  assert.ok(await ink() < withTrail, 'no trail before the first position');
  await page.waitForURL(/at=\d+/);
  await page.goto(`${server.base}/map?view=0.5,7.4,9&at=${now - 90 * 60_000}`);
  await drawn(page, 1, 1);
  await page.goto(`${server.base}/map?view=0.5,7.4,9&at=${now - 55 * 60_000}`);
  await bar.getByText(/Marks and trails as of/).waitFor();
  await drawn(page, 0, 0);
  await bar.getByRole('button', { name: 'Back to now' }).click();
  await drawn(page, 1, 1);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

/** A red picture of a plan, made by the browser itself. */
const picture = async (page, width, height) => Buffer.from((await page.evaluate(([w, h]) => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [w, h];
  const c = canvas.getContext('2d');
  c.fillStyle = '#ff0000';
  c.fillRect(0, 0, w, h);
  return canvas.toDataURL('image/png');
}, [width, height])).split(',')[1], 'base64');

/** The colour of the canvas at a point of the map's window. */
const colourAt = (page, share) => page.evaluate(([fx, fy]) => {
  const canvas = document.querySelector('.map-canvas');
  const [box, map] = [canvas.getBoundingClientRect(), document.querySelector('.map').getBoundingClientRect()];
  const scale = canvas.width / box.width;
  return [...canvas.getContext('2d').getImageData((map.left + map.width * fx - box.left) * scale, (map.top + map.height * fy - box.top) * scale, 1, 1).data];
}, share);

const isRed = ([r, g, b, a]) => r > 200 && g < 60 && b < 60 && a > 200;

test('a plan is uploaded, moved by keys and numbers, seen after a reload, and deleted; a device is placed on it', async () => {
  await publishReading(client, 'sensor-9', 'temperature', 20);
  const page = await openPage(browser);
  await page.goto(`${server.base}/map?view=-20,-60,17`);
  await page.getByRole('button', { name: 'Plans of buildings' }).click();
  const panel = page.getByRole('region', { name: 'Plans of buildings' });
  const file = panel.getByLabel('New plan from a picture');
  await file.setInputFiles({ name: 'virus.png', mimeType: 'image/png', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') });
  await panel.getByRole('alert').getByText('This file is no picture that this browser can read.').waitFor();
  await file.setInputFiles({ name: 'ground-floor.png', mimeType: 'image/png', buffer: await picture(page, 300, 300) });
  await panel.getByLabel('Name').waitFor();
  await until(async () => isRed(await colourAt(page, [0.4, 0.5])), 'the plan on the map');
  const corner = panel.getByLabel('Latitude').first();
  const before = Number(await corner.inputValue());
  await page.getByRole('button', { name: 'Upper left corner' }).focus();
  await page.keyboard.press('Shift+ArrowUp');
  await until(async () => Number(await corner.inputValue()) > before, 'the number to follow the key');
  const handle = await page.getByRole('button', { name: 'Lower right corner' }).boundingBox();
  await page.mouse.move(handle.x + 12, handle.y + 12);
  await page.mouse.down();
  await page.mouse.move(handle.x + 62, handle.y + 52, { steps: 4 });
  await page.mouse.up();
  await panel.getByLabel('Longitude').first().fill('-60.001');
  await panel.getByLabel('Name').fill('Halle 1');
  await panel.getByRole('button', { name: 'Save the plan' }).click();
  await panel.getByText('Halle 1 is saved.').waitFor();
  const [kept] = (await server.get('/plans')).plans;
  assert.deepEqual([kept.name, kept.corners[0][1], kept.corners[0][0] > before], ['Halle 1', -60.001, true]);

  // A device gets its place by a click.
  await panel.getByLabel('Place a device').fill('sensor-9');
  await panel.getByRole('button', { name: 'sensor-9' }).click();
  await page.mouse.click(...await middle(page));
  await panel.getByRole('button', { name: 'Save the place' }).click();
  await panel.getByText('sensor-9 has its place.').waitFor();
  const { location } = await server.get('/devices/sensor-9');
  assert.ok(Math.abs(location.lat + 20) < 0.01 && Math.abs(location.lng + 60) < 0.01, JSON.stringify(location));
  await drawn(page, 1, 1);

  await page.reload();
  await until(async () => isRed(await colourAt(page, [0.53, 0.6])), 'the plan after a reload');
  await page.getByRole('button', { name: 'Plans of buildings' }).click();
  await panel.getByRole('checkbox', { name: 'Halle 1' }).uncheck();
  await until(async () => !isRed(await colourAt(page, [0.53, 0.6])), 'the plan to be off the map');
  await panel.getByRole('button', { name: 'Change Halle 1' }).click();
  // Somebody else was faster: nothing is overwritten unseen.
  await server.rest('PUT', `/plans/${kept.id}`, { ...kept, name: 'Halle 2' });
  await panel.getByRole('button', { name: 'Save the plan' }).click();
  await panel.getByRole('alert').getByText('changed this plan meanwhile').waitFor();
  await panel.getByRole('button', { name: 'Delete' }).click();
  await panel.getByRole('button', { name: 'Really delete' }).click();
  await panel.getByText('No plan yet.').waitFor();
  assert.deepEqual((await server.get('/plans')).plans, []);
  // Refusals are answers that the browser reports by itself.
  assert.deepEqual(page.problems.filter((p) => !/status of (400|409)/.test(p)), []);
  await page.context().close();
});

test('more devices than a screen tells apart come as clusters of the server, with how many of them are in trouble', async () => {
  const tell = (id, latitude, longitude, qos) => client.publishAsync('crowd', JSON.stringify({ deviceId: id, temperature: 20, location: { latitude, longitude } }), { qos });
  for (let i = 0; i < 1700; i++) await tell(`crowd-${i}`, -30 + (i % 40) / 100, 130 + Math.floor(i / 40) / 100, i === 1699 ? 1 : 0);
  await server.rest('POST', '/rules', { deviceId: 'crowd-0', sensorType: 'temperature', condition: 'greater_than', threshold: 10, severity: 'warning' });
  await until(async () => (await server.get('/alerts?state=open')).alerts.some((a) => a.deviceId === 'crowd-0'), 'the alert');
  const page = await openPage(browser);
  const heard = [];
  page.on('websocket', (ws) => ws.on('framereceived', ({ payload }) => {
    if (String(payload).includes('"clusters":')) heard.push(String(payload).length);
  }));
  await page.goto(`${server.base}/map?view=-29.8,130.2,8`);
  await until(async () => /^1,700 devices in \d+ marks?, 1 with trouble/.test(await summary(page)), 'the clusters');
  assert.ok(heard.length > 0 && Math.max(...heard) < 262_144, `clusters of ${heard} bytes`);
  await page.goto(`${server.base}/map?view=-30,130,14`);
  await until(async () => !/^1,700/.test(await summary(page)) && /1 with trouble/.test(await summary(page)), 'the devices one by one');
  await page.locator('.map-list li a').first().getByText('crowd-0').waitFor();
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('the map is accessible with everything open, on a desktop and a phone', async () => {
  for (const options of [{ colorScheme: 'dark' }, { colorScheme: 'light', viewport: PHONE, hasTouch: true, isMobile: true }]) {
    const page = await openPage(browser, { reducedMotion: 'reduce', ...options });
    await page.goto(`${server.base}/map?view=0.5,7.4,9`);
    await page.getByRole('region', { name: 'Time of the map' }).waitFor();
    await page.getByRole('button', { name: 'Plans of buildings' }).click();
    await page.getByLabel('Place a device').waitFor();
    assert.deepEqual(await violations(page), [], JSON.stringify(options));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= page.viewportSize().width, `${wide} px wide`);
    await page.context().close();
  }
});

test('while the server is gone the marks are told to be of before, and afterwards they are true again', async (t) => {
  await placed('early', { lat: 62.2, lng: 16.4 });
  const page = await openPage(browser);
  await page.goto(`${server.base}/map?view=62.2,16.4,8`);
  await drawn(page, 1, 1);
  const { http, mqtt } = server;
  await server.kill();
  await page.locator('.map-title').getByText(/as of \d\d:\d\d:\d\d/).waitFor();
  await drawn(page, 1, 1);
  await server.start({ http, mqtt });
  client = await mqttClient(t, server.mqtt);
  await placed('late', { lat: 62.2, lng: 17.4 });
  await drawn(page, 2, 2);
  await until(async () => !/as of/.test(await page.locator('.map-title').innerText()), 'the title to be of now');
});
