// SPDX-License-Identifier: Apache-2.0
// The rows of the alerts page: acknowledged with a comment and taken back, snoozed and woken, by mouse, by keyboard and by touch;
// nothing moves under the pointer; what follows from another alert stands below it; a refusal is told in the row.
import assert from 'node:assert/strict';
import test from 'node:test';
import { DESKTOP, PHONE, openBrowser, openPage } from '../support/browser.mjs';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const rule = (more) => ({ scope: { all: true }, when: { sensor: 'temperature', condition: 'greater_than', threshold: 30 }, severity: 'warning', name: 'Too hot', ...more });

async function fleet(t, names) {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  await server.rest('POST', '/rules', rule());
  for (const name of names) {
    await publishReading(client, name, 'temperature', 21);
    await publishReading(client, name, 'temperature', 35);
  }
  const alertOf = async (device) => (await server.get('/alerts?state=open')).alerts.find((a) => a.deviceId === device);
  await until(async () => (await server.get('/alerts?state=open')).alerts.length === names.length, 'the alerts');
  return { server, client, alertOf };
}

const rowOf = (page, device) => page.locator('.open-row').filter({ has: page.getByRole('link', { name: device, exact: true }) });

test('alerts as rows', async (t) => {
  const browser = await openBrowser(t);

  await t.test('a row is acknowledged, taken back, acknowledged with a comment, snoozed and woken where it stands', async (t) => {
    const { server, alertOf } = await fleet(t, ['pump-1', 'pump-2']);
    const page = await openPage(browser, { viewport: DESKTOP });
    await page.goto(`${server.base}/alerts`);
    await page.getByRole('heading', { name: '2 alerts wait for someone' }).waitFor();
    const one = rowOf(page, 'pump-1');
    const box = await one.boundingBox();
    assert.ok(box.height <= 46, `one line, not ${box.height} px`);
    await one.getByRole('button', { name: 'Acknowledge', exact: true }).click();
    await one.getByText('local').waitFor();
    await page.getByRole('heading', { name: '1 alert waits for someone' }).waitFor();
    assert.equal((await alertOf('pump-1')).acknowledged, true);
    await one.getByRole('button', { name: 'Undo' }).click();
    await one.getByText('nobody yet').waitFor();
    await until(async () => (await alertOf('pump-1')).state === 'firing', 'the acknowledgement to be taken back');
    await one.getByRole('button', { name: 'Acknowledge with comment' }).click();
    await page.keyboard.type('door left open');
    await page.keyboard.press('Enter');
    await one.getByText('“door left open”').waitFor();
    assert.equal((await alertOf('pump-1')).note, 'door left open');

    const two = rowOf(page, 'pump-2');
    await two.getByRole('button', { name: 'Snooze' }).click();
    await two.getByRole('button', { name: '15 min' }).click();
    await two.getByText(/^until \d/).waitFor();
    assert.equal((await alertOf('pump-2')).muted, 'silence');
    await two.getByRole('button', { name: 'Wake now' }).click();
    await until(async () => (await alertOf('pump-2')).muted === null, 'the alert to be woken');
    await two.getByRole('button', { name: 'Snooze' }).click();
    await two.getByLabel('Snooze for, such as 90m').fill('90m');
    await page.keyboard.press('Enter');
    await two.getByText(/^until \d/).waitFor();
    const left = (await alertOf('pump-2')).mutedUntil - Date.now();
    assert.ok(left > 89 * 60_000 && left <= 90 * 60_000, `${left} ms`);
    assert.deepEqual(page.problems, []);
  });

  await t.test('the same by the keyboard alone, and the focus stays in the row', async (t) => {
    const { server, alertOf } = await fleet(t, ['pump-1', 'pump-2']);
    const page = await openPage(browser, { viewport: DESKTOP });
    await page.goto(`${server.base}/alerts`);
    await rowOf(page, 'pump-1').waitFor();
    const focused = () => page.evaluate(() => document.activeElement.closest('[data-alert]')?.querySelector('.alert-title a').textContent ?? null);
    await page.keyboard.press('j');
    const first = await focused();
    await page.keyboard.press('j');
    const second = await focused();
    assert.deepEqual([first, second].sort(), ['pump-1', 'pump-2']);
    await page.keyboard.press('k');
    assert.equal(await focused(), first);
    await page.keyboard.press('a');
    await until(async () => (await alertOf(first)).acknowledged, 'the acknowledgement');
    assert.equal(await focused(), first);
    await page.keyboard.press('z');
    await until(async () => !(await alertOf(first)).acknowledged, 'it to be taken back');
    await rowOf(page, first).getByText('nobody yet').waitFor();
    await page.keyboard.press('c');
    await page.getByLabel('Note').waitFor();
    await page.keyboard.type('on my way');
    await page.keyboard.press('Enter');
    await until(async () => (await alertOf(first)).note === 'on my way', 'the note');
    assert.equal(await focused(), first);
    await page.keyboard.press('j');
    await page.keyboard.press('s');
    await page.locator('.popover button:focus').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await until(async () => (await alertOf(second)).muted === 'silence', 'the snooze');
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'What happened' }).waitFor();
    await page.locator('.timeline').getByText('“on my way”').waitFor();
    assert.deepEqual(page.problems, []);
  });

  await t.test('a refusal changes the row back and says why', async (t) => {
    const { server } = await fleet(t, ['pump-1']);
    const page = await openPage(browser, { viewport: DESKTOP });
    await page.goto(`${server.base}/alerts`);
    const row = rowOf(page, 'pump-1');
    await row.waitFor();
    await page.route('**/acknowledge', (route) => route.fulfill({ status: 403, contentType: 'application/json', body: '{"error":{"code":"forbidden","message":"not this one"}}' }));
    await row.getByRole('button', { name: 'Acknowledge', exact: true }).click();
    await row.getByText('Not acknowledged: not this one').waitFor();
    await row.getByText('nobody yet').waitFor();
    await row.getByRole('button', { name: 'Acknowledge', exact: true }).waitFor();
    await page.unroute('**/acknowledge');
    await row.getByRole('button', { name: 'Acknowledge', exact: true }).click();
    await row.getByText('local').waitFor();
    assert.equal(await row.getByText('Not acknowledged').count(), 0);
    assert.deepEqual(page.problems.filter((p) => !/status of 403/.test(p)), []);
  });

  await t.test('several are chosen by keys and by Shift, acknowledged in one act, taken back, and each refusal is told', async (t) => {
    const { server, client, alertOf } = await fleet(t, ['pump-1', 'pump-2', 'pump-3', 'pump-4']);
    const page = await openPage(browser, { viewport: DESKTOP });
    await page.goto(`${server.base}/alerts`);
    await rowOf(page, 'pump-4').waitFor();
    const held = async () => (await server.get('/alerts?state=open')).alerts.filter((a) => a.acknowledged).length;
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByText('2 chosen').waitFor();
    await page.keyboard.press('a');
    await page.getByText('2 alerts acknowledged').waitFor();
    assert.equal(await held(), 2);
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await page.getByText('2 alerts taken back').waitFor();
    assert.equal(await held(), 0);
    const boxes = page.getByRole('checkbox', { name: /^Choose pump/ });
    await boxes.first().check();
    await boxes.last().click({ modifiers: ['Shift'] });
    await page.getByText('4 chosen').waitFor();
    const refused = (await alertOf('pump-2')).id;
    await page.route(`**/alerts/${refused}/acknowledge`, (route) => route.fulfill({ status: 403, contentType: 'application/json', body: '{"error":{"code":"forbidden","message":"not this one"}}' }));
    // What comes meanwhile moves nothing that was chosen.
    await publishReading(client, 'pump-5', 'temperature', 36);
    await page.getByRole('button', { name: '1 new' }).waitFor();
    await page.getByRole('region', { name: 'The chosen alerts' }).getByLabel('Note').fill('storm');
    await page.keyboard.press('Enter');
    await page.getByText('3 alerts acknowledged').waitFor();
    await page.getByText('1 not: pump-2: not this one').waitFor();
    assert.equal((await alertOf('pump-1')).note, 'storm');
    assert.equal((await alertOf('pump-2')).acknowledged, false);
    await boxes.first().check();
    await boxes.nth(1).check();
    await page.getByRole('region', { name: 'The chosen alerts' }).getByRole('button', { name: 'Snooze' }).click();
    await page.getByRole('button', { name: '15 min' }).click();
    await page.getByText('2 alerts snoozed').waitFor();
    assert.equal((await server.get('/alerts?state=open')).alerts.filter((a) => a.muted === 'silence').length, 2);
    await boxes.first().check();
    await page.locator('.alert-main').first().focus();
    await page.keyboard.press('Escape');
    await page.getByText('1 chosen').waitFor({ state: 'detached' });
    assert.deepEqual(page.problems.filter((p) => !/status of 403/.test(p)), []);
  });

  await t.test('what is new waits while somebody reads, and what is over keeps its place', async (t) => {
    const { server, client } = await fleet(t, ['pump-1', 'pump-2']);
    const page = await openPage(browser, { viewport: DESKTOP });
    await page.goto(`${server.base}/alerts`);
    await rowOf(page, 'pump-2').hover();
    await publishReading(client, 'pump-3', 'temperature', 36);
    await page.getByRole('button', { name: '1 new' }).waitFor();
    assert.equal(await page.locator('.open-row').count(), 2);
    await publishReading(client, 'pump-1', 'temperature', 20);
    await rowOf(page, 'pump-1').getByText('over', { exact: true }).waitFor();
    assert.equal(await page.locator('.open-row').count(), 2);
    await page.getByRole('button', { name: '1 new' }).click();
    await rowOf(page, 'pump-3').waitFor();
    await page.mouse.move(5, 5);
    await rowOf(page, 'pump-1').waitFor({ state: 'detached' });
    await publishReading(client, 'pump-4', 'temperature', 36);
    await rowOf(page, 'pump-4').waitFor();
    assert.deepEqual(page.problems, []);
  });

  await t.test('alerts that follow from another are one line below it, which opens', async (t) => {
    const { server, client } = await fleet(t, ['pump-1', 'pump-2']);
    const { rules: [hot] } = await server.get('/rules');
    await server.rest('POST', '/rules', { name: 'Line down', scope: { device: 'gateway' }, when: { sensor: 'link', condition: 'less_than', threshold: 1 }, severity: 'critical', mutes: { rule: hot.id } });
    await publishReading(client, 'gateway', 'link', 0);
    const page = await openPage(browser, { viewport: DESKTOP });
    await page.goto(`${server.base}/alerts`);
    await page.getByRole('heading', { name: '1 alert waits for someone' }).waitFor();
    const more = rowOf(page, 'gateway').getByRole('button', { name: '+2 muted' });
    await more.waitFor();
    assert.equal(await page.locator('.open-row').count(), 1);
    await page.getByLabel('Severity:').selectOption('info');
    await page.getByText('No open alert fits these filters.').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await more.click();
    await rowOf(page, 'pump-1').waitFor();
    assert.equal(await more.getAttribute('aria-expanded'), 'true');
    assert.deepEqual(page.problems, []);
  });

  await t.test('on a phone a finger acknowledges, takes back, and silences with a reason', async (t) => {
    const { server, alertOf } = await fleet(t, ['pump-1']);
    const page = await openPage(browser, { viewport: PHONE, hasTouch: true, isMobile: true });
    await page.goto(`${server.base}/alerts`);
    const row = rowOf(page, 'pump-1');
    const button = row.getByRole('button', { name: 'Acknowledge', exact: true });
    await button.waitFor();
    for (const target of await row.locator('.alert-act button').all()) assert.ok((await target.boundingBox()).height >= 44, 'a target for a finger');
    await button.tap();
    await row.getByRole('button', { name: 'Undo' }).tap();
    await until(async () => !(await alertOf('pump-1')).acknowledged, 'it to be taken back');
    await page.getByRole('tab', { name: /^Silences/ }).tap();
    await page.getByLabel('Silence by').selectOption('device');
    await page.getByLabel('Device', { exact: true }).fill('pump-1');
    await page.getByLabel('Reason').fill('defrosting');
    await page.getByRole('button', { name: 'Silence', exact: true }).tap();
    await page.getByText(/defrosting \(local\)/).waitFor();
    await until(async () => (await alertOf('pump-1')).muted === 'silence', 'the silence');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing stands out at the side');
    await page.route('**/silences/*', (route) => (route.request().method() === 'DELETE' ? route.fulfill({ status: 503, contentType: 'application/json', body: '{"error":{"code":"busy","message":"in a moment"}}' }) : route.continue()));
    await page.getByRole('button', { name: 'End now' }).tap();
    await page.getByText('Not ended: in a moment').waitFor();
    assert.deepEqual(page.problems.filter((p) => !/status of 503/.test(p)), []);
  });

  await t.test('history stands as lanes, the noisiest first, with how long until somebody had it', async (t) => {
    const { server, client } = await fleet(t, ['pump-1', 'pump-2']);
    await server.rest('POST', `/alerts/${(await server.get('/alerts?state=open')).alerts.find((a) => a.deviceId === 'pump-2').id}/acknowledge`);
    for (const v of [20, 35, 20, 35]) await publishReading(client, 'pump-1', 'temperature', v);
    await until(async () => (await server.get('/alerts?state=all')).alerts.length === 4, 'the history');
    const page = await openPage(browser, { viewport: DESKTOP });
    await page.goto(`${server.base}/alerts?tab=history`);
    const rows = page.locator('.noise tbody tr');
    await until(async () => (await rows.count()) === 2, 'two lanes');
    const cells = async (i) => (await rows.nth(i).locator('td.cell-number').allInnerTexts());
    await until(async () => (await cells(0))[0] === '3', 'three of pump-1');
    assert.match(await rows.nth(0).innerText(), /pump-1 Too hot/);
    assert.equal((await cells(0))[2], '–');
    assert.match((await cells(1))[2], /^\d+\u202fs$/);
    assert.deepEqual(page.problems, []);
  });
});
