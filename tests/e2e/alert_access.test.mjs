// SPDX-License-Identifier: Apache-2.0
// axe-core finds nothing on the pages about alerts and rules, with alerts in every state on them, and with their menus, fields and
// dialogs open; dark, light and in high contrast, on a desktop and on a phone.
import assert from 'node:assert/strict';
import test from 'node:test';
import { violations } from '../support/axe.mjs';
import { DESKTOP, PHONE, openBrowser, openPage } from '../support/browser.mjs';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

async function filled(t) {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  const rule = (name, sensor, severity) => server.rest('POST', '/rules', { name, scope: { all: true }, when: { sensor, condition: 'greater_than', threshold: 24, hysteresis: 1 }, severity });
  const hot = await rule('Too hot', 'temperature', 'critical');
  await rule('Too wet', 'humidity', 'warning');
  await rule('Too bright', 'light', 'info');
  for (let i = 1; i <= 3; i++) for (const sensor of ['temperature', 'humidity', 'light']) await publishReading(client, `pump-${i}`, sensor, 30 + i);
  const alerts = await until(async () => { const found = (await server.get('/alerts?state=open')).alerts; return found.length === 9 && found; }, 'the alerts');
  await server.rest('POST', `/alerts/${alerts[0].id}/acknowledge`, { note: 'on my way' });
  await server.rest('POST', '/silences', { matchers: { alert: alerts[1].id }, start: Date.now(), end: Date.now() + 3_600_000 });
  await server.rest('POST', '/silences', { matchers: { device: 'pump-3' }, start: Date.now(), end: Date.now() + 600_000, reason: 'defrosting' });
  await publishReading(client, 'pump-2', 'light', 1);
  return { server, hot, alerts };
}

/** Only colours differ between themes: the others are asked for their contrast, and high contrast where most colours are. */
const LIGHT = [['light', { colorScheme: 'light' }]];
const THEMES = [...LIGHT, ['high contrast', { colorScheme: 'light', contrast: 'more' }]];

test('the pages about alerts are accessible in every state', async (t) => {
  const { server, hot, alerts } = await filled(t);
  const page = await openPage(await openBrowser(t), { viewport: DESKTOP, colorScheme: 'dark', reducedMotion: 'reduce' });
  const bad = [];
  const look = async (where, themes = LIGHT) => {
    for (const v of await violations(page)) bad.push(`${where}: ${v}`);
    for (const [name, media] of themes) {
      await page.emulateMedia(media);
      for (const v of await violations(page, ['color-contrast'])) bad.push(`${name} ${where}: ${v}`);
    }
    await page.emulateMedia({ colorScheme: 'dark', contrast: 'no-preference' });
  };
  const open = async (path, what) => {
    await page.goto(`${server.base}${path}`);
    await page.getByText('Live', { exact: true }).first().waitFor({ state: 'attached' });
    await what.waitFor();
  };
  await open('/alerts', page.locator('.noise tbody tr').first());
  await look('/alerts', THEMES);
  const row = page.locator('.open-row.alert-critical').first();
  await row.getByRole('button', { name: 'Snooze' }).click();
  await look('/alerts with a menu', []);
  await page.keyboard.press('Escape');
  await row.getByRole('button', { name: 'Acknowledge with comment' }).click();
  await look('/alerts with a comment', []);
  await open('/alerts?tab=history', page.locator('.alert-done').first());
  await look('/alerts?tab=history');
  await open('/alerts?tab=rules', page.getByRole('link', { name: 'Too hot' }));
  await look('/alerts?tab=rules', []);
  await open('/alerts?tab=silences', page.getByText(/defrosting/));
  await look('/alerts?tab=silences');
  await open('/alerts?tab=channels', page.getByRole('heading', { name: 'This browser' }));
  await look('/alerts?tab=channels', []);
  await open(`/alerts/${alerts[0].id}`, page.locator('.timeline').getByText('“on my way”'));
  await look('/alerts/ID');
  await open(`/rules/${hot.id}`, page.getByRole('slider').first());
  await look('/rules/ID', THEMES);
  await page.getByRole('button', { name: 'Edit as text' }).click();
  await look('/rules/ID as text', []);
  await page.keyboard.press('Control+k');
  await page.locator('.palette-field').fill('pump');
  await look('the palette', []);
  await page.locator('.palette-field').fill('');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.locator('h1').click();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await look('the keys', []);
  await page.setViewportSize(PHONE);
  for (const [path, what] of [['/alerts', page.locator('.open-row').first()], [`/rules/${hot.id}`, page.getByRole('slider').first()], ['/alerts?tab=silences', page.getByText(/defrosting/)]]) {
    await open(path, what);
    await look(`${path} on a phone`, []);
    if (!(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))) bad.push(`${path} on a phone stands out at the side`);
  }
  assert.deepEqual(bad, []);
});
