// SPDX-License-Identifier: Apache-2.0
// MQTT over WebSocket on the HTTP port: a stock client, and frames that no stock client sends.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import mqtt from 'mqtt';
import { Authority, contents } from '../support/certificates.mjs';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { Raw, mqttConnect, mqttPacket, mqttPublish, mqttText, wsFrame, wsUpgrade } from '../support/raw.mjs';
import { command, sanitized, startServer, temporaryFolder } from '../support/server.mjs';
import { until, within } from '../support/wait.mjs';

const BINARY = 2;

// A connected stock client over ws:// or wss://.
async function wsClient(t, url, options = {}) {
  const client = mqtt.connect(url, { protocolVersion: 4, reconnectPeriod: 0, connectTimeout: 8000, ...options });
  client.on('error', () => {});
  t.after(() => client.endAsync(true).catch(() => {}));
  await within(new Promise((resolve, reject) => {
    client.once('connect', resolve);
    client.once('error', reject);
    client.once('close', () => reject(new Error('closed before CONNACK')));
  }), 'CONNACK');
  return client;
}

// A raw connection that was upgraded.
async function upgraded(t, server) {
  const raw = new Raw(t, server.http);
  raw.send(wsUpgrade(server.http, { path: '/mqtt', headers: 'Sec-WebSocket-Protocol: mqtt\r\n' }));
  await raw.has(/^HTTP\/1\.1 101 .*\r\n\r\n/s);
  assert.match(raw.text, /sec-websocket-protocol: mqtt\r\n/i);
  return raw;
}

const frame = (payload, options = {}) => wsFrame(payload, { opcode: BINARY, ...options });
const CONNACK = /\x82\x04\x20\x02\x00\x00/;
const PONG = /\x82\x02\xd0\x00/;
const PINGREQ = Buffer.from([0xc0, 0]);
// The close frame with this code.
const closing = (code) => new RegExp(`\\x88\\x02${String.fromCharCode(code >> 8)}\\x${(code & 255).toString(16)}`, 's');

test('a stock client speaks MQTT over WebSocket, both ways', async (t) => {
  const server = await startServer(t);
  const client = await wsClient(t, `ws://127.0.0.1:${server.http}/mqtt`);
  await publishReading(client, 'ws-1', 'temperature', 21);
  assert.equal((await server.get('/devices/ws-1')).sensors[0].value, 21);
  await client.subscribeAsync('cmnd/#', { qos: 1 });
  const heard = new Promise((resolve) => { client.once('message', (topic, payload) => resolve([topic, payload.length])); });
  const plain = await mqttClient(t, server.mqtt);
  await plain.publishAsync('cmnd/x', 'y'.repeat(300_000), { qos: 1 });
  assert.deepEqual(await within(heard, 'the message'), ['cmnd/x', 300_000]);
  await plain.subscribeAsync('from/#');
  const large = new Promise((resolve) => { plain.once('message', (topic, payload) => resolve(payload.length)); });
  await client.publishAsync('from/ws', 'z'.repeat(1_000_000), { qos: 1 });
  assert.equal(await within(large, 'the large message'), 1_000_000);
});

test('many clients are handed over at once, and none is lost', async (t) => {
  const server = await startServer(t);
  const clients = await Promise.all(Array.from({ length: 100 }, () => wsClient(t, `ws://127.0.0.1:${server.http}/mqtt`)));
  await Promise.all(clients.map((client, i) => publishReading(client, `many-${i}`, 'x', i)));
  assert.equal((await server.get('/devices?limit=1')).total, 100);
  await Promise.all(clients.map((client) => client.endAsync()));
  await until(async () => (await server.metrics()).get('telltale_mqtt_connections') === 0, 'all to be gone');
});

test('what came behind the upgrade in the same packet is not lost', async (t) => {
  const server = await startServer(t);
  const raw = new Raw(t, server.http);
  raw.send(Buffer.concat([
    Buffer.from(wsUpgrade(server.http, { path: '/mqtt', headers: 'Sec-WebSocket-Protocol: mqttv3.1, mqtt\r\n' })),
    frame(mqttConnect('early')), frame(mqttPublish('sensors/early/x', '1')), frame(PINGREQ)]));
  await raw.has(PONG);
  await until(() => server.get('/devices/early'), 'the device');
});

test('packets may span frames, and frames hold several packets, in any split', async (t) => {
  const server = await startServer(t);
  const bytes = Buffer.concat([mqttConnect('split'), mqttPublish('sensors/split/a', '1'), mqttPublish('sensors/split/b', '2'), PINGREQ]);
  const one = await upgraded(t, server);
  one.send(frame(bytes));
  await one.has(PONG);
  const single = await upgraded(t, server);
  for (const byte of bytes) single.send(frame(Buffer.from([byte])));
  await single.has(PONG);
  const fragments = await upgraded(t, server);
  const parts = Array.from(bytes, (byte, i) => frame(Buffer.from([byte]), { opcode: i ? 0 : BINARY, fin: i === bytes.length - 1 }));
  parts.splice(5, 0, wsFrame('are you there', { opcode: 9 }));
  for (const byte of Buffer.concat(parts)) fragments.send(Buffer.from([byte]));
  await fragments.has(PONG);
  await fragments.has(/\x8a\x0dare you there/);
  const empty = await upgraded(t, server);
  empty.send(frame(''), frame('', { fin: false }), frame('', { opcode: 0, fin: false }), frame(mqttConnect('empty'), { opcode: 0 }));
  await empty.has(CONNACK);
  assert.equal((await server.get('/devices/split')).sensors.length, 2);
});

test('an endless message of tiny fragments costs no memory (C4)', async (t) => {
  const server = await startServer(t);
  const raw = await upgraded(t, server);
  raw.send(frame(mqttConnect('endless'), { fin: false }));
  await raw.has(CONNACK);
  const before = server.memory();
  const message = mqttPublish('sensors/endless/x', '1');
  for (let i = 0; i < 20_000; i++) raw.send(frame(message, { opcode: 0, fin: false }));
  raw.send(frame(PINGREQ, { opcode: 0, fin: false }));
  await raw.has(PONG);
  assert.equal((await server.metrics()).get('telltale_messages_total'), 20_000);
  assert.ok(sanitized || server.memory() < before + (8 << 20), `${server.memory() - before} bytes more`);
});

test('frames against the rules end the connection with the code for it (F15, C5)', async (t) => {
  const server = await startServer(t);
  const cases = [
    ['text', wsFrame('hello', { opcode: 1 }), 1003],
    ['unmasked', frame(mqttConnect('x'), { masked: false }), 1002],
    ['a reserved bit', Buffer.concat([Buffer.from([0xc2]), frame(mqttConnect('x')).subarray(1)]), 1002],
    ['a continuation of nothing', frame('x', { opcode: 0 }), 1002],
    ['a fragmented ping', wsFrame('x', { opcode: 9, fin: false }), 1002],
    ['a long ping', wsFrame('x'.repeat(126), { opcode: 9 }), 1002],
    ['an unknown opcode', wsFrame('x', { opcode: 3 }), 1002],
    ['a length of 2^63', Buffer.from([0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]), 1002],
  ];
  for (const [what, bytes, code] of cases) {
    const raw = await upgraded(t, server);
    raw.send(bytes);
    await raw.has(closing(code));
    await raw.end();
    assert.ok(raw.closed, what);
  }
  assert.equal(await server.dropped('ws_protocol'), cases.length);
  const polite = await upgraded(t, server);
  polite.send(wsFrame(Buffer.from([3, 0xe8]), { opcode: 8 }));
  await polite.has(closing(1000));
  await polite.end();
});

test('MQTT inside is held to the rules of MQTT: lengths that lie, packets out of order (C5, C6)', async (t) => {
  const server = await startServer(t);
  for (const bytes of [mqttPublish('a', 'b'), Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 1]), Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]),
    Buffer.concat([mqttConnect('x'), mqttConnect('x')]), Buffer.concat([mqttConnect('x'), mqttPublish('a/#', 'b')])]) {
    const raw = await upgraded(t, server);
    raw.send(frame(bytes));
    await raw.end();
  }
  assert.equal(await server.dropped('ws_protocol'), 0);
  const alive = await wsClient(t, `ws://127.0.0.1:${server.http}/mqtt`);
  await publishReading(alive, 'alive', 'x', 1);
});

test('an upgrade without the subprotocol, from a foreign page or for a foreign name is refused (C1)', async (t) => {
  const server = await startServer(t);
  const status = async (headers, more = {}) => {
    const raw = new Raw(t, server.http);
    raw.send(more.request ?? wsUpgrade(server.http, { path: '/mqtt', headers }));
    return raw.status();
  };
  assert.equal(await status(''), 400);
  assert.equal(await status('Sec-WebSocket-Protocol: mqttv3.1\r\n'), 400);
  assert.equal(await status('Sec-WebSocket-Protocol: mqtt\r\nOrigin: https://evil.example\r\n'), 403);
  assert.equal(await status('Sec-WebSocket-Protocol: mqtt\r\nOrigin: null\r\n'), 403);
  assert.equal(await status(`Sec-WebSocket-Protocol: mqtt\r\nOrigin: http://127.0.0.1:${server.http}\r\n`), 101);
  assert.equal(await status('', { request: wsUpgrade(server.http, { path: '/mqtt', headers: 'Sec-WebSocket-Protocol: mqtt\r\n' }).replace(/Host: \S+/, 'Host: evil.example') }), 421);
  assert.equal(await status('', { request: `GET /mqtt HTTP/1.1\r\nHost: 127.0.0.1:${server.http}\r\n\r\n` }), 426);
  assert.equal((await server.request('POST', '/mqtt', '{}')).status, 405);
});

test('credentials come by CONNECT, and a connection that sends none is closed', async (t) => {
  const data = join(temporaryFolder(t), 'data');
  const secret = command(['device', 'add', 'a', '--data', data]).stdout.trim();
  const server = await startServer(t, { data, noAuth: false });
  const url = `ws://127.0.0.1:${server.http}/mqtt`;
  await assert.rejects(wsClient(t, url), /[Nn]ot authorized/);
  await assert.rejects(wsClient(t, url, { username: 'a', password: 'wrong' }), /[Bb]ad user/);
  const client = await wsClient(t, url, { username: 'a', password: secret });
  await client.publishAsync('sensors/a/x', '1', { qos: 1 });
  const gone = within(new Promise((resolve) => { client.once('close', resolve); }), 'the end');
  assert.equal(command(['device', 'revoke', 'a', '--data', data]).status, 0);
  await gone;
});

test('when the server stops, a client over WebSocket is told that it goes away', async (t) => {
  const server = await startServer(t);
  const raw = await upgraded(t, server);
  raw.send(frame(mqttConnect('told')));
  await raw.has(CONNACK);
  await server.stop();
  await raw.has(closing(1001));
});

test('a subscriber over WebSocket that does not read is bounded (C11)', async (t) => {
  const server = await startServer(t);
  const raw = await upgraded(t, server);
  raw.send(frame(Buffer.concat([mqttConnect('slow'), mqttPacket(0x82, Buffer.concat([Buffer.from([0, 1]), mqttText('f/#'), Buffer.from([0])]))])));
  await raw.has(/\x90\x03\x00\x01\x00/);
  raw.socket.pause();
  const tool = await mqttClient(t, server.mqtt);
  const before = server.memory();
  for (let i = 0; i < 200; i++) await tool.publishAsync('f/x', 'x'.repeat(100_000), { qos: 1 });
  assert.ok(await server.dropped('subscriber_slow') > 0);
  assert.ok(sanitized || server.memory() < before + (8 << 20));
});

test('what a full disk can\'t keep is neither acknowledged over WebSocket nor said to be made (F3)', async (t) => {
  const data = join(temporaryFolder(t), 'data');
  const secret = command(['device', 'add', 'a', '--data', data]).stdout.trim();
  const server = await startServer(t, { data, noAuth: false });
  const limit = (bytes) => assert.equal(spawnSync('prlimit', ['--pid', String(server.child.pid), `--fsize=${bytes}:`]).status, 0);
  const client = await wsClient(t, `ws://127.0.0.1:${server.http}/mqtt`, { username: 'a', password: secret });
  await client.publishAsync('sensors/a/x', '1', { qos: 1 });
  limit(4096);
  let acknowledged = false;
  const waiting = client.publishAsync('sensors/a/x', '2', { qos: 1 }).then(() => { acknowledged = true; });
  const refused = command(['device', 'add', 'b', '--data', data]);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /could not be written to the disk/);
  assert.doesNotMatch(refused.stdout, /[A-Za-z0-9_-]{43}/, 'no secret is shown for what may be gone after a crash');
  assert.equal(acknowledged, false);
  assert.equal((await fetch(`${server.base}/healthz`)).status, 503);
  limit('unlimited');
  await within(waiting, 'the acknowledgement', 20_000);
});

test('MQTT over wss moves its TLS with it', async (t) => {
  const authority = new Authority(t);
  const own = authority.sign('server');
  const config = `http:\n  listen_tls: ["127.0.0.1:0"]\ntls:\n  certificate: ${own.certificate}\n  key: ${own.key}\n`;
  const server = await startServer(t, { config });
  const https = await until(() => Number(/^https listening on 127\.0\.0\.1:(\d+)$/m.exec(server.stdout)?.[1]) || null, 'the https port');
  const client = await wsClient(t, `wss://127.0.0.1:${https}/mqtt`, { ca: contents(authority.ca), servername: '' });
  await publishReading(client, 'wss-1', 'temperature', 21);
  assert.equal((await server.get('/devices/wss-1')).sensors[0].value, 21);
  await client.subscribeAsync('cmnd/#');
  const heard = new Promise((resolve) => { client.once('message', (topic, payload) => resolve(payload.length)); });
  await client.publishAsync('cmnd/x', 'y'.repeat(500_000), { qos: 1 });
  assert.equal(await within(heard, 'the message'), 500_000);
  await client.endAsync();
});
