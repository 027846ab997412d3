// SPDX-License-Identifier: Apache-2.0
// From polling to WebSocket under load: 200 events a second while the stock client upgrades, none
// lost, doubled or reordered.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ask, liveClient, mqttClient, publishReading } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';
import { within } from '../support/wait.mjs';

async function upgradeUnderLoad(t, server, publisher, device) {
  const socket = await liveClient(t, server.base, { transports: ['polling', 'websocket'] });
  const upgraded = new Promise((resolve) => {
    if (socket.io.engine.transport.name === 'websocket') resolve();
    socket.io.engine.once('upgrade', resolve);
  });
  await ask(socket, 'subscribe-device', device, { interval: 0 });
  await ask(socket, 'subscribe-fleet', 'none');
  let count = 0;
  const base = Date.now() - 600_000;
  const timer = setInterval(() => {
    publishReading(publisher, device, 'x', count, base + count).catch(() => {});
    count++;
  }, 5);
  try {
    await within(upgraded, 'the upgrade');
    const mark = count + 100;
    await socket.events.when(() => socket.events.of('device-update').some((e) => e.args[0].value >= mark), 'readings after the upgrade');
  } finally {
    clearInterval(timer);
  }
  await publishReading(publisher, device, 'x', count, base + count);
  await socket.events.next('device-update', (u) => u.value === count);
  const values = socket.events.of('device-update').filter((e) => 'value' in e.args[0]).map((e) => e.args[0].value);
  assert.deepEqual(values, Array.from({ length: count + 1 }, (_, i) => i));
  assert.equal(socket.io.engine.transport.name, 'websocket');
  socket.disconnect();
}

test('an upgrade at 200 events a second loses, doubles and reorders nothing', async (t) => {
  const server = await startServer(t);
  const publisher = await mqttClient(t, server.mqtt);
  for (let round = 0; round < 5; round++) await upgradeUnderLoad(t, server, publisher, `d${round}`);
});
