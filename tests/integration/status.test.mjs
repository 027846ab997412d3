// SPDX-License-Identifier: Apache-2.0
// How a device is, as its connection tells: the grace, gateways, goodbyes, wills and takeovers, over
// TCP and over WebSocket alike.
import assert from 'node:assert/strict';
import { createServer, connect } from 'node:net';
import test from 'node:test';
import mqtt from 'mqtt';
import { publishReading } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';
import { until, within } from '../support/wait.mjs';

const GRACE_MS = 400;
const config = `mqtt:\n  grace: ${GRACE_MS}ms\n`;

// How a test connects.
const plain = ['MQTT 3.1.1', (server) => `mqtt://127.0.0.1:${server.mqtt}`, { protocolVersion: 4 }];
const five = ['MQTT 5', (server) => `mqtt://127.0.0.1:${server.mqtt}`, { protocolVersion: 5 }];
const websocket = ['MQTT 5 over WebSocket', (server) => `ws://127.0.0.1:${server.http}/mqtt`, { protocolVersion: 5 }];

// The test `name` once for each way; `body` is given the server and a connect(options).
function inWays(ways, name, body) {
  for (const [way, url, version] of ways) {
    test(`${name} (${way})`, async (t) => {
      const server = await startServer(t, { config });
      await body(server, (options) => connected(t, url(server), { ...version, ...options }));
    });
  }
}

async function connected(t, url, options) {
  const client = mqtt.connect(url, { reconnectPeriod: 0, connectTimeout: 8000, ...options });
  client.on('error', () => {});
  t.after(() => client.endAsync(true).catch(() => {}));
  await within(new Promise((resolve, reject) => {
    client.once('connect', resolve);
    client.once('close', () => reject(new Error('closed before CONNACK')));
  }), 'CONNACK');
  return client;
}

const status = async (server, id) => {
  const { status: now, cause } = await server.get(`/devices/${id}`);
  return `${now}: ${cause}`;
};

const becomes = (server, id, wanted) => until(async () => await status(server, id) === wanted, `${id} to be ${wanted}`);

inWays([plain, five, websocket], 'a device whose connection is lost is offline when the grace is over, not before', async (server, open) => {
  const client = await open({ clientId: 'one' });
  await publishReading(client, 'one', 'x', 1);
  assert.equal(await status(server, 'one'), 'online: data');
  const lost = Date.now();
  client.stream.destroy();
  await becomes(server, 'one', 'offline: connection lost');
  const { since } = await server.get('/devices/one');
  assert.ok(since - lost >= GRACE_MS - 5, `offline after ${since - lost} ms`);
});

inWays([plain, five], 'a device that is back within the grace was never away', async (server, open) => {
  const first = await open({ clientId: 'back' });
  await publishReading(first, 'back', 'x', 1);
  const other = await open({ clientId: 'other' });
  await publishReading(other, 'other', 'x', 1);
  first.stream.destroy();
  await open({ clientId: 'back' });
  other.stream.destroy();
  await becomes(server, 'other', 'offline: connection lost');
  assert.equal(await status(server, 'back'), 'online: data', 'the one that was lost later is offline already');
});

inWays([plain, websocket], 'devices behind a lost gateway are unknown, all of them', async (server, open) => {
  const gateway = await open({ clientId: 'gateway' });
  for (const id of ['room-1', 'room-2', 'room-3']) await publishReading(gateway, id, 'x', 1);
  gateway.stream.destroy();
  for (const id of ['room-1', 'room-2', 'room-3']) await becomes(server, id, 'unknown: gateway lost');
});

inWays([plain], 'a device that moved to another connection is not lost with the old one', async (server, open) => {
  const old = await open({ clientId: 'old' });
  await publishReading(old, 'mover', 'x', 1);
  await publishReading(old, 'stayer', 'x', 1);
  const now = await open({ clientId: 'new' });
  await publishReading(now, 'mover', 'x', 2);
  old.stream.destroy();
  await becomes(server, 'stayer', 'unknown: gateway lost');
  assert.equal(await status(server, 'mover'), 'online: data');
});

inWays([plain, five, websocket], 'a clean DISCONNECT says nothing about the device', async (server, open) => {
  const polite = await open({ clientId: 'polite' });
  await publishReading(polite, 'polite', 'x', 1);
  await polite.endAsync();
  const rude = await open({ clientId: 'rude' });
  await publishReading(rude, 'rude', 'x', 1);
  rude.stream.destroy();
  await becomes(server, 'rude', 'offline: connection lost');
  assert.equal(await status(server, 'polite'), 'online: data');
});

inWays([plain, websocket], 'a will speaks at once, and the loss after it says no more', async (server, open) => {
  const will = { topic: 'devices/willing/status', payload: 'offline', qos: 1 };
  const client = await open({ clientId: 'willing', will });
  await publishReading(client, 'willing', 'x', 1);
  client.stream.destroy();
  await becomes(server, 'willing', 'offline: will');
  const other = await open({ clientId: 'later' });
  await publishReading(other, 'later', 'x', 1);
  other.stream.destroy();
  await becomes(server, 'later', 'offline: connection lost');
  assert.equal(await status(server, 'willing'), 'offline: will');
});

inWays([plain], 'a message after the will makes the device online again', async (server, open) => {
  const will = { topic: 'devices/phoenix/status', payload: 'offline' };
  const first = await open({ clientId: 'phoenix', will });
  await publishReading(first, 'phoenix', 'x', 1);
  first.stream.destroy();
  await becomes(server, 'phoenix', 'offline: will');
  await publishReading(await open({ clientId: 'phoenix' }), 'phoenix', 'x', 2);
  assert.equal(await status(server, 'phoenix'), 'online: data');
});

inWays([plain, five], 'a takeover closes the older connection and loses no device', async (server, open) => {
  const older = await open({ clientId: 'twin' });
  await publishReading(older, 'twin', 'x', 1);
  const gone = within(new Promise((resolve) => { older.once('close', resolve); }), 'the older connection to close');
  const newer = await open({ clientId: 'twin' });
  await gone;
  const other = await open({ clientId: 'witness' });
  await publishReading(other, 'witness', 'x', 1);
  other.stream.destroy();
  await becomes(server, 'witness', 'offline: connection lost');
  assert.equal(await status(server, 'twin'), 'online: data');
  newer.stream.destroy();
  await becomes(server, 'twin', 'offline: connection lost');
});

inWays([websocket], 'a connection that is silent beyond its keep-alive is lost', async (server, open) => {
  const client = await open({ clientId: 'mute', keepalive: 1, reschedulePings: false });
  await publishReading(client, 'mute', 'x', 1);
  client.stream.pause?.();
  clearInterval(client.keepaliveManager?.intervalId);
  client.keepaliveManager?.destroy?.();
  await becomes(server, 'mute', 'offline: connection lost');
});

test('a network that swallows everything loses the device by keep-alive and grace', async (t) => {
  const server = await startServer(t, { config });
  let swallow = false;
  const pipes = createServer((from) => {
    const to = connect(server.mqtt, '127.0.0.1');
    from.on('data', (data) => { if (!swallow) to.write(data); });
    to.on('data', (data) => { if (!swallow) from.write(data); });
    for (const end of [from, to]) end.on('error', () => {});
    t.after(() => { from.destroy(); to.destroy(); });
  });
  await new Promise((resolve) => { pipes.listen(0, '127.0.0.1', resolve); });
  t.after(() => pipes.close());
  const client = await connected(t, `mqtt://127.0.0.1:${pipes.address().port}`, { clientId: 'cut', protocolVersion: 4, keepalive: 1 });
  await publishReading(client, 'cut', 'x', 1);
  swallow = true;
  await becomes(server, 'cut', 'offline: connection lost');
});

inWays([five, websocket], 'DISCONNECT with a will publishes it', async (server, open) => {
  const will = { topic: 'devices/asked/status', payload: 'asleep', qos: 1 };
  const client = await open({ clientId: 'asked', will });
  await publishReading(client, 'asked', 'x', 1);
  await client.endAsync(false, { reasonCode: 4 });
  await becomes(server, 'asked', 'asleep: will');
});

inWays([five], 'a session that outlives the grace does not hide that its device is away', async (server, open) => {
  const options = { clientId: 'keeper', clean: false, properties: { sessionExpiryInterval: 600 } };
  const first = await open(options);
  await publishReading(first, 'keeper', 'x', 1);
  first.stream.destroy();
  await becomes(server, 'keeper', 'offline: connection lost');
  const back = await open(options);
  await publishReading(back, 'keeper', 'x', 2);
  assert.equal(await status(server, 'keeper'), 'online: data');
});

inWays([five], 'a will that is delayed comes after the loss was told, and not at all to one that is back', async (server, open) => {
  const delayed = (id) => ({ clientId: id, clean: false, properties: { sessionExpiryInterval: 60 },
    will: { topic: `devices/${id}/status`, payload: 'offline', qos: 1, properties: { willDelayInterval: 1 } } });
  const away = await open(delayed('away'));
  await publishReading(away, 'away', 'x', 1);
  const back = await open(delayed('back'));
  await publishReading(back, 'back', 'x', 1);
  away.stream.destroy();
  back.stream.destroy();
  await open(delayed('back'));
  await becomes(server, 'away', 'offline: connection lost');
  await becomes(server, 'away', 'offline: will');
  assert.equal(await status(server, 'back'), 'online: data');
});
