// SPDX-License-Identifier: Apache-2.0
// The topics page in a real browser: what is not understood stands first, and a mapping that is
// tried on it shows what would come of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DESKTOP, PHONE, openBrowser, openPage } from '../support/browser.mjs';
import { mqttClient } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';

for (const [name, viewport] of [['desktop', DESKTOP], ['phone', PHONE]]) {
  test(`an unknown payload becomes a reading by a mapping, on the ${name}`, async (t) => {
    const server = await startServer(t);
    const client = await mqttClient(t, server.mqtt);
    await client.publishAsync('doors/front', 'OPEN', { qos: 1 });
    await client.publishAsync('a/first/topic', '21', { qos: 1 });
    const page = await openPage(await openBrowser(t), { viewport });
    await page.goto(`http://127.0.0.1:${server.http}/topics`);
    const rows = page.locator('.topic-row');
    await rows.nth(1).waitFor();
    assert.match(await rows.nth(0).innerText(), /doors\/front[\s\S]*not taken: undecoded/);
    assert.match(await rows.nth(1).innerText(), /a\/first\/topic[\s\S]*a\/first · topic 21/);
    await rows.nth(0).click();
    assert.equal(await page.locator('.topic-detail pre').innerText(), 'OPEN');
    await page.getByLabel('Try a mapping').fill('- topic: doors/{device}\n  sensor: open\n  "true": [OPEN]\n');
    await page.getByRole('button', { name: 'Try' }).click();
    await page.getByText('front · open 1').waitFor();
    await page.getByLabel('Try a mapping').fill('- topic: doors/{device}\n  sensr: open\n');
    await page.getByRole('button', { name: 'Try' }).click();
    await page.getByText("did you mean 'sensor'").waitFor();
    assert.deepEqual(page.problems.filter((p) => !/status of 400/.test(p)), []);
  });
}
