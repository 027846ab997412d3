// SPDX-License-Identifier: Apache-2.0
// What nobody should send: refused, counted by reason, and nothing else disturbed. A good client
// is connected by MQTT and Socket.IO throughout each test and must see its own readings arrive.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ask, liveClient, mqttClient, publishReading } from '../support/clients.mjs';
import { Raw, mqttConnect, mqttPacket, mqttPublish, mqttText, wsFrame, wsUpgrade } from '../support/raw.mjs';
import { sanitized, startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

async function setup(t, options) {
  const server = await startServer(t, options);
  const good = await mqttClient(t, server.mqtt);
  const socket = await liveClient(t, server.base);
  await ask(socket, 'subscribe-device', 'good', { interval: 0 });
  let n = 0;
  // The bystander still publishes and still receives.
  const undisturbed = async () => {
    n++;
    await publishReading(good, 'good', 'x', n);
    await socket.events.next('device-update', (u) => u.value === n);
  };
  await undisturbed();
  return { server, good, undisturbed };
}

const dropsGrow = (server, reason, by = 1) =>
  until(async () => (await server.dropped(reason)) >= by, `telltale_dropped_total{reason="${reason}"} to be ${by}`);

test('payloads that are no readings are counted by reason and the connection stays', async (t) => {
  const { server, good, undisturbed } = await setup(t);
  const cases = [
    ['invalid_json', '{"deviceId":"d","value":'],
    ['not_finite', '{"deviceId":"d","sensorType":"x","value":NaN}'],
    ['invalid_json', '{"a":01}'],
    ['wrong_type', '{"deviceId":"d","sensorType":"x","value":[]}'],
    ['not_finite', '{"deviceId":"d","sensorType":"x","value":1e999}'],
    ['bad_device_id', '{"deviceId":".","sensorType":"x","value":1}'],
    ['bad_device_id', '{"deviceId":"..","sensorType":"x","value":1}'],
    ['bad_device_id', '{"deviceId":"","sensorType":"x","value":1}'],
    ['bad_device_id', JSON.stringify({ deviceId: 'x'.repeat(300), sensorType: 'x', value: 1 })],
    ['bad_device_id', '{"deviceId":"a\\u0000b","sensorType":"x","value":1}'],
    ['bad_sensor_id', '{"deviceId":"d","sensorType":"..","value":1}'],
    ['too_deep', `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`],
    ['payload_too_large', Buffer.alloc(1_000_000, '1')],
    ['undecoded', 'neither a number nor JSON'],
    ['invalid_utf8', Buffer.from('{"deviceId":"\xff\xfe","sensorType":"x","value":1}', 'latin1')],
  ];
  const want = new Map();
  for (const [reason, payload] of cases) {
    await good.publishAsync('some/odd/topic', payload, { qos: 1 });
    want.set(reason, (want.get(reason) ?? 0) + 1);
    await dropsGrow(server, reason, want.get(reason));
  }
  await undisturbed();
  assert.deepEqual((await server.get('/devices')).devices.map((d) => d.id), ['good']);
  assert.equal(good.connected, true);
});

test('hostile names are valid ids and stored as they are', async (t) => {
  const { server, good, undisturbed } = await setup(t);
  for (const id of ['../../x', '<img src=x onerror=alert(1)>']) {
    await good.publishAsync('t', JSON.stringify({ deviceId: id, sensorType: 'x', value: 1 }), { qos: 1 });
    assert.equal((await server.get(`/devices/${encodeURIComponent(id)}`)).id, id);
  }
  await undisturbed();
});

test('a 64 KB topic is refused', async (t) => {
  const { server, undisturbed } = await setup(t);
  const raw = new Raw(t, server.mqtt).send(mqttConnect('long'));
  await raw.when(() => raw.bytes.length >= 4, 'CONNACK');
  raw.send(mqttPublish('t'.repeat(65_535), '1'));
  await dropsGrow(server, 'bad_topic');
  await undisturbed();
});

test('C24: topics of 200 levels and JSON of 100,000 are refused and counted, and the connection stays', async (t) => {
  const { server, good, undisturbed } = await setup(t);
  await good.publishAsync(Array(200).fill('a').join('/'), '1', { qos: 1 });
  assert.equal(await server.dropped('bad_topic'), 1);
  for (const deep of ['['.repeat(100_000), '{"a":'.repeat(40_000), `${'['.repeat(50_000)}${']'.repeat(50_000)}`]) {
    await good.publishAsync('sensors/deep', deep, { qos: 1 });
  }
  assert.equal(await server.dropped('too_deep'), 3);
  assert.equal((await server.request('GET', '/api/v1/devices/deep')).status, 404);
  await undisturbed();
});

test('C5, C6: packets against the protocol close their connection and no other', async (t) => {
  const { server, undisturbed } = await setup(t);
  const afterConnect = [
    ['a topic that is not UTF-8', mqttPublish(Buffer.from([0xff, 0xfe]), '1')],
    ['a topic with a wildcard', mqttPublish('a/#', '1')],
    ['an empty topic', mqttPublish('', '1')],
    ['a second CONNECT', mqttConnect('twice')],
    ['QoS 3', mqttPacket(0x36, Buffer.concat([mqttText('a'), Buffer.from([0, 1])]))],
    ['packet id 0', mqttPacket(0x32, Buffer.concat([mqttText('a'), Buffer.from([0, 0])]))],
    ['a reserved type', mqttPacket(0xf0, Buffer.alloc(0))],
    ['wrong flags', mqttPacket(0x83, Buffer.from([0, 1, 0, 1, 0x61, 0]))],
    ['a SUBSCRIBE without filters', mqttPacket(0x82, Buffer.from([0, 1]))],
    ['a length of five bytes', Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 1])],
    ['a topic longer than its packet', mqttPacket(0x30, Buffer.from([0, 50, 0x61]))],
  ];
  let count = 0;
  for (const [what, bytes] of afterConnect) {
    const raw = new Raw(t, server.mqtt).send(mqttConnect(`bad-${count}`));
    await raw.when(() => raw.bytes.length >= 4, 'CONNACK');
    raw.send(bytes);
    await raw.end().catch((error) => assert.fail(`${what}: ${error.message}`));
    count++;
  }
  await until(async () => {
    const metrics = await server.metrics();
    return metrics.get('telltale_dropped_total{reason="mqtt_protocol"}') + metrics.get('telltale_dropped_total{reason="bad_topic"}') >= count;
  }, 'each to be counted');
  for (const [what, bytes] of [['HTTP', 'GET / HTTP/1.1\r\n\r\n'], ['a PUBLISH first', mqttPublish('a', '1')], ['zeros', Buffer.alloc(100)]]) {
    const raw = new Raw(t, server.mqtt).send(bytes);
    await raw.end().catch((error) => assert.fail(`${what}: ${error.message}`));
  }
  await undisturbed();
});

test('C5: a packet above the limit is refused by its length alone', async (t) => {
  const { server, undisturbed } = await setup(t);
  const raw = new Raw(t, server.mqtt).send(mqttConnect('huge'));
  await raw.when(() => raw.bytes.length >= 4, 'CONNACK');
  raw.send(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]));
  await raw.end();
  await dropsGrow(server, 'mqtt_too_large');
  await undisturbed();
});

test('bytes that come one at a time are a packet all the same', async (t) => {
  const { server, undisturbed } = await setup(t);
  const raw = new Raw(t, server.mqtt);
  for (const byte of Buffer.concat([mqttConnect('slow'), mqttPublish('sensors/slow/x', '5')])) raw.send(Buffer.from([byte]));
  const device = await until(() => server.get('/devices/slow'), 'the device');
  assert.equal(device.sensors[0].value, 5);
  await undisturbed();
});

async function webSocket(t, server) {
  const raw = new Raw(t, server.http).send(wsUpgrade(server.http));
  await raw.has(/\r\n\r\n.*0\{"sid"/s);
  return raw;
}

test('F15, C5: WebSocket frames against the protocol close with its codes', async (t) => {
  const { server, undisturbed } = await setup(t);
  const cases = [
    ['an unmasked frame', wsFrame('40', { masked: false }), 1002, 'ws_protocol'],
    ['a frame beyond the limit', wsFrame('', { length: 3_000_000_000 }), 1009, 'ws_too_large'],
    ['a length of 2^63', Buffer.from('81ff8000000000000000aabbccdd', 'hex'), 1002, 'ws_protocol'],
    ['a reserved bit', Buffer.from('c18000000000', 'hex'), 1002, 'ws_protocol'],
    ['a reserved opcode', wsFrame('x', { opcode: 3 }), 1002, 'ws_protocol'],
    ['a continuation of nothing', wsFrame('x', { opcode: 0 }), 1002, 'ws_protocol'],
    ['a fragmented ping', wsFrame('x', { opcode: 9, fin: false }), 1002, 'ws_protocol'],
    ['a ping of 126 bytes', wsFrame('x'.repeat(126), { opcode: 9 }), 1002, 'ws_protocol'],
    ['text that is not UTF-8', wsFrame(Buffer.from([0x34, 0x30, 0xff])), 1007, 'ws_protocol'],
  ];
  for (const [what, frame, code, reason] of cases) {
    const before = await server.dropped(reason);
    const ws = (await webSocket(t, server)).send(frame);
    await ws.end().catch((error) => assert.fail(`${what}: ${error.message}`));
    const close = ws.bytes.subarray(-ws.bytes.length).lastIndexOf(0x88);
    assert.equal(ws.bytes.readUInt16BE(close + 2), code, what);
    await until(async () => (await server.dropped(reason)) > before, `${what} to be counted`);
  }
  await undisturbed();
});

test('C3: no compression is agreed to, so nothing can be unpacked into memory', async (t) => {
  const { server } = await setup(t);
  const offer = 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n';
  const raw = new Raw(t, server.http).send(wsUpgrade(server.http, { headers: offer }));
  await raw.has(/\r\n\r\n.*0\{"sid"/s);
  assert.match(raw.text, /^HTTP\/1\.1 101 /);
  assert.doesNotMatch(raw.text, /extensions/i);
});

test('C4: an endless message of one-byte fragments ends its WebSocket, and costs no memory', async (t) => {
  const { server, undisturbed } = await setup(t);
  const sockets = await Promise.all(Array.from({ length: 20 }, () => webSocket(t, server)));
  const before = server.memory();
  const fragments = Buffer.concat(Array.from({ length: 20_000 }, () => wsFrame('x', { opcode: 0, fin: false })));
  for (const ws of sockets) ws.send(wsFrame('4', { fin: false }), fragments);
  for (const ws of sockets) await ws.end();
  const grown = server.memory() - before;
  if (!sanitized) assert.ok(grown < 16 << 20, `${grown} bytes for ${sockets.length} of them`);
  await undisturbed();
});

test('C6, C7: Socket.IO packets out of order close their transport', async (t) => {
  const { server, undisturbed } = await setup(t);
  const cases = ['42["subscribe-fleet"]', '43[1]', '41', '45', '4', '9', '40{', '42', '42{"a":1}', '451-["x",{"_placeholder":true,"num":0}]'];
  for (const packet of cases) {
    const before = await server.dropped('sio_protocol');
    const ws = (await webSocket(t, server)).send(wsFrame(packet));
    await ws.end().catch((error) => assert.fail(`${packet}: ${error.message}`));
    await until(async () => (await server.dropped('sio_protocol')) > before, `${packet} to be counted`);
  }
  for (const path of ['/socket.io/?EIO=3&transport=polling', '/socket.io/?EIO=4&transport=pigeon', '/socket.io/?EIO=4&transport=polling&sid=nobody']) {
    assert.equal((await server.request('GET', path)).status, 400, path);
  }
  await undisturbed();
});

test('C13, F41: HTTP heads against the protocol are refused', async (t) => {
  const { server, undisturbed } = await setup(t);
  const host = `Host: 127.0.0.1:${server.http}\r\n`;
  const cases = [
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['two Hosts', `GET / HTTP/1.1\r\n${host}${host}\r\n`, 400],
    ['a bare LF', `GET / HTTP/1.1\n${host.trimEnd()}\n\n`, 400],
    ['a folded header', `GET / HTTP/1.1\r\n${host}A: b\r\n c\r\n\r\n`, 400],
    ['a space before the colon', `GET / HTTP/1.1\r\n${host}A : b\r\n\r\n`, 400],
    ['HTTP/2.0', `GET / HTTP/2.0\r\n${host}\r\n`, [400, 505]],
    ['an absolute form', `GET http://127.0.0.1/ HTTP/1.1\r\n${host}\r\n`, 400],
    ['CONNECT', `CONNECT 127.0.0.1:80 HTTP/1.1\r\n${host}\r\n`, [400, 405]],
    ['two lengths', `POST /api/v1/rules HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 400],
    ['a length and chunks', `POST /api/v1/rules HTTP/1.1\r\n${host}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ['too many headers', `GET / HTTP/1.1\r\n${host}${'A: b\r\n'.repeat(200)}\r\n`, [400, 431]],
    ['a head beyond 16 KiB', `GET / HTTP/1.1\r\n${host}A: ${'b'.repeat(17_000)}\r\n\r\n`, 431],
    ['a body beyond the limit', `POST /api/v1/rules HTTP/1.1\r\n${host}Content-Length: 50000000\r\n\r\n`, 413],
    ['nonsense', '\x00\x01\x02\x03\r\n\r\n', 400],
  ];
  for (const [what, bytes, wanted] of cases) {
    const raw = new Raw(t, server.http).send(bytes);
    const status = await raw.status().catch((error) => assert.fail(`${what}: ${error.message}`));
    assert.ok([wanted].flat().includes(status), `${what}: ${status}`);
    await raw.end().catch((error) => assert.fail(`${what}: ${error.message}`));
  }
  await dropsGrow(server, 'http_malformed');
  await dropsGrow(server, 'http_too_large');
  await undisturbed();
});

test('C10, F14: an HTTP head without end is cut off at the deadline', async (t) => {
  const { server, undisturbed } = await setup(t);
  const raw = new Raw(t, server.http).send(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.http}\r\n`);
  let n = 0;
  const drip = setInterval(() => raw.send(`A${n++}: b\r\n`), 500);
  try {
    await raw.end(60_000);
  } finally {
    clearInterval(drip);
  }
  await dropsGrow(server, 'http_timeout');
  await undisturbed();
});

test('F41: pipelined requests are answered in order', async (t) => {
  const { server } = await setup(t);
  const one = (path, last) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.http}\r\n${last ? 'Connection: close\r\n' : ''}\r\n`;
  const raw = new Raw(t, server.http).send(one('/api/v1/devices/none') + one('/healthz') + one('/api/v1/devices/good', true));
  const text = await raw.end();
  assert.deepEqual([...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((m) => m[1]), ['404', '200', '200']);
});
