// SPDX-License-Identifier: Apache-2.0
// Push from end to end but for the push service of a browser's maker: the page subscribes on a click, the server encrypts and sends to
// an endpoint, what arrives there is decrypted with the browser's keys and handed to the service worker, which shows it; and the
// buttons of the notification do what they say, by signed links and by the page's login.
import assert from 'node:assert/strict';
import { createECDH, randomBytes } from 'node:crypto';
import test from 'node:test';
import ece from 'http_ece';
import { DESKTOP, openBrowser, openPage } from '../support/browser.mjs';
import { Authority } from '../support/certificates.mjs';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';
import { webhookSink } from '../support/sinks.mjs';
import { until } from '../support/wait.mjs';

const RULE = { name: 'Too hot', deviceId: 'pump-1', sensorType: 'temperature', condition: 'greater_than', threshold: 30, severity: 'critical' };

/** What a push service is to the server: an endpoint over TLS, and the browser's keys. */
async function pushService(t, authority) {
  const keys = createECDH('prime256v1');
  keys.generateKeys();
  const auth = randomBytes(16);
  const sink = await webhookSink(t, undefined, { tls: authority.sign('localhost') });
  const json = { endpoint: sink.url, expirationTime: null, keys: { p256dh: keys.getPublicKey('base64url'), auth: auth.toString('base64url') } };
  const plain = (raw) => ece.decrypt(raw, { version: 'aes128gcm', privateKey: keys, authSecret: auth.toString('base64url') }).toString();
  return { sink, json, plain };
}

/** In the page pushManager.subscribe gives that endpoint: the maker's service is the one part that is not there. */
async function withService(page, json) {
  await page.addInitScript((found) => {
    const made = () => ({ endpoint: found.endpoint, toJSON: () => found, unsubscribe: async () => { sessionStorage.removeItem('subscribed'); return true; } });
    PushManager.prototype.subscribe = async (options) => {
      if (!options.userVisibleOnly || options.applicationServerKey.length !== 65) throw new Error('not as a browser wants it');
      sessionStorage.setItem('subscribed', '1');
      return made();
    };
    PushManager.prototype.getSubscription = async () => (sessionStorage.getItem('subscribed') ? made() : null);
  }, json);
}

/** Hands a push to the page's service worker as the browser would. */
async function workerOf(page, base) {
  const cdp = await page.context().newCDPSession(page);
  const ids = [];
  cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => ids.push(...registrations.map((r) => r.registrationId)));
  await cdp.send('ServiceWorker.enable');
  await page.evaluate(() => navigator.serviceWorker.ready);
  await until(() => ids.length > 0, 'the registration');
  const [worker] = page.context().serviceWorkers();
  return {
    deliver: (data) => cdp.send('ServiceWorker.deliverPushMessage', { origin: base, registrationId: ids.at(-1), data }),
    shown: () => worker.evaluate(async () => (await self.registration.getNotifications()).map((n) => ({ title: n.title, body: n.body, tag: n.tag, actions: n.actions.map((a) => a.action), words: n.actions.map((a) => a.title) }))),
    click: (action) => worker.evaluate(async (chosen) => {
      const [notification] = await self.registration.getNotifications();
      self.dispatchEvent(new NotificationEvent('notificationclick', { notification, action: chosen }));
    }, action),
  };
}

test('push', async (t) => {
  const browser = await openBrowser(t);

  await t.test('a browser that refused is told how to undo it, and nothing is asked on load', async (t) => {
    const server = await startServer(t);
    const page = await openPage(browser, { viewport: DESKTOP });
    await page.addInitScript(() => {
      globalThis.asked = 0;
      Notification.requestPermission = async () => { globalThis.asked++; return 'denied'; };
      Object.defineProperty(Notification, 'permission', { get: () => (globalThis.asked > 0 ? 'denied' : 'default') });
    });
    await page.goto(`${server.base}/alerts?tab=channels`);
    const send = page.getByRole('button', { name: 'Send to this browser' });
    await send.waitFor();
    assert.equal(await page.evaluate(() => globalThis.asked), 0);
    await send.click();
    await page.getByText(/a page can't ask twice/).waitFor();
    assert.equal(await page.evaluate(() => globalThis.asked), 1);
    assert.equal(await send.count(), 0);
    assert.deepEqual(page.problems, []);
  });

  await t.test('an iPhone is first told how to add the page to its Home Screen', async (t) => {
    const server = await startServer(t);
    const page = await openPage(browser, { viewport: { width: 390, height: 844 }, userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1' });
    await page.goto(`${server.base}/alerts?tab=channels`);
    await page.getByText('Choose “Add to Home Screen”.').waitFor();
    assert.equal(await page.locator('.home-step').count(), 3);
  });

  await t.test('a browser is told of an alert, and its buttons act by signed links', async (t) => {
    const authority = new Authority(t);
    const service = await pushService(t, authority);
    const server = await startServer(t, { config: `notify:\n  allow: [127.0.0.0/8]\n  ca: ${authority.ca}\n  public_url: http://localhost\n` });
    const client = await mqttClient(t, server.mqtt);
    await server.rest('POST', '/rules', RULE);
    const page = await openPage(browser, { viewport: DESKTOP });
    await page.context().grantPermissions(['notifications']);
    await withService(page, service.json);
    await page.goto(`${server.base}/alerts?tab=channels`);
    const worker = await workerOf(page, server.base);
    await page.getByLabel(/Hide values/).check();
    await page.getByRole('button', { name: 'Send to this browser' }).click();
    await page.getByText('values are hidden').waitFor();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText(/It worked, in/).waitFor();
    const { subscriptions: [kept] } = await server.get('/push/subscriptions');
    assert.deepEqual([kept.name, kept.private], ['Chrome, Linux', true]);
    await publishReading(client, 'pump-1', 'temperature', 35.25);
    const [, raised] = await service.sink.arrivals.next('the push', () => true, 2);
    const text = service.plain(raised.raw);
    assert.doesNotMatch(text, /35\.25/, 'no value on a lock screen');
    await worker.deliver(text);
    const [notification] = await until(async () => { const all = await worker.shown(); return all.length > 0 && all; }, 'the notification');
    const [alert] = (await server.get('/alerts?state=open')).alerts;
    assert.deepEqual([notification.tag, notification.actions], [alert.id, ['acknowledge', 'snooze']]);
    assert.match(notification.title, /^\u25c6 .*pump-1/);
    assert.match(JSON.parse(text).acknowledge, /\/a\/[\w-]+/);
    await worker.click('acknowledge');
    await until(async () => (await server.get('/alerts?state=open')).alerts[0].acknowledged, 'the acknowledgement');
    const [, , held] = await service.sink.arrivals.next('the push that somebody has it', () => true, 3);
    await worker.deliver(service.plain(held.raw));
    await until(async () => { const all = await worker.shown(); return all.length === 1 && all[0].tag === alert.id && all[0].actions.length === 0; }, 'the notification to be replaced');
    await page.reload();
    await page.getByText('Last delivered').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Send to this browser' }).waitFor();
    assert.deepEqual((await server.get('/push/subscriptions')).subscriptions, []);
  });

  await t.test('without signed links the page\'s login snoozes for an hour', async (t) => {
    const server = await startServer(t);
    const client = await mqttClient(t, server.mqtt);
    await server.rest('POST', '/rules', RULE);
    const page = await openPage(browser, { viewport: DESKTOP });
    await page.context().grantPermissions(['notifications']);
    await page.addInitScript(() => localStorage.setItem('telltale.display', '{"language":"de"}'));
    await page.goto(`${server.base}/`);
    await page.getByText('Live', { exact: true }).first().waitFor();
    const worker = await workerOf(page, server.base);
    await publishReading(client, 'pump-1', 'temperature', 35);
    const [alert] = await until(async () => { const { alerts } = await server.get('/alerts?state=open'); return alerts.length > 0 && alerts; }, 'the alert');
    await worker.deliver(JSON.stringify({ title: 'CRITICAL pump-1', body: 'temperature 35 above 30', tag: alert.id, alert: alert.id, severity: 'critical', state: 'firing', timestamp: Date.now() }));
    const [{ words }] = await until(async () => { const all = await worker.shown(); return all.length === 1 && all; }, 'the notification');
    // The buttons speak the page's language, not the browser's.
    assert.deepEqual(words, ['Quittieren', '1\u202fh später']);
    await worker.click('snooze');
    await until(async () => (await server.get('/alerts?state=open')).alerts[0].muted === 'silence', 'the snooze');
    const { silences: [silence] } = await server.get('/silences');
    assert.equal(silence.end - silence.start, 3_600_000);
    await until(async () => (await worker.shown()).length === 0, 'the notification to go');
  });
});
