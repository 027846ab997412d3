// SPDX-License-Identifier: Apache-2.0
// A disk that takes no more: what was acknowledged is safe, the rest goes on, and it heals by itself.
// For this one process, by a limit on the size of its files.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { mqttClient, reading } from '../support/clients.mjs';
import { Server } from '../support/server.mjs';
import { until, within } from '../support/wait.mjs';

const FULL = 400_000;

function limitFiles(server, bytes) {
  const result = spawnSync('prlimit', ['--pid', String(server.child.pid), `--fsize=${bytes}:`], { encoding: 'utf8' });
  assert.equal(result.status, 0, result.stderr);
}

test('F3: a full disk degrades the store and nothing else, and room heals it', async (t) => {
  const server = await new Server(t).start();
  const device = await mqttClient(t, server.mqtt);
  const begin = Date.now() - 3_600_000;
  let time = begin;
  const publish = (qos) => device.publishAsync('sensors/d/v', reading('d', 'v', time % 1000, time++), { qos });

  await publish(1);
  limitFiles(server, FULL);
  const waiting = [];
  const rule = { deviceId: 'd', sensorType: 'v', condition: 'greater_than', threshold: 1e9, severity: 'critical' };
  // The log is moved into the file when it is full, so it takes a while until there is no room at all.
  await until(async () => {
    waiting.push(...Array.from({ length: 500 }, () => publish(1)));
    return (await server.request('POST', '/api/v1/rules', rule)).status === 503;
  }, 'a change to be refused because it would not be durable', 30_000);

  const health = await server.request('GET', '/healthz');
  assert.equal(health.status, 503);
  assert.ok(health.body.reasons.some((reason) => /store/.test(reason)), health.text);
  assert.equal((await server.metrics()).get('telltale_store_degraded'), 1);

  // Live values go on, and QoS 0 is counted as not stored.
  await device.publishAsync('sensors/d/live', reading('d', 'live', 5), { qos: 0 });
  await until(async () => (await server.get('/devices/d')).sensors.find((sensor) => sensor.id === 'live')?.value === 5, 'the live value');
  assert.ok(await server.dropped('degraded') > 0);
  assert.match(server.stderr, /nothing can be stored/);

  limitFiles(server, 'unlimited');
  await within(Promise.all(waiting), 'every QoS 1 reading to be acknowledged', 30_000);
  await until(async () => (await server.request('GET', '/healthz')).status === 200, 'the server to be well again');
  await server.kill();
  await server.start();
  const stored = await server.get(`/devices/d/sensors/v/samples?from=${begin}&to=${time}&points=100000`);
  assert.equal(stored.tier, 'raw');
  assert.equal(stored.points.length, waiting.length + 1);
});
