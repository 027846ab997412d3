// SPDX-License-Identifier: Apache-2.0
// mosquitto as the broker that a user already has: dialled, subscribed, dialled again.
import assert from 'node:assert/strict';
import test from 'node:test';
import { startBroker } from '../support/broker.mjs';
import { liveClient, mqttClient, publishReading } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const connected = (server, n = 1) =>
  until(async () => (await server.metrics()).get('telltale_brokers_connected') === n, `${n} brokers connected`, 20_000);

// The subscription is there once a reading of a device comes through.
async function subscribed(server, publisher) {
  await connected(server);
  let n = 0;
  await until(async () => {
    await publishReading(publisher, 'probe', 'x', ++n);
    return (await server.request('GET', '/api/v1/devices/probe')).status === 200;
  }, 'the subscription', 10_000);
}

test('readings and statuses of a dialled broker come in', async (t) => {
  const broker = await startBroker(t);
  const publisher = await mqttClient(t, broker.port);
  const server = await startServer(t, { args: ['--broker', `mqtt://127.0.0.1:${broker.port}`] });
  await subscribed(server, publisher);
  await publishReading(publisher, 'remote', 'temperature', 21.5, 1_700_000_000_000);
  const device = await until(() => server.get('/devices/remote'), 'the device');
  assert.deepEqual([device.sensors[0].value, device.sensors[0].timestamp], [21.5, 1_700_000_000_000]);
  await publisher.publishAsync('devices/remote/status', 'offline', { qos: 1 });
  await until(async () => (await server.get('/devices/remote')).status === 'offline', 'the status');
});

test('topics outside the subscription are left alone, others come by a setting', async (t) => {
  const broker = await startBroker(t);
  const publisher = await mqttClient(t, broker.port);
  const config = `mqtt:\n  brokers:\n    - url: mqtt://127.0.0.1:${broker.port}\n      topics: ["plant/#", "sensors/#"]\n`;
  const server = await startServer(t, { config });
  await subscribed(server, publisher);
  await publisher.publishAsync('elsewhere/a', '{"deviceId":"elsewhere","x":1}', { qos: 1 });
  await publisher.publishAsync('plant/a', '{"deviceId":"inside","x":1}', { qos: 1 });
  await until(() => server.get('/devices/inside'), 'the device');
  assert.equal((await server.request('GET', '/api/v1/devices/elsewhere')).status, 404);
});

test('a retained value without its own time is shown, and is no history, no life and no alert', async (t) => {
  const broker = await startBroker(t);
  const publisher = await mqttClient(t, broker.port);
  await publisher.publishAsync('sensors/old/level', '99', { qos: 1, retain: true });
  const server = await startServer(t);
  await server.rest('POST', '/rules', { deviceId: 'old', sensorType: 'level', condition: 'greater_than', threshold: 1, severity: 'info' });
  await server.stop();
  await server.start({ args: ['--broker', `mqtt://127.0.0.1:${broker.port}`] });
  const device = await until(() => server.get('/devices/old'), 'the device', 20_000);
  assert.equal(device.sensors[0].value, 99);
  assert.equal(device.status, 'unknown');
  assert.equal(device.lastSeen, null);
  const { points } = await server.get(`/devices/old/sensors/level/samples?from=0&to=${Date.now() + 1000}`);
  assert.deepEqual(points, []);
  assert.deepEqual((await server.get('/alerts?state=all')).alerts, []);
});

test('a broker that went away is dialled again, and devices are not blamed for it', async (t) => {
  const broker = await startBroker(t);
  const first = await mqttClient(t, broker.port);
  const server = await startServer(t, { args: ['--broker', `mqtt://127.0.0.1:${broker.port}`] });
  await subscribed(server, first);
  const socket = await liveClient(t, server.base);
  await broker.stop();
  await connected(server, 0);
  assert.equal((await server.get('/devices/probe')).status, 'online');
  await broker.start();
  await connected(server);
  const second = await mqttClient(t, broker.port);
  let n = 1000;
  await until(async () => {
    await publishReading(second, 'again', 'x', ++n);
    return (await server.request('GET', '/api/v1/devices/again')).status === 200;
  }, 'readings after the return', 20_000);
  await socket.events.next('sensor-data', (d) => d.data.deviceId === 'again');
  assert.ok((await server.metrics()).get('telltale_broker_reconnects_total') >= 1);
});

test('a broker that is not there yet is waited for', async (t) => {
  const broker = await startBroker(t);
  await broker.stop();
  const server = await startServer(t, { args: ['--broker', `mqtt://127.0.0.1:${broker.port}`] });
  assert.equal((await server.request('GET', '/api/v1/devices')).status, 200);
  await broker.start();
  await connected(server);
});
