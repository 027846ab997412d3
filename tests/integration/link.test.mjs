// SPDX-License-Identifier: Apache-2.0
// Links to existing brokers, against real ones: TLS, sessions that last, several at once, and
// brokers that die, refuse, fall silent or are cut off.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import test from 'node:test';
import { brokerTool, startBroker } from '../support/broker.mjs';
import { Authority, contents } from '../support/certificates.mjs';
import { liveClient, mqttClient, publishReading, reading } from '../support/clients.mjs';
import { startProxy } from '../support/proxy.mjs';
import { startServer, temporaryFolder } from '../support/server.mjs';
import { until, within } from '../support/wait.mjs';

const brokers = (...items) => `mqtt:\n  brokers:\n${items.map((item) => `    - {${item}}\n`).join('')}`;
const links = async (server) => (await server.get('/links')).links;
const link = async (server, name = 'plant') => (await links(server)).find((each) => each.name === name);
const linked = (server, name = 'plant', state = 'connected') =>
  until(async () => (await link(server, name)).state === state, `${name} to be ${state}`, 20_000);
const points = async (server, device, base, count) =>
  (await server.get(`/devices/${device}/sensors/x/samples?from=${base}&to=${base + count}&points=100000`)).points;
const statuses = (socket) => socket.events.of('device-update').map(({ args }) => args[0].status).filter(Boolean);
const BASE = 1_700_000_000_000;

// Publishes `count` readings of a device, numbered from `first`, and waits until the broker has
// them; few of QoS 2 at a time, since mosquitto closes a publisher with many in flight.
async function publishMany(client, device, qos, first, count) {
  const window = qos === 2 ? 20 : 1000;
  for (let i = first; i < first + count; i += window) {
    const some = Array.from({ length: Math.min(window, first + count - i) }, (_, k) => client.publishAsync(
      `sensors/${device}/x`, reading(device, 'x', i + k, BASE + i + k), { qos }));
    await within(Promise.all(some), 'the broker to take messages');
  }
}

test('MQTT 5 is spoken where the broker takes it, and 3.1.1 where it is told to', async (t) => {
  const broker = await startBroker(t);
  const server = await startServer(t, { config: brokers(
    `name: five, url: "mqtt://127.0.0.1:${broker.port}"`, `name: old, url: "mqtt://127.0.0.1:${broker.port}", version: 3.1.1`) });
  await linked(server, 'five');
  await linked(server, 'old');
  assert.deepEqual((await links(server)).map(({ name, version, tls, connected, lastError }) => ({ name, version, tls, connected, lastError })), [
    { name: 'five', version: '5', tls: false, connected: true, lastError: null },
    { name: 'old', version: '3.1.1', tls: false, connected: true, lastError: null }]);
});

test('a backlog of QoS 1 and 2 arrives once after a restart of ours', async (t) => {
  const broker = await startBroker(t, 'max_queued_messages 0\n');
  const publisher = await mqttClient(t, broker.port);
  const server = await startServer(t, { config: brokers(`name: plant, url: "mqtt://127.0.0.1:${broker.port}"`) });
  await linked(server);
  for (const [device, qos] of [['one', 1], ['two', 2]]) await publishMany(publisher, device, qos, 0, 200);
  await until(async () => (await link(server)).messages === 400, 'what was sent while it was there');
  await server.stop();
  for (const [device, qos] of [['one', 1], ['two', 2]]) await publishMany(publisher, device, qos, 200, 300);
  // Without a time of their own: one that was taken twice would be there twice.
  for (let i = 0; i < 50; i++) await publisher.publishAsync('sensors/plain/x', String(i), { qos: 2 });
  await server.start();
  await linked(server);
  await until(async () => (await link(server)).messages >= 650, 'the backlog');
  assert.equal((await link(server)).messages, 650);
  assert.equal((await link(server)).sessionPresent, true);
  for (const device of ['one', 'two']) {
    assert.deepEqual((await points(server, device, BASE, 500)).map((p) => p.value ?? p[1]), Array.from({ length: 500 }, (_, i) => i), device);
  }
  assert.equal(await server.dropped('link_duplicate'), 0);
});

test('F23: what a killed server had not acknowledged comes again and is stored once', async (t) => {
  const broker = await startBroker(t, 'max_queued_messages 0\nmax_inflight_messages 0\n');
  const publisher = await mqttClient(t, broker.port);
  const server = await startServer(t, { config: brokers(`name: plant, url: "mqtt://127.0.0.1:${broker.port}"`) });
  await linked(server);
  await server.rest('POST', '/rules', { deviceId: 'd', sensorType: 'x', condition: 'greater_than', threshold: -1, severity: 'info' });
  const sent = publishMany(publisher, 'd', 1, 0, 5000);
  await until(async () => (await link(server)).messages > 500, 'the middle of the messages');
  await server.kill();
  await sent;
  await server.start();
  await until(async () => (await points(server, 'd', BASE, 5000)).length === 5000, 'all of them', 20_000);
  assert.equal((await server.get('/alerts?state=all')).alerts.length, 1, 'the alert is counted once');
});

test('mqtts with a CA and a client certificate, and the state says what is wrong without them', async (t) => {
  const authority = new Authority(t);
  const { certificate, key } = authority.sign('broker');
  const own = authority.sign('telltale');
  const broker = await startBroker(t, `cafile ${authority.ca}\ncertfile ${certificate}\nkeyfile ${key}\nrequire_certificate true\n`);
  const url = `url: "mqtts://127.0.0.1:${broker.port}"`;
  const server = await startServer(t, { config: brokers(
    `name: plant, ${url}, ca: ${authority.ca}, certificate: ${own.certificate}, key: ${own.key}`,
    `name: untrusting, ${url}, certificate: ${own.certificate}, key: ${own.key}`,
    `name: nobody, ${url}, ca: ${authority.ca}`,
    `name: other, url: "mqtts://localhost.:${broker.port}", ca: ${authority.ca}, certificate: ${own.certificate}, key: ${own.key}`) });
  await linked(server);
  const device = await mqttClient(t, broker.port, { protocol: 'mqtts', servername: '', ca: contents(authority.ca), cert: contents(own.certificate), key: contents(own.key) });
  await publishReading(device, 'sealed', 'x', 1);
  await until(() => server.get('/devices/sealed'), 'a reading over TLS');
  // A reset may come before the alert that says why; the next try hears it.
  const error = (name) => until(async () => /^TLS: .*/.exec((await link(server, name)).lastError)?.[0], `an error of ${name}`);
  assert.match(await error('untrusting'), /^TLS: .*(issuer|self-signed|verify)/);
  assert.match(await error('nobody'), /^TLS: .*certificate/);
  assert.equal((await link(server)).tls, true);
});

test('F21: refused credentials are told and not hammered, and a password file lets in', async (t) => {
  const folder = temporaryFolder(t);
  const passwords = join(folder, 'passwords');
  writeFileSync(passwords, '');
  const tool = brokerTool('mosquitto_passwd');
  const made = spawnSync(tool.path, ['-b', passwords, 'telltale', 'secret'], { encoding: 'utf8', env: { ...process.env, ...tool.env } });
  assert.equal(made.status, 0, made.stderr);
  const file = join(folder, 'password');
  writeFileSync(file, 'secret\n');
  const broker = await startBroker(t, `allow_anonymous false\npassword_file ${passwords}\n`);
  const url = `url: "mqtt://127.0.0.1:${broker.port}"`;
  const server = await startServer(t, { config: brokers(`name: plant, ${url}, user: telltale, password_file: ${file}`, `name: wrong, ${url}, user: telltale, password: no`) });
  await linked(server);
  await linked(server, 'wrong', 'refused');
  const wrong = await link(server, 'wrong');
  assert.match(wrong.lastError, /^it refuses us: (not authorized|bad user name or password)$/);
  assert.equal(wrong.reconnects, 0);
  assert.equal((await server.request('GET', '/healthz')).status, 200, 'the server itself is well');
});

test('a refused subscription is the state of the link', async (t) => {
  const folder = temporaryFolder(t);
  const rights = join(folder, 'acl');
  writeFileSync(rights, 'topic read sensors/#\n');
  const broker = await startBroker(t, `acl_file ${rights}\n`);
  const server = await startServer(t, { config: brokers(
    `name: plant, url: "mqtt://127.0.0.1:${broker.port}", filters: ["sensors/#", "$share/"]`) }).catch((error) => error);
  assert.match(server.message ?? '', /filters|\$share/, 'a filter that can be none is refused at the start');
  await fakeRefusal(t);
});

// mosquitto grants every subscription and sends nothing; others say no.
async function fakeRefusal(t) {
  const port = await fakeBroker(t, (socket, packet) => {
    if (packet[0] === 0x10) socket.write(Buffer.from([0x20, 3, 0, 0, 0]));
    if (packet[0] === 0x82) socket.write(Buffer.from([0x90, 5, 0, 1, 0, 1, 0x87]));
  });
  const server = await startServer(t, { config: brokers(`name: plant, url: "mqtt://127.0.0.1:${port}", filters: ["a/#", "b/secret"]`) });
  await linked(server, 'plant', 'subscribe refused');
  assert.equal((await link(server)).lastError, 'subscribe refused: b/secret');
  const health = await server.request('GET', '/healthz');
  assert.deepEqual(health.body.links, [{ name: 'plant', state: 'subscribe refused' }]);
}

// Answers each packet as `answer` says; packets of a test come whole.
function fakeBroker(t, answer) {
  const sockets = new Set();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => answer(socket, data));
  });
  t.after(() => { listener.close(); for (const socket of sockets) socket.destroy(); });
  return new Promise((resolve) => { listener.listen(0, '127.0.0.1', () => resolve(listener.address().port)); });
}

test('F21: a broker that falls silent or is cut off is left within its keep-alive, and taken up again', async (t) => {
  const broker = await startBroker(t);
  const proxy = await startProxy(t, broker.port);
  const server = await startServer(t, { config: brokers(
    `name: frozen, url: "mqtt://127.0.0.1:${broker.port}", keep_alive: 5s`, `name: cut, url: "mqtt://127.0.0.1:${proxy.port}", keep_alive: 2s`) });
  await linked(server, 'frozen');
  await linked(server, 'cut');
  proxy.hold();
  const began = Date.now();
  await linked(server, 'cut', 'down');
  assert.ok(Date.now() - began < 5000, 'seen within 5 s');
  assert.equal((await link(server, 'cut')).lastError, 'it stopped answering');
  assert.equal((await link(server, 'frozen')).state, 'connected', 'the other link does not care');
  proxy.release();
  await linked(server, 'cut');
  broker.child.kill('SIGSTOP');
  await linked(server, 'frozen', 'down');
  broker.child.kill('SIGCONT');
  await linked(server, 'frozen');
});

test('F22: behind a network that drops everything a backlog waits, comes once, and raises no second alert', async (t) => {
  const broker = await startBroker(t);
  const proxy = await startProxy(t, broker.port);
  const publisher = await mqttClient(t, broker.port);
  const server = await startServer(t, { config: brokers(`name: plant, url: "mqtt://127.0.0.1:${proxy.port}", keep_alive: 1s`) });
  await linked(server);
  const rule = { deviceId: 'd', sensorType: 'x', condition: 'greater_than', threshold: 100, severity: 'critical' };
  assert.equal((await server.request('POST', '/api/v1/rules', rule)).status, 201);
  await publisher.publishAsync('sensors/d/x', reading('d', 'x', 200, BASE), { qos: 1 });
  const alerts = async () => (await server.get('/alerts?limit=100')).alerts;
  await until(async () => (await alerts()).length === 1, 'the alert');
  proxy.hold();
  for (let i = 1; i <= 50; i += 1) await publisher.publishAsync('sensors/d/x', reading('d', 'x', 200 + i, BASE + i), { qos: 1 });
  await linked(server, 'plant', 'down');
  assert.equal((await server.get('/devices/d')).status, 'online', 'the device is not blamed');
  proxy.release();
  await until(async () => (await points(server, 'd', BASE, 51)).length === 51, 'all of them', 20_000);
  assert.deepEqual((await points(server, 'd', BASE, 51)).map(([, value]) => value), Array.from({ length: 51 }, (_, i) => 200 + i));
  assert.equal((await alerts()).length, 1);
  assert.equal((await server.metrics()).get('telltale_readings_total'), 51);
});

test('F21: while its broker is away a link is down and devices are not blamed', async (t) => {
  const broker = await startBroker(t);
  const publisher = await mqttClient(t, broker.port);
  const server = await startServer(t, { config: brokers(`name: plant, url: "mqtt://127.0.0.1:${broker.port}"`) });
  await linked(server);
  await publishReading(publisher, 'd', 'x', 1);
  await until(() => server.get('/devices/d'), 'the device');
  const socket = await liveClient(t, server.base);
  await broker.stop();
  await linked(server, 'plant', 'down');
  const metrics = await server.metrics();
  assert.equal(metrics.get('telltale_link_connected{link="plant"}'), 0);
  assert.equal(metrics.get('telltale_link_messages_total{link="plant"}'), 1);
  assert.equal((await server.get('/devices/d')).status, 'online');
  await broker.start();
  await linked(server);
  assert.ok((await server.metrics()).get('telltale_link_reconnects_total{link="plant"}') >= 1);
  assert.deepEqual(statuses(socket), [], 'no word about the device');
});

test('F21: while its broker is away a link is in trouble, and the silence behind it tells nobody', async (t) => {
  const broker = await startBroker(t);
  const publisher = await mqttClient(t, broker.port);
  const server = await startServer(t, { config: `${brokers(`name: plant, url: "mqtt://127.0.0.1:${broker.port}"`)}  grace: 300ms\n` });
  const own = await mqttClient(t, server.mqtt);
  await linked(server);
  await publishReading(publisher, 'behind', 'x', 1);
  await publishReading(own, 'beside', 'x', 1);
  for (const device of ['behind', 'beside']) await until(() => server.get(`/devices/${device}`), device);
  await broker.stop();
  await linked(server, 'plant', 'down');
  await server.rest('POST', '/rules', { scope: { all: true }, when: { sensor: 'x', condition: 'no_data', window: '2s' }, severity: 'warning' });
  const open = async (device) => (await server.get('/alerts?state=open')).alerts.find((a) => a.deviceId === device);
  const muted = async (device) => {
    const { muted: why, mutedBy } = await until(() => open(device), `an alert of ${device}`);
    return [why, mutedBy];
  };
  assert.deepEqual(await muted('behind'), ['inhibited', 'link down']);
  assert.deepEqual(await muted('beside'), [null, null]);
  assert.deepEqual(await muted('telltale'), [null, null]);
  assert.equal((await open('telltale')).ruleName, 'Broker plant is not connected');
  await broker.start();
  await until(async () => !(await open('telltale')), 'the link to be well again', 20_000);
  assert.deepEqual(await muted('behind'), ['inhibited', 'link down'], 'its device has a while to be heard of');
  await publishReading(await mqttClient(t, broker.port), 'behind', 'x', 2);
  await until(async () => !(await open('behind')), 'the device to be heard of');
});

test('F21: a host that does not exist and brokers that talk nonsense hold up no other link', async (t) => {
  const broker = await startBroker(t);
  const garbage = await fakeBroker(t, (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const mute = await fakeBroker(t, () => {});
  const server = await startServer(t, { config: brokers(
    'name: nowhere, url: "mqtt://no-such-host.invalid"', `name: garbage, url: "mqtt://127.0.0.1:${garbage}"`,
    `name: mute, url: "mqtt://127.0.0.1:${mute}"`, `name: plant, url: "mqtt://127.0.0.1:${broker.port}"`) });
  await linked(server);
  await until(async () => (await link(server, 'nowhere')).lastError === 'no such host', 'the word about the host', 20_000);
  await until(async () => /^it broke the protocol/.test((await link(server, 'garbage')).lastError), 'the word about the garbage');
  assert.match((await link(server, 'mute')).state, /connecting|down/);
});

test('two servers share a subscription and each message comes to one of them', async (t) => {
  const broker = await startBroker(t);
  const publisher = await mqttClient(t, broker.port);
  const config = brokers(`name: plant, url: "mqtt://127.0.0.1:${broker.port}", filters: ["$share/panel/sensors/#"]`);
  const [a, b] = await Promise.all([startServer(t, { config }), startServer(t, { config })]);
  await linked(a);
  await linked(b);
  await publishMany(publisher, 'd', 1, 0, 400);
  const count = async (server) => (await link(server)).messages;
  await until(async () => await count(a) + await count(b) === 400, 'every message at one of the two');
  assert.ok(await count(a) > 50 && await count(b) > 50, `${await count(a)} and ${await count(b)}`);
});

test('F33: a server that had no processor until its broker gave it up catches up, and no device is called offline', async (t) => {
  const broker = await startBroker(t);
  const publisher = await mqttClient(t, broker.port);
  const server = await startServer(t, { config: brokers(`name: plant, url: "mqtt://127.0.0.1:${broker.port}", keep_alive: 1s`) });
  await linked(server);
  await publishReading(publisher, 'd', 'x', 1);
  await until(() => server.get('/devices/d'), 'the device');
  const socket = await liveClient(t, server.base);
  server.child.kill('SIGSTOP');
  await publishMany(publisher, 'd', 1, 0, 100);
  await until(() => /Client telltale-\w+-plant has exceeded timeout/.test(broker.log), 'the broker to give it up', 15_000);
  server.child.kill('SIGCONT');
  await until(async () => (await points(server, 'd', BASE, 100)).length === 100, 'what came meanwhile', 20_000);
  await until(async () => (await link(server)).sessionPresent, 'the session to go on', 20_000);
  assert.equal((await server.get('/devices/d')).status, 'online');
  assert.deepEqual(statuses(socket).filter((status) => status === 'offline'), []);
});
