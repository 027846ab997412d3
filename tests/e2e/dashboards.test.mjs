// SPDX-License-Identifier: Apache-2.0
// Dashboards in a real browser: made, filled, moved by mouse and by keys, undone, saved, found again;
// two people at one; made from a model; out to a file and in again.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { DESKTOP, PHONE, openBrowser, openPage } from '../support/browser.mjs';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { command, startServer, temporaryFolder } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

async function withDevices(t) {
  const server = await startServer(t);
  const publisher = await mqttClient(t, server.mqtt);
  for (const device of ['boiler-1', 'boiler-2']) {
    for (const sensor of ['temperature', 'pressure']) await publishReading(publisher, device, sensor, 20, Date.now());
    await server.rest('PATCH', `/devices/${device}`, { model: 'Boiler 3' });
  }
  return { server, publisher };
}

const only = async (server) => {
  const { dashboards } = await server.get('/dashboards');
  assert.equal(dashboards.length, 1);
  return dashboards[0];
};

async function chooseSeries(scope, device, sensor) {
  await scope.getByRole('combobox', { name: 'Device' }).selectOption({ label: device });
  await scope.getByRole('combobox', { name: 'Sensor' }).selectOption({ label: sensor });
}

test('a dashboard is made, filled, arranged by mouse and keys, undone and saved', async (t) => {
  const { server, publisher } = await withDevices(t);
  const page = await openPage(await openBrowser(t), { viewport: DESKTOP });
  await page.goto(`${server.base}/dashboards`);
  await page.getByText('No dashboard yet.').waitFor();
  await page.getByRole('button', { name: 'New dashboard' }).click();
  await page.getByLabel('Name').fill('Boiler room');
  for (const [device, sensor, type] of [['boiler-1', 'temperature', 'Value'], ['boiler-2', 'pressure', 'Table']]) {
    await page.getByRole('button', { name: 'Add a widget' }).click();
    const drawer = page.getByRole('dialog');
    await chooseSeries(drawer, device, sensor);
    await drawer.getByRole('button', { name: type, exact: true }).click();
    await drawer.getByRole('button', { name: `Add: ${type}` }).click();
  }
  await page.getByRole('button', { name: 'Add a widget' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Text' }).click();
  await page.getByRole('textbox', { name: 'Text' }).fill('# Who to call\n**Ana**, see [the plan](javascript:alert(1)) or [the manual](https://example.org/)\n\n<img onerror=alert(1) src=x>');

  const value = page.locator('[data-widget=w1]');
  await value.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  const at = async (widget) => page.locator(`[data-widget=${widget}]`).evaluate((e) => [e.style.gridColumn, e.style.gridRow].join(' | '));
  assert.equal(await at('w1'), '2 / span 4 | 1 / span 3');
  await page.keyboard.press('Control+z');
  assert.equal(await at('w1'), '2 / span 3 | 1 / span 3');
  const box = await page.locator('[data-widget=w1] .widget-grip').boundingBox();
  await page.mouse.move(box.x + 20, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + 20 + 600, box.y + 20, { steps: 5 });
  await page.mouse.up();
  const [column] = (await at('w1')).split(' / ');
  assert.ok(Number(column) > 4, `dragged to column ${column}`);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Edit' }).waitFor();

  const kept = await only(server);
  assert.equal(kept.title, 'Boiler room');
  assert.deepEqual(kept.widgets.map((w) => w.type).sort(), ['table', 'text', 'value']);
  await page.reload();
  await page.getByRole('heading', { name: 'Who to call' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'the manual' }).getAttribute('href'), 'https://example.org/');
  assert.equal(await page.getByRole('link', { name: 'the plan' }).count(), 0);
  assert.equal(await page.locator('.widget-text img').count(), 0);
  await publishReading(publisher, 'boiler-1', 'temperature', 21.5);
  await page.locator('[data-widget=w1]').getByText('21.5').waitFor();
  assert.deepEqual(page.problems, []);
});

test('what two people change at once is a choice, not a loss', async (t) => {
  const { server } = await withDevices(t);
  await server.rest('PUT', '/dashboards/d', { schema: 1, title: 'Ours', widgets: [{ type: 'clock', at: [0, 0, 2, 2] }] });
  const browser = await openBrowser(t);
  const page = await openPage(browser, { viewport: DESKTOP });
  await page.goto(`${server.base}/dashboards/d?edit=1`);
  await page.getByLabel('Name').fill('Mine');
  await page.getByLabel('Name').press('Tab');
  await server.rest('PUT', '/dashboards/d', { schema: 1, title: 'Theirs', widgets: [] });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('local saved another version meanwhile.').waitFor();
  assert.equal((await server.get('/dashboards/d')).title, 'Theirs');
  await page.getByRole('button', { name: 'Keep mine' }).click();
  await until(async () => (await server.get('/dashboards/d')).title === 'Mine', 'the own version to be saved');
  await page.getByText('local saved another version meanwhile.').waitFor({ state: 'detached' });
  await page.getByLabel('Name').fill('Mine again');
  await page.getByLabel('Name').press('Tab');
  await page.reload();
  assert.equal(await page.getByLabel('Name').inputValue(), 'Mine again', 'the draft waits in the browser');
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('heading', { name: 'Mine', exact: true }).waitFor();
  assert.deepEqual(page.problems.filter((p) => !/status of 409/.test(p)), []);
});

test('a model has a dashboard for each of its devices that nobody built, it is kept when it is changed, repeats, and a file carries it to another server', async (t) => {
  const { server } = await withDevices(t);
  const browser = await openBrowser(t);
  const page = await openPage(browser, { viewport: PHONE });
  await page.goto(`${server.base}/dashboards`);
  await server.rest('PATCH', '/devices/boiler-2', { model: 'Boiler 3/b' });
  await page.getByRole('link', { name: 'Every Boiler 3/b' }).waitFor();
  await server.rest('PATCH', '/devices/boiler-2', { model: 'Boiler 3' });
  await page.getByRole('link', { name: 'Every Boiler 3', exact: true }).click();
  await page.getByRole('heading', { name: 'Every Boiler 3' }).waitFor();
  await page.locator('.tile', { hasText: 'boiler-1' }).first().waitFor();
  await page.getByLabel('Choose: Device').selectOption('boiler-2');
  await page.locator('.tile', { hasText: 'boiler-2' }).first().waitFor();
  assert.equal(new URL(page.url()).search, '?device=boiler-2');
  await page.getByRole('button', { name: 'Without boiler-2' }).waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  const file = await (await download).path();
  const board = JSON.parse(readFileSync(file, 'utf8'));
  assert.deepEqual([board.schema, board.title, board.variables], [1, 'Every Boiler 3', ['model', 'device']]);
  assert.deepEqual((await server.get('/dashboards')).dashboards, [], 'nothing was kept');
  await page.setViewportSize(DESKTOP);
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.locator('[data-widget=v0]').focus();
  await page.getByLabel('One for each').selectOption('device');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByLabel('Choose: Device', { exact: true }).selectOption('boiler-1');
  await page.locator('[data-widget="v0:1"] .tile', { hasText: 'boiler-2' }).waitFor();
  assert.equal((await only(server)).widgets.find((w) => w.id === 'v0').repeat, 'device');
  await page.setViewportSize(PHONE);

  const other = await withDevices(t);
  const named = join(temporaryFolder(t), 'board.json');
  writeFileSync(named, JSON.stringify({ ...board, widgets: [{ type: 'value', at: [0, 0, 3, 3], series: ['kettle-9/temperature'] }] }));
  await page.goto(`${other.server.base}/dashboards`);
  await page.getByLabel('From a file').setInputFiles(named);
  await page.getByLabel('kettle-9').selectOption('boiler-1');
  await page.getByRole('button', { name: 'Import' }).click();
  await page.locator('.tile', { hasText: 'boiler-1' }).waitFor();
  assert.deepEqual((await only(other.server)).widgets[0].series, ['boiler-1/temperature']);
  const odd = join(temporaryFolder(t), 'odd.json');
  writeFileSync(odd, '{"schema":9}');
  await page.goto(`${other.server.base}/dashboards`);
  await page.getByLabel('From a file').setInputFiles(odd);
  await page.getByText('This file is no dashboard of this version.').waitFor();
  assert.deepEqual(page.problems, []);
});

test('what is pinned is one dashboard for all: two pin at once, an older browser brings its own, who may only look is told so', async (t) => {
  const data = join(temporaryFolder(t), 'data');
  const [token, looker] = ['operator', 'viewer'].map((role) => /^[A-Za-z0-9_-]{43}$/m.exec(command(['token', 'create', '--role', role, '--data', data]).stdout)[0]);
  const server = await startServer(t, { data, noAuth: false });
  const publisher = await mqttClient(t, server.mqtt, { username: 'any', password: token });
  for (const sensor of ['temperature', 'pressure', 'level']) await publishReading(publisher, 'boiler-1', sensor, 20, Date.now());
  const as = { authorization: `Bearer ${token}` };
  const names = async () => (await server.request('GET', '/api/v1/dashboards?id=pinned', undefined, as)).body.dashboards[0]?.widgets.map((w) => w.series.join()) ?? [];
  const browser = await openBrowser(t);
  const enter = async (secret, path, before) => {
    const page = await openPage(browser, { viewport: DESKTOP });
    if (before) await page.addInitScript(before);
    await page.request.post(`${server.base}/api/v1/session`, { data: { token: secret } });
    await page.goto(server.base + path);
    return page;
  };
  const one = await enter(token, '/devices/boiler-1');
  const other = await enter(token, '/devices/boiler-1');
  await Promise.all([one.getByRole('button', { name: 'Pin to the overview: temperature' }).click(), other.getByRole('button', { name: 'Pin to the overview: level' }).click()]);
  await until(async () => (await names()).length === 2, 'both to be kept');
  await one.getByRole('button', { name: 'Take off the overview: temperature' }).click();
  await until(async () => (await names()).join() === 'boiler-1/level', 'the first to be gone');

  const older = await enter(token, '/', () => {
    if (!localStorage.getItem('was')) localStorage.setItem('telltale.pins', '[["boiler-1","pressure"]]');
    localStorage.setItem('was', '1');
  });
  await until(async () => (await older.locator('.tile-head').allInnerTexts()).map((s) => s.split(/\s/).pop()).join() === 'level,pressure', 'its own beside that of all');
  await until(async () => older.evaluate(() => localStorage.getItem('telltale.pins') === null), 'none of its own to be left');
  await older.getByRole('button', { name: 'Edit' }).click();
  await older.getByRole('link', { name: 'Open them as a dashboard' }).click();
  await older.getByRole('heading', { name: 'Pinned', exact: true }).waitFor();
  assert.deepEqual((await older.locator('.tile-head span').allInnerTexts()).sort(), ['level', 'pressure']);

  const viewer = await enter(looker, '/devices/boiler-1');
  await viewer.getByRole('button', { name: 'Take off the overview: level' }).click();
  await viewer.getByText('changing them needs the role operator or admin').waitFor();
  for (const page of [one, other, older]) assert.deepEqual(page.problems.filter((p) => !/status of 409/.test(p)), []);
});

test('a dashboard is made, arranged, saved and shared by keyboard alone', async (t) => {
  const { server } = await withDevices(t);
  const page = await openPage(await openBrowser(t), { viewport: DESKTOP });
  await page.goto(`${server.base}/dashboards`);
  // Goes with Tab to what has this name, as a person would; the mouse is never touched.
  const reach = async (role, name) => {
    const target = page.getByRole(role, { name, exact: true });
    await target.first().waitFor();
    for (let n = 0; n < 80; n++) {
      if (await target.first().evaluate((e) => e === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`Tab does not come to ${name}`);
  };
  const press = async (name) => {
    await reach('button', name);
    await page.keyboard.press('Enter');
  };
  const choose = async (name, first) => {
    await reach('combobox', name);
    await page.keyboard.type(first);
  };
  await press('New dashboard');
  await press('Add a widget');
  await choose('Device', 'boiler-2');
  await choose('Sensor', 'pressure');
  await press('Value');
  await press('Add: Value');
  const widget = page.locator('[data-widget=w1]');
  await reach('group', 'Value: arrows move it, Shift and arrows resize it');
  for (const key of ['ArrowRight', 'ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowDown']) await page.keyboard.press(key);
  assert.equal(await widget.evaluate((e) => [e.style.gridColumn, e.style.gridRow].join(' | ')), '3 / span 4 | 1 / span 4');
  for (let n = 0; n < 4; n++) await page.keyboard.press('Control+z');
  assert.equal(await widget.evaluate((e) => e.style.gridColumn), '1 / span 3');
  for (let n = 0; n < 4; n++) await page.keyboard.press('Control+Shift+z');
  await press('Save');
  await page.getByRole('button', { name: 'Edit' }).waitFor();
  assert.deepEqual((await only(server)).widgets.map((w) => [w.type, ...w.at, ...w.series]), [['value', 2, 0, 4, 4, 'boiler-2/pressure']]);
  await press('Share');
  await press('Make a link');
  await page.getByText('Copy it now').waitFor();
  assert.equal((await server.get(`/dashboards/${(await only(server)).id}/shares`)).shares.length, 1);
  assert.deepEqual(page.problems, []);
});

test('fingers move and resize a widget on a phone and a tablet', async (t) => {
  const { server } = await withDevices(t);
  const browser = await openBrowser(t);
  for (const viewport of [PHONE, { width: 820, height: 1180 }]) {
    await server.rest('PUT', '/dashboards/d', { schema: 1, title: 'Touch', widgets: [{ type: 'clock', at: [0, 0, 4, 3] }] });
    const page = await openPage(browser, { viewport, hasTouch: true, isMobile: true });
    await page.goto(`${server.base}/dashboards/d?edit=1`);
    const cell = await page.locator('.board-grid-edit').evaluate((e) => (e.clientWidth + 12) / 12);
    const cdp = await page.context().newCDPSession(page);
    const drag = async (part, columns, rows) => {
      const handle = page.locator(`[data-widget=w1] ${part}`);
      await handle.scrollIntoViewIfNeeded();
      const box = await handle.boundingBox();
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const touch = (type, points) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([px, py]) => ({ x: px, y: py })) });
      await touch('touchStart', [[x, y]]);
      for (let n = 1; n <= 6; n++) await touch('touchMove', [[x + (columns * cell * n) / 6, y + (rows * 52 * n) / 6]]);
      await touch('touchEnd', []);
    };
    const at = () => page.locator('[data-widget=w1]').evaluate((e) => [e.style.gridColumn, e.style.gridRow].join(' | '));
    await drag('.widget-grip', 3, 0);
    await until(async () => await at() === '4 / span 4 | 1 / span 3', 'it to be moved');
    await drag('.widget-size', 2, 1);
    await until(async () => await at() === '4 / span 6 | 1 / span 4', 'it to be larger');
    await page.keyboard.press('Control+s');
    await until(async () => (await server.get('/dashboards/d')).widgets[0].at.join() === '3,0,6,4', 'it to be kept');
    assert.deepEqual(page.problems, []);
    await page.context().close();
  }
});
