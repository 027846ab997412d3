// SPDX-License-Identifier: Apache-2.0
// What came in, in a real browser: a topic that nobody understands becomes a device by a mapping that
// is tried and saved beside its payload, and a device lists its last messages.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { violations } from '../support/axe.mjs';
import { DESKTOP, PHONE, openBrowser, openPage } from '../support/browser.mjs';
import { mqttClient } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';

for (const [name, viewport] of [['desktop', DESKTOP], ['phone', PHONE]]) {
  test(`a topic that is not understood becomes a reading by a mapping made on the page, on the ${name}`, async (t) => {
    const server = await startServer(t);
    const client = await mqttClient(t, server.mqtt);
    await client.publishAsync('doors/front', 'OPEN', { qos: 1 });
    await client.publishAsync('doors/side', 'SHUT', { qos: 1 });
    await client.publishAsync('a/first/topic', '21', { qos: 1 });
    const page = await openPage(await openBrowser(t), { viewport });
    await page.goto(`http://127.0.0.1:${server.http}/settings/ingest`);
    const rows = page.locator('.topic-row');
    await rows.nth(2).waitFor();
    assert.match(await rows.nth(0).innerText(), /doors\/front[\s\S]*not taken: undecoded/, 'what is not understood stands first');
    assert.match(await rows.nth(2).innerText(), /a\/first\/topic[\s\S]*a\/first · topic 21/);
    await rows.nth(0).click();
    assert.equal(await page.locator('.topic-detail pre').innerText(), 'OPEN');
    await page.getByRole('button', { name: 'Map this' }).click();
    const form = page.locator('.topic-detail .mapping-form');
    assert.equal(await form.getByLabel('Topic pattern').inputValue(), 'doors/{device}');
    await form.getByLabel('Sensor').fill('open');
    await form.getByLabel('Factor').fill('much');
    await form.getByRole('button', { name: 'Save mapping' }).click();
    await form.getByRole('alert').getByText('expected a number').waitFor();
    assert.equal(await form.getByLabel('Factor').getAttribute('aria-invalid'), 'true', 'the fault has its place');
    await form.getByLabel('Factor').fill('');
    await form.getByText('More', { exact: true }).click();
    await form.getByLabel('Words for 1').fill('OPEN');
    await form.getByLabel('Words for 0').fill('SHUT');
    await form.getByRole('button', { name: 'Try on the last messages' }).click();
    await form.getByText('2 of the last 2 messages would give something.').waitFor();
    await form.getByText('front · open 1').waitFor();
    assert.deepEqual(await violations(page), []);
    await form.getByRole('button', { name: 'Save mapping' }).click();
    await form.getByText('Saved and in use').waitFor();
    await page.locator('.mapping-row').getByText('doors/{device}', { exact: true }).waitFor();
    await client.publishAsync('doors/front', 'SHUT', { qos: 1 });
    await client.publishAsync('doors/front', '{"odd":\n', { qos: 1 });

    await page.goto(`http://127.0.0.1:${server.http}/devices/front?tab=messages`);
    const messages = page.locator('.message-row');
    await messages.nth(1).waitFor();
    assert.match(await messages.nth(1).innerText(), /doors\/front[\s\S]*SHUT[\s\S]*front · open 0/);
    await page.mouse.move(0, 0); // nothing moves under a pointer
    await client.publishAsync('doors/front', 'OPEN', { qos: 1 });
    await messages.filter({ hasText: 'open 1' }).first().waitFor();
    await page.getByLabel('Words in topic or payload').fill('nothing like it');
    await page.getByRole('button', { name: 'Without “nothing like it”' }).click();
    await messages.nth(0).click();
    await page.getByText('QoS 1').waitFor();
    await client.publishAsync('doors/front', 'SHUT', { qos: 1 });
    await page.getByRole('button', { name: 'Show 1 newer one' }).click();
    await page.getByText('QoS 1').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    assert.deepEqual(await violations(page), []);

    await page.goto(`http://127.0.0.1:${server.http}/settings/ingest`);
    await page.locator('.mapping-row').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByText('There is no mapping yet.').waitFor();
    assert.deepEqual(page.problems.filter((p) => !/status of 400/.test(p)), []);
  });
}
