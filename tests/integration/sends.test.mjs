// SPDX-License-Identifier: Apache-2.0
// How sends reach the kernel is a choice that clients do not see: by io_uring where it may be used, else by a
// system call each.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { ask, liveClient, mqttClient, publishReading } from '../support/clients.mjs';
import { sanitized, startServer, top } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const CLIENTS = 12;
const READINGS = 40;
const preload = join(top, 'build/tests/deny_io_uring.so');

async function metric(server, name) {
  const text = await (await fetch(`${server.base}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)[1]);
}

// What each of some clients and MQTT subscribers got of some readings: all of them, in order.
async function deliverAll(t, options) {
  const server = await startServer(t, options);
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => liveClient(t, server.base)));
  await Promise.all(clients.map((c) => ask(c, 'subscribe-fleet', { interval: 0, dashboard: false })));
  const subscribers = await Promise.all(Array.from({ length: CLIENTS }, () => mqttClient(t, server.mqtt)));
  const got = subscribers.map(() => []);
  subscribers.forEach((s, i) => s.on('message', (topic, payload) => got[i].push(JSON.parse(payload).value)));
  await Promise.all(subscribers.map((s) => s.subscribeAsync('#')));
  const sender = await mqttClient(t, server.mqtt);
  for (let i = 0; i < READINGS; i++) await publishReading(sender, 'd', 'x', i);
  const numbers = Array.from({ length: READINGS }, (_, i) => i);
  const values = (c) => c.events.of('sensor-data').map((e) => e.args[0].data.value);
  for (const c of clients) await c.events.when(() => values(c).length >= READINGS, 'every reading as an event');
  await until(() => got.every((g) => g.length >= READINGS), 'every reading at every subscriber');
  for (const c of clients) assert.deepEqual(values(c), numbers);
  for (const g of got) assert.deepEqual(g, numbers);
  return server;
}

test('where io_uring may be used, many sends share a system call', async (t) => {
  const server = await deliverAll(t, { config: 'sends: io_uring\n' });
  if (/a system call a connection \(io_uring: /.test(server.stderr)) {
    t.skip('not on this machine');
    return;
  }
  assert.match(server.stderr, /sends: in batches by io_uring/);
  const sends = await metric(server, 'telltale_sends_batched_total');
  const batches = await metric(server, 'telltale_send_batches_total');
  // On a machine that is busy several readings wait for one send, and there are fewer sends.
  assert.ok(sends >= 2 * CLIENTS && sends > 2 * batches, `${sends} sends in ${batches} batches`);
});

test('whoever sets it so sends without it', async (t) => {
  const server = await deliverAll(t, { config: 'sends: send\n' });
  assert.doesNotMatch(server.stderr, /io_uring/);
  assert.equal(await metric(server, 'telltale_send_batches_total'), 0);
});

const skip = (sanitized && 'a sanitizer comes first') || (!existsSync(preload) && 'the policy is not built');

test('when the kernel takes no batch any more, nothing is lost and it goes on without', { skip }, async (t) => {
  const server = await deliverAll(t, { config: 'sends: io_uring\n', env: { LD_PRELOAD: preload, TELLTALE_DENY: 'enter' } });
  if (/a system call a connection \(io_uring: /.test(server.stderr)) {
    t.skip('no io_uring on this machine');
    return;
  }
  assert.match(server.stderr, /io_uring is not used any more, each connection sends by itself: the kernel did not take a batch/);
  assert.ok(await metric(server, 'telltale_send_batches_total') <= 2, 'at most one a loop');
});

for (const choice of ['auto', 'io_uring']) {
  test(`where a policy forbids io_uring, ${choice} goes on without it and says so`, { skip }, async (t) => {
    const server = await deliverAll(t, { config: `sends: ${choice}\n`, env: { LD_PRELOAD: preload } });
    assert.match(server.stderr, /sends: a system call a connection \(io_uring: (not permitted here|built without)/);
    assert.equal(await metric(server, 'telltale_send_batches_total'), 0);
  });
}
