// SPDX-License-Identifier: Apache-2.0
// What the MQTT listener survives: peers that say nothing or dribble, floods, too many names, no descriptors.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { Wire, packet } from '../support/mqtt_wire.mjs';
import { sanitized, startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const connections = async (server) => (await server.metrics()).get('telltale_mqtt_connections');

test('F13, F14: peers that never finish their CONNECT are gone within 15 s, and others come in meanwhile', async (t) => {
  const server = await startServer(t);
  const silent = Array.from({ length: 300 }, () => new Wire(t, server.mqtt, 4));
  const dribbler = new Wire(t, server.mqtt, 5);
  const bytes = packet(5, 'CONNECT', { client: 'x'.repeat(200) });
  let at = 0;
  const drip = setInterval(() => { if (!dribbler.closed && at < 60) dribbler.send(bytes.subarray(at, at += 1)); }, 250);
  t.after(() => clearInterval(drip));
  const began = Date.now();
  await until(async () => (await connections(server)) >= 301, 'all to be connected');
  const good = await mqttClient(t, server.mqtt);
  await publishReading(good, 'd', 'x', 1);
  await until(() => silent.every((p) => p.closed) && dribbler.closed, 'all of them to be closed', 15_000);
  assert.ok(Date.now() - began >= 9000, 'not before their time');
  assert.equal(await connections(server), 1);
  assert.equal(await server.dropped('mqtt_timeout'), 301);
});

test('F19: a flood is counted to the last message, in bounded memory, and health answers', async (t) => {
  const server = await startServer(t);
  const burst = Buffer.concat(Array.from({ length: 2000 }, (_, i) => packet(4, 'PUBLISH', { topic: `sensors/flood-${i % 50}/x`, payload: `${i}` })));
  const peer = new Wire(t, server.mqtt, 4);
  await peer.connect({ client: 'flood' });
  const before = server.memory();
  for (let i = 0; i < 150; i += 1) {
    if (!peer.socket.write(burst)) await new Promise((resolve) => { peer.socket.once('drain', resolve); });
    if (i % 50 === 0) assert.equal((await server.request('GET', '/healthz')).status, 200);
  }
  await peer.rest();
  await until(async () => (await server.metrics()).get('telltale_messages_total') === 300_000, 'all to be counted');
  assert.ok(sanitized || server.memory() - before < 100e6, `${server.memory() - before} bytes more`);
});

test('F20: made-up devices beyond the limit are refused and counted, known ones go on, and a start is quick', async (t) => {
  const server = await startServer(t);
  const good = await mqttClient(t, server.mqtt);
  await publishReading(good, 'known', 'x', 1);
  const peer = new Wire(t, server.mqtt, 4);
  await peer.connect({ client: 'bomb' });
  const [devices, limit] = [110_000, 100_000];
  for (let i = 0; i < devices; i += 5000) {
    const some = Buffer.concat(Array.from({ length: 5000 }, (_, k) => packet(4, 'PUBLISH', { topic: `sensors/bomb-${i + k}/x`, payload: '1' })));
    if (!peer.socket.write(some)) await new Promise((resolve) => { peer.socket.once('drain', resolve); });
  }
  await until(async () => (await server.dropped('device_limit')) === devices + 1 - limit, 'those beyond the limit to be counted', 30_000);
  await publishReading(good, 'known', 'x', 2);
  assert.equal((await server.get('/devices/known')).sensors[0].value, 2);
  assert.equal((await server.metrics()).get('telltale_devices'), limit);
  await server.kill();
  const began = Date.now();
  await server.start();
  assert.ok(sanitized || Date.now() - began < 10_000, `${Date.now() - began} ms`);
  assert.equal((await server.get('/devices/known')).sensors[0].value, 2);
});

test('F30: without descriptors newcomers are turned away, nothing spins, and it goes on when there are some', async (t) => {
  const server = await startServer(t);
  const held = await mqttClient(t, server.mqtt);
  const { pid } = server.child;
  const open = readFileSync(`/proc/${pid}/limits`, 'utf8').match(/Max open files\s+(\d+)\s+(\d+)/);
  const limit = (soft) => assert.equal(spawnSync('prlimit', ['--pid', String(pid), `--nofile=${soft}:${open[2]}`]).status, 0);
  limit(48);
  const many = Array.from({ length: 60 }, () => new Wire(t, server.mqtt, 4));
  await until(() => many.filter((p) => p.closed).length > 10, 'some to be turned away');
  const cpu = () => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ').slice(11, 13).reduce((a, b) => a + Number(b), 0);
  const [before, since] = [cpu(), Date.now()];
  for (let i = 0; i < 20; i += 1) await publishReading(held, 'd', 'x', i, Date.now() - 1000 * i);
  await until(() => Date.now() - since > 1000, 'a second to pass');
  assert.ok((cpu() - before) * 10 < 0.2 * (Date.now() - since) + 50, `${(cpu() - before) * 10} ms of CPU`);
  for (const p of many) p.socket.destroy();
  limit(open[1]);
  await until(async () => { await mqttClient(t, server.mqtt); return true; }, 'a newcomer to be let in');
});
