// SPDX-License-Identifier: Apache-2.0
// Alerts in a real browser: a rule as a sentence beside the past, dragged and saved; seen to fire;
// acknowledged with a note; snoozed; told by a channel that is tried first.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import test from 'node:test';
import { DESKTOP, PHONE, openBrowser, openPage } from '../support/browser.mjs';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const hour = 3_600_000;

// A day of readings that pass 30 four times.
async function withHistory(t, options) {
  const server = await startServer(t, options);
  const publisher = await mqttClient(t, server.mqtt);
  const start = Date.now() - 20 * hour;
  for (let i = 0; i < 20 * 12; i++) {
    const v = Math.floor(i / 12) % 5 === 4 ? 35 : 20 + (i % 12) / 10;
    publisher.publish('sensors/boiler-1/temperature', JSON.stringify({ deviceId: 'boiler-1', sensorType: 'temperature', value: v, timestamp: start + i * 300_000 }), { qos: 1 });
  }
  await publishReading(publisher, 'boiler-1', 'temperature', 21, Date.now() - 1000);
  return { server, publisher };
}

test('a rule is written as a sentence, tried on the past, dragged, saved, and fires', async (t) => {
  const { server, publisher } = await withHistory(t);
  const page = await openPage(await openBrowser(t), { viewport: DESKTOP });
  await page.goto(`${server.base}/devices/boiler-1?range=1d`);
  await page.getByRole('button', { name: /^More about/ }).first().click();
  await page.getByRole('button', { name: 'Create rule here' }).click();
  await page.waitForURL(/rules\/new\?device=boiler-1&sensor=temperature&limit=35/);
  await page.getByRole('spinbutton', { name: 'Limit' }).fill('50');
  await page.getByText('Would not have fired in 7 days.').waitFor();
  await page.getByRole('spinbutton', { name: 'Limit' }).fill('30');
  await page.getByRole('spinbutton', { name: 'Limit' }).press('Tab');
  await page.getByText('Would have fired 4 times on 1 device in 7 days.').waitFor();
  assert.equal(await page.locator('.would-have').count(), 4);
  const limit = page.getByRole('slider', { name: 'Limit' });
  await limit.focus();
  const before = Number(await limit.getAttribute('aria-valuenow'));
  await page.keyboard.press('PageUp');
  await until(async () => Number(await limit.getAttribute('aria-valuenow')) > before, 'the limit to go up');
  const line = await limit.boundingBox();
  await page.mouse.move(line.x + 200, line.y + line.height / 2);
  await page.mouse.down();
  await page.mouse.move(line.x + 200, line.y - 400, { steps: 4 });
  await page.mouse.up();
  await page.getByText('Would not have fired in 7 days.').waitFor();
  await page.getByRole('spinbutton', { name: 'Limit' }).fill('30');
  await page.getByLabel('Name').fill('Boiler too hot');
  await page.getByRole('combobox', { name: 'Raise' }).selectOption('critical');
  await page.getByRole('button', { name: 'Create this rule' }).click();
  await page.getByRole('link', { name: 'Boiler too hot' }).waitFor();
  await page.getByRole('link', { name: 'Boiler too hot' }).click();
  await page.getByText('Would have fired 4 times on 1 device in 7 days.').waitFor();
  await page.getByRole('combobox', { name: 'Resolve', exact: true }).selectOption('at');
  await page.getByRole('slider', { name: 'Resolve limit' }).waitFor();
  await page.getByRole('spinbutton', { name: 'Limit', exact: true }).fill('40');
  await page.locator('.against').filter({ hasText: /0\s+new\s+−4\s+fewer/ }).waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.locator('.against').filter({ hasText: /0\s+new\s+0\s+fewer/ }).waitFor();
  await publishReading(publisher, 'boiler-1', 'temperature', 36);
  await page.goto(`${server.base}/alerts`);
  await page.locator('.alert-text a').first().click();
  await page.getByRole('heading', { name: /boiler-1: 36.*above 30/ }).waitFor();
  await page.getByLabel('Note').fill('the valve sticks');
  await page.getByRole('button', { name: 'Acknowledge with comment' }).click();
  const [alert] = await until(async () => {
    const { alerts } = await server.get('/alerts?state=open');
    return alerts[0]?.note === 'the valve sticks' && alerts;
  }, 'the note');
  assert.equal(alert.acknowledged, true);
  await page.getByRole('button', { name: 'Snooze' }).click();
  await page.getByRole('button', { name: '1 h', exact: true }).click();
  await page.getByText(/by a silence, until/).first().waitFor();
  await page.goto(`${server.base}/alerts?tab=silences`);
  await page.getByText('Alert: boiler-1, Boiler too hot').waitFor();
  await page.getByRole('button', { name: 'End now' }).click();
  await page.getByText('Nothing is silenced.').waitFor();
  assert.deepEqual(page.problems, []);
});

test('a rule that says more than a sentence stays text, and says what is wrong with it', async (t) => {
  const { server } = await withHistory(t);
  const when = { all: [{ sensor: 'temperature', condition: 'greater_than', threshold: 30 }, { sensor: 'pressure', condition: 'less_than', threshold: 1 }] };
  const rule = await server.rest('POST', '/rules', { name: 'Both', scope: { all: true }, when, severity: 'warning' });
  const page = await openPage(await openBrowser(t), { viewport: PHONE });
  await page.goto(`${server.base}/rules/${rule.id}`);
  const text = page.getByLabel('The rule as text (JSON)');
  assert.deepEqual(JSON.parse(await text.inputValue()).when, when);
  await text.fill('{"severity":');
  await page.getByText('This is no JSON object yet.').waitFor();
  await text.fill(JSON.stringify({ name: 'Both', scope: { all: true }, when: { sensor: 'x', condition: 'prime' }, severity: 'warning' }));
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').filter({ hasText: /condition|expected/ }).first().waitFor();
  assert.deepEqual((await server.get(`/rules/${rule.id}`)).when, when);
  assert.deepEqual(page.problems.filter((p) => !/status of 400/.test(p)), []);
});

test('a rule of the short form is changed in the sentence, and keeps what the sentence does not show', async (t) => {
  const { server } = await withHistory(t);
  const plain = await server.rest('POST', '/rules', { deviceId: 'boiler-1', sensorType: 'temperature', condition: 'greater_than', threshold: 90, severity: 'info' });
  const more = await server.rest('POST', '/rules', { scope: { all: true }, when: { sensor: 'temperature', condition: 'less_than', threshold: 1 }, severity: 'warning', message: '{device} is cold', labels: { team: 'night' }, notify: { to: ['push', 'email'], repeat: '1h' } });
  const page = await openPage(await openBrowser(t), { viewport: DESKTOP });
  for (const [rule, limit] of [[plain, 80], [more, 2]]) {
    await page.goto(`${server.base}/rules/${rule.id}`);
    await page.getByRole('spinbutton', { name: 'Limit' }).fill(String(limit));
    await page.getByRole('button', { name: 'Save rule' }).click();
    await page.waitForURL(/alerts\?tab=rules/);
  }
  const [short, long] = [await server.get(`/rules/${plain.id}`), await server.get(`/rules/${more.id}`)];
  assert.deepEqual([short.deviceId, short.threshold], ['boiler-1', 80]);
  assert.deepEqual([long.when.threshold, long.message, long.labels, long.notify], [2, more.message, more.labels, more.notify]);
  assert.deepEqual(page.problems, []);
});

test('a webhook is added, tried, changed, told by a route and a person, and taken away by its name', async (t) => {
  const heard = [];
  const sink = createServer((request, response) => {
    let body = '';
    request.on('data', (data) => { body += data; });
    request.on('end', () => {
      heard.push(body);
      response.end('ok');
    });
  });
  await new Promise((resolve) => { sink.listen(0, '127.0.0.1', resolve); });
  t.after(() => sink.close());
  const { server, publisher } = await withHistory(t, { config: 'notify:\n  allow: [127.0.0.0/8]\n' });
  await server.rest('POST', '/rules', { deviceId: 'boiler-1', sensorType: 'temperature', condition: 'greater_than', threshold: 30, severity: 'critical' });
  const page = await openPage(await openBrowser(t), { viewport: DESKTOP });
  await page.goto(`${server.base}/alerts?tab=channels`);
  await page.getByRole('button', { name: 'Add a way' }).click();
  await page.getByRole('combobox', { name: 'Type' }).selectOption('webhook');
  await page.getByRole('textbox', { name: 'Name' }).fill('Chat');
  await page.getByRole('textbox', { name: 'Address' }).fill('https://a b');
  await page.getByRole('spinbutton', { name: 'Messages an hour at most' }).fill('900');
  await page.getByRole('textbox', { name: 'Address' }).fill('https://user@example.org/');
  await page.getByRole('button', { name: 'Add this way' }).click();
  const wrong = page.locator('[aria-invalid=true]');
  await wrong.waitFor();
  assert.equal(await wrong.evaluate((e) => document.getElementById(e.getAttribute('aria-describedby')).querySelector('.problem').textContent.length > 5), true);
  await page.getByRole('alert').filter({ hasText: /^Not saved: (url|budget): / }).waitFor();
  await page.getByRole('spinbutton', { name: 'Messages an hour at most' }).fill('30');
  await page.getByRole('textbox', { name: 'Key of the signature' }).fill('s3cret');
  await page.getByRole('textbox', { name: 'Address' }).fill(`http://127.0.0.1:${sink.address().port}/hook`);
  await page.getByRole('button', { name: 'Add this way' }).click();
  await page.getByText('Chat', { exact: true }).waitFor();
  await page.getByRole('listitem').getByRole('button', { name: 'Send a test' }).click();
  await page.getByText(/It worked, in \d+ ms/).waitFor();
  const tried = heard.length;
  assert.ok(tried > 0);
  await publishReading(publisher, 'boiler-1', 'temperature', 36);
  await until(() => heard.length > tried && /boiler-1/.test(heard.at(-1)), 'the webhook to be told');
  await page.reload();
  await page.getByRole('cell', { name: 'sent' }).first().waitFor();

  await page.getByRole('button', { name: 'Edit Chat' }).click();
  await page.getByText('One is stored; it is never shown.').first().waitFor();
  await page.getByRole('textbox', { name: 'Name' }).fill('Night chat');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Night chat', { exact: true }).first().waitFor();
  const { channels: [way] } = await server.get('/channels');
  assert.deepEqual([way.name, way.secrets, way.budget, way.version], ['Night chat', ['secret'], 30, 2]);

  await page.getByRole('button', { name: 'Add a person' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Night shift');
  await page.getByRole('combobox', { name: 'Add to: Ways' }).selectOption('Night chat');
  await page.getByRole('button', { name: 'Add a person' }).click();
  await page.getByText('Night shift', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Add a route' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Nights');
  await page.getByRole('button', { name: 'Add a route' }).click();
  await page.getByRole('alert').filter({ hasText: /^Not saved: to: / }).waitFor();
  await page.getByRole('checkbox', { name: 'critical' }).check();
  await page.getByLabel('Add to: Tag').fill('cold');
  await page.keyboard.press('Enter');
  await page.getByLabel('From', { exact: true }).fill('18:00');
  await page.getByLabel('To', { exact: true }).fill('08:00');
  await page.getByRole('combobox', { name: 'Time zone' }).fill('Europe/Berlin');
  await page.getByRole('checkbox', { name: 'Mon' }).check();
  await page.getByRole('combobox', { name: 'Add to: Tell', exact: true }).selectOption('Night shift (person)');
  await page.getByLabel('Tell again every').fill('4h');
  await page.getByRole('button', { name: 'Add a step' }).click();
  await page.getByLabel('After', { exact: true }).fill('15m');
  await page.getByRole('combobox', { name: 'Add to: Tell then' }).selectOption('All browsers');
  await page.getByRole('button', { name: 'Add a route' }).click();
  await page.getByText('critical · tagged cold, Mon 18:00 to 08:00 (Europe/Berlin)').waitFor();
  await page.getByText('Tells Night shift, again every 4h until somebody acknowledges').waitFor();
  await page.getByText('After 15m without an acknowledgement: All browsers').waitFor();
  const { routes: [route] } = await server.get('/routes');
  assert.deepEqual([route.match, route.hours, route.steps], [{ severity: ['critical'], tags: ['cold'] }, { from: '18:00', to: '08:00', days: ['mon'], zone: 'Europe/Berlin' }, [{ after: '15m', to: ['push'] }]]);
  const before = heard.length;
  await page.getByRole('listitem').filter({ hasText: 'Nights' }).getByRole('button', { name: 'Send a test' }).click();
  await page.getByText(/Night chat: It worked, in \d+ ms/).waitFor();
  assert.equal(heard.length, before + 1);

  await page.getByRole('button', { name: 'Remove Night chat' }).click();
  await page.getByText('It is named by Night shift: they would not tell it any more.').waitFor();
  const removing = page.getByRole('button', { name: 'Remove it' });
  assert.equal(await removing.isDisabled(), true);
  await page.getByLabel('Type “Night chat” to remove it').fill('Night chat');
  await removing.click();
  await until(async () => (await server.get('/channels')).channels.length === 0, 'the way to be gone');
  await page.getByText('(gone: nobody is told)').first().waitFor();
  assert.deepEqual(page.problems.filter((p) => !/status of 400/.test(p)), []);
});
