// SPDX-License-Identifier: Apache-2.0
// The listener as a broker, with stock clients: mosquitto's, mqtt.js and paho.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'node:test';
import { mqttClient } from '../support/clients.mjs';
import { Wire } from '../support/mqtt_wire.mjs';
import { sanitized, startServer, top } from '../support/server.mjs';
import { until, within } from '../support/wait.mjs';

const v5 = (more = {}) => ({ protocolVersion: 5, ...more });

// What a client receives, in order, as { topic, payload, packet }.
function collect(client) {
  const got = [];
  client.on('message', (topic, payload, packet) => got.push({ topic, payload: payload.toString(), packet }));
  return got;
}

const payloads = (got) => got.map((m) => m.payload);
const arrived = (got, count) => until(() => got.length >= count || null, `${count} messages`);

function mosquitto(command, server, ...args) {
  const r = spawnSync(command, ['-h', '127.0.0.1', '-p', String(server.mqtt), ...args], { encoding: 'utf8', timeout: 15_000 });
  assert.ok(!r.error, String(r.error));
  return r;
}

for (const version of ['311', '5']) {
  test(`mosquitto_sub gets what mosquitto_pub retained, and nothing once it is cleared (${version})`, async (t) => {
    const server = await startServer(t);
    for (const qos of [0, 1, 2]) {
      assert.equal(mosquitto('mosquitto_pub', server, '-V', version, '-r', '-q', String(qos), '-t', `house/q${qos}`, '-m', `kept ${qos}`).status, 0);
    }
    const sub = mosquitto('mosquitto_sub', server, '-V', version, '-q', '2', '-t', 'house/#', '-v', '-C', '3', '-W', '8');
    assert.deepEqual(sub.stdout.trim().split('\n').sort(), ['house/q0 kept 0', 'house/q1 kept 1', 'house/q2 kept 2']);
    assert.equal((await server.metrics()).get('telltale_messages_total'), 3);
    for (const qos of [0, 1, 2]) mosquitto('mosquitto_pub', server, '-V', version, '-r', '-n', '-t', `house/q${qos}`);
    const none = mosquitto('mosquitto_sub', server, '-V', version, '-t', 'house/#', '-v', '-W', '1');
    assert.equal(none.stdout, '');
  });

  test(`paho: 300 messages of QoS 2 arrive once each though both sides are cut off again and again (${version})`, async (t) => {
    const server = await startServer(t);
    const child = spawn('/usr/bin/python3', [join(top, 'tests/support/paho_peer.py'), String(server.mqtt), version === '5' ? '5' : '3']);
    t.after(() => child.kill());
    let out = '';
    let err = '';
    child.stdout.on('data', (d) => { out += d; });
    child.stderr.on('data', (d) => { err += d; });
    const [code] = await within(once(child, 'close'), 'paho to end', 60_000);
    assert.equal(code, 0, err);
    const got = out.trim().split('\n').map(Number);
    assert.equal(got.length, 300);
    assert.deepEqual([...got].sort((a, b) => a - b), Array.from({ length: 300 }, (_, i) => i));
  });
}

test('a large table of retained messages reaches a subscriber of QoS 1 whole', async (t) => {
  const server = await startServer(t);
  const sender = await mqttClient(t, server.mqtt);
  const count = 3000;
  const all = [];
  for (let i = 0; i < count; i += 1) all.push(sender.publishAsync(`kept/${i}`, 'x'.repeat(500), { qos: 1, retain: true }));
  await within(Promise.all(all), 'all to be acknowledged', 30_000);
  const reader = await mqttClient(t, server.mqtt, v5());
  const got = collect(reader);
  await reader.subscribeAsync('kept/#', { qos: 1 });
  await until(() => got.length >= count || null, 'all of them', 20_000);
  assert.equal(new Set(got.map((m) => m.topic)).size, count);
  assert.ok(got.every((m) => m.packet.retain));
  assert.equal((await server.metrics()).get('telltale_dropped_total{reason="session_full"}') ?? 0, 0);
});

test('subscription options of 5.0: no local, retain as published, retain handling, identifiers', async (t) => {
  const server = await startServer(t);
  const a = await mqttClient(t, server.mqtt, v5());
  const b = await mqttClient(t, server.mqtt, v5());
  const got = collect(a);
  await b.publishAsync('o/kept', 'old', { qos: 1, retain: true });
  await a.subscribeAsync('o/#', { qos: 1, nl: true, rap: true, rh: 0, properties: { subscriptionIdentifier: 7 } });
  await arrived(got, 1);
  await a.subscribeAsync('o/#', { qos: 1, nl: true, rap: true, rh: 1, properties: { subscriptionIdentifier: 7 } });
  await a.subscribeAsync('o/+', { qos: 0, nl: true, rh: 2, properties: { subscriptionIdentifier: 8 } });
  await a.publishAsync('o/kept', 'mine', { qos: 1 });
  await b.publishAsync('o/kept', 'his', { qos: 1, retain: true });
  await arrived(got, 2);
  assert.deepEqual(payloads(got), ['old', 'his']);
  assert.equal(got[0].packet.retain, true);
  assert.equal(got[1].packet.retain, true, 'as it was published');
  assert.equal(got[0].packet.properties.subscriptionIdentifier, 7);
  assert.deepEqual([...got[1].packet.properties.subscriptionIdentifier].sort(), [7, 8]);
});

test('properties of a message are handed on, aliases and expiry are not', async (t) => {
  const server = await startServer(t);
  const a = await mqttClient(t, server.mqtt, v5({ properties: { topicAliasMaximum: 5 } }));
  const b = await mqttClient(t, server.mqtt, v5());
  const got = collect(a);
  await a.subscribeAsync('ask/#', { qos: 1 });
  const properties = { payloadFormatIndicator: true, contentType: 'text/plain', responseTopic: 'answers/1', correlationData: Buffer.from([0, 255]), userProperties: { k: ['1', '2'] } };
  await b.publishAsync('ask/long/topic', 'q', { qos: 1, properties: { ...properties, messageExpiryInterval: 60, topicAlias: 1 } });
  await b.publishAsync('', 'q2', { qos: 1, properties: { topicAlias: 1 } });
  await arrived(got, 2);
  assert.deepEqual(got.map((m) => m.topic), ['ask/long/topic', 'ask/long/topic']);
  const p = got[0].packet.properties;
  assert.deepEqual([p.contentType, p.responseTopic, p.payloadFormatIndicator, { ...p.userProperties }], ['text/plain', 'answers/1', true, { k: ['1', '2'] }]);
  assert.deepEqual([...p.correlationData], [0, 255]);
  assert.ok(p.messageExpiryInterval >= 58 && p.messageExpiryInterval <= 60);
  await assert.rejects(b.publishAsync('ask/x', Buffer.from([0xff]), { qos: 1, properties: { payloadFormatIndicator: true } }), /Payload format invalid|153/i);
  assert.equal((await server.metrics()).get('telltale_dropped_total{reason="payload_format"}'), 1);
});

test('a will waits for its delay, comes early when the session ends, and not when the client is back', async (t) => {
  const server = await startServer(t);
  const watcher = await mqttClient(t, server.mqtt, v5());
  const got = collect(watcher);
  await watcher.subscribeAsync('gone/#', { qos: 1 });
  const withWill = (clientId, delay, expiry) => v5({ clientId, clean: false, properties: { sessionExpiryInterval: expiry },
    will: { topic: `gone/${clientId}`, payload: Buffer.from('gone'), qos: 1, properties: { willDelayInterval: delay } } });
  const slow = await mqttClient(t, server.mqtt, withWill('slow', 2, 100));
  const short = await mqttClient(t, server.mqtt, withWill('short', 100, 1));
  const back = await mqttClient(t, server.mqtt, withWill('back', 2, 100));
  const polite = await mqttClient(t, server.mqtt, withWill('polite', 0, 100));
  const began = Date.now();
  for (const c of [slow, short, back]) c.stream.destroy();
  await polite.endAsync();
  await mqttClient(t, server.mqtt, v5({ clientId: 'back', clean: false, properties: { sessionExpiryInterval: 100 } }));
  await until(() => got.some((m) => m.topic === 'gone/short') || null, 'the will of a session that ended');
  assert.ok(Date.now() - began >= 900);
  await until(() => got.some((m) => m.topic === 'gone/slow') || null, 'the will after its delay');
  assert.ok(Date.now() - began >= 1900);
  assert.deepEqual(got.map((m) => m.topic), ['gone/short', 'gone/slow']);
});

test('a session goes on for who comes back, is taken over with 0x8E, and ends at its expiry', async (t) => {
  const server = await startServer(t);
  const options = (expiry) => v5({ clientId: 'same', clean: false, properties: { sessionExpiryInterval: expiry } });
  const first = await mqttClient(t, server.mqtt, options(100));
  await first.subscribeAsync('s/#', { qos: 1 });
  const told = new Promise((resolve) => { first.on('disconnect', resolve); });
  const second = await mqttClient(t, server.mqtt, options(100));
  assert.equal((await within(told, 'DISCONNECT')).reasonCode, 0x8e);
  const sender = await mqttClient(t, server.mqtt);
  second.stream.destroy();
  await until(async () => (await server.metrics()).get('telltale_mqtt_connections') === 1, 'the loss');
  for (let i = 0; i < 5; i += 1) await sender.publishAsync('s/x', String(i), { qos: 1 });
  await sender.publishAsync('s/x', 'not kept', { qos: 0 });
  const third = new Wire(t, server.mqtt, 5);
  assert.equal((await third.connect({ client: 'same', clean: false, expiry: 1 })).present, 1);
  for (let i = 0; i < 5; i += 1) {
    const p = await third.hear('PUBLISH');
    assert.equal(p.payload, String(i));
    third.say('PUBACK', { id: p.id });
  }
  assert.deepEqual(await third.rest(), []);
  const subscriptions = async () => (await server.metrics()).get('telltale_mqtt_subscriptions');
  await until(async () => (await subscriptions()) === 1, 'the count of subscriptions');
  third.cut();
  await until(async () => (await subscriptions()) === 0, 'the session to expire');
  const fourth = new Wire(t, server.mqtt, 5);
  assert.equal((await fourth.connect({ client: 'same', clean: false })).present, 0);
});

test('a shared subscription gives each message to one member, in turn, and to the others when one goes', async (t) => {
  const server = await startServer(t);
  const members = [];
  const counts = [0, 0, 0];
  for (let i = 0; i < 3; i += 1) {
    const m = await mqttClient(t, server.mqtt, v5());
    m.on('message', () => { counts[i] += 1; });
    await m.subscribeAsync('$share/g/jobs/#', { qos: 1 });
    members.push(m);
  }
  const sender = await mqttClient(t, server.mqtt);
  for (let i = 0; i < 30; i += 1) await sender.publishAsync('jobs/x', 'work', { qos: 1 });
  await until(() => counts.reduce((a, b) => a + b) === 30 || null, 'all 30');
  assert.deepEqual(counts, [10, 10, 10]);
  await members[1].endAsync();
  for (let i = 0; i < 10; i += 1) await sender.publishAsync('jobs/x', 'work', { qos: 1 });
  await until(() => counts.reduce((a, b) => a + b) === 40 || null, 'all 40');
  assert.deepEqual(counts, [15, 10, 15]);
});

test('flow control: no more than a client\'s receive maximum is under way, nothing above its packet size', async (t) => {
  const server = await startServer(t);
  const sender = await mqttClient(t, server.mqtt);
  const client = await mqttClient(t, server.mqtt, v5({ properties: { receiveMaximum: 2, maximumPacketSize: 200 } }));
  const got = collect(client);
  let open = 0;
  let most = 0;
  client.handleMessage = (packet, done) => {
    open += 1;
    most = Math.max(most, open);
    setImmediate(() => { open -= 1; done(); });
  };
  await client.subscribeAsync('f/#', { qos: 1 });
  for (let i = 0; i < 40; i += 1) await sender.publishAsync('f/x', i === 20 ? 'x'.repeat(500) : String(i), { qos: 1 });
  await arrived(got, 39);
  assert.deepEqual(payloads(got), Array.from({ length: 40 }, (_, i) => String(i)).filter((s) => s !== '20'));
  assert.ok(most <= 2, `${most} at once`);
  assert.equal((await server.metrics()).get('telltale_dropped_total{reason="message_too_large"}'), 1);
});

test('$SYS tells about the broker to who asks, is no part of #, and belongs to nobody else', async (t) => {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt, v5());
  const got = collect(client);
  await client.subscribeAsync('$SYS/#', { qos: 0 });
  await until(() => got.length === 11 || null, 'eleven topics');
  const values = new Map(got.map((m) => [m.topic.slice('$SYS/broker/'.length), m.payload]));
  assert.deepEqual([...values.keys()].sort(), ['bytes/received', 'bytes/sent', 'clients/connected', 'clients/total', 'messages/received',
    'messages/sent', 'publish/messages/dropped', 'retained messages/count', 'subscriptions/count', 'uptime', 'version']);
  assert.equal(values.get('clients/connected'), '1');
  assert.equal(values.get('subscriptions/count'), '1');
  assert.match(values.get('version'), /^telltale \d/);
  const all = await mqttClient(t, server.mqtt);
  const heard = collect(all);
  await all.subscribeAsync('#', { qos: 0 });
  await assert.rejects(client.publishAsync('$SYS/broker/uptime', '0', { qos: 1 }), /Not authorized|135/i);
  await all.publishAsync('$SYS/broker/uptime', '0', { qos: 1 });
  await all.publishAsync('last', 'x', { qos: 1 });
  await arrived(heard, 1);
  assert.deepEqual(heard.map((m) => m.topic), ['last']);
  assert.equal((await server.metrics()).get('telltale_dropped_total{reason="system_topic"}'), 2);
});

test('C23: topics that begin with $ make no devices, and $share is nobody\'s to publish to', async (t) => {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt, v5());
  await assert.rejects(client.publishAsync('$share/g/sensors/x', '{"temperature":1}', { qos: 1 }), /Not authorized|135/i);
  for (const topic of ['$foo/bar', '$foo/sensors/x/temperature', '$SYS2/x']) {
    await client.publishAsync(topic, '{"deviceId":"x","sensorType":"t","value":1}', { qos: 1 });
  }
  await client.publishAsync('sensors/y/t', '1', { qos: 1 });
  const metrics = await server.metrics();
  assert.equal(metrics.get('telltale_dropped_total{reason="system_topic"}'), 1);
  assert.equal(metrics.get('telltale_dropped_total{reason="undecoded"}'), 3);
  assert.equal(metrics.get('telltale_devices'), 1);
});

test('a retained message whose time is over is gone and counted, whether anybody asks for it or not', async (t) => {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt, v5());
  await client.publishAsync('r/short', 'x', { qos: 1, retain: true, properties: { messageExpiryInterval: 1 } });
  await client.publishAsync('r/long', 'x', { qos: 1, retain: true, properties: { messageExpiryInterval: 1000 } });
  await client.publishAsync('r/ever', 'x', { qos: 1, retain: true });
  const gone = 'telltale_dropped_total{reason="message_expired"}';
  await until(async () => (await server.metrics()).get(gone) === 1, 'the expired message to go');
  await until(async () => (await server.metrics()).get('telltale_mqtt_retained') === 2, 'two to stay');
  const got = collect(client);
  await client.subscribeAsync('r/+', { qos: 0 });
  await arrived(got, 2);
  assert.deepEqual(got.map((m) => m.topic).sort(), ['r/ever', 'r/long']);
});

test('C11: a subscriber of QoS 0 that never reads costs a bounded queue, and nobody else notices', async (t) => {
  const server = await startServer(t);
  const deaf = new Wire(t, server.mqtt, 4);
  await deaf.connect({ client: 'deaf', keepAlive: 0 });
  await deaf.subscribe('big', 0);
  deaf.socket.pause();
  const reader = await mqttClient(t, server.mqtt);
  const got = collect(reader);
  await reader.subscribeAsync('big', { qos: 0 });
  const sender = await mqttClient(t, server.mqtt);
  const before = server.memory();
  const count = 400;
  for (let i = 0; i < count; i += 1) await sender.publishAsync('big', Buffer.alloc(100_000, 65), { qos: 1 });
  await arrived(got, count);
  const dropped = (await server.metrics()).get('telltale_dropped_total{reason="subscriber_slow"}');
  assert.ok(dropped > 200, `${dropped} were dropped, the newest first`);
  assert.ok(sanitized || server.memory() - before < 60e6, `${server.memory() - before} bytes more`);
});

test('F13, C5, C6: what is no MQTT ends its own connection and nothing else', async (t) => {
  const server = await startServer(t);
  const bystander = await mqttClient(t, server.mqtt);
  const level200 = Array.from({ length: 200 }, () => 'l').join('/');
  const bad = [
    Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0x7f]), // a length of five bytes
    Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]), // 256 MB announced
    Buffer.from([0x00, 0x00]),
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
  ];
  for (const bytes of bad) {
    const peer = new Wire(t, server.mqtt, 4);
    peer.send(bytes);
    await peer.end();
  }
  for (const version of [4, 5]) {
    for (const wrong of [{ topic: 'a/+/b' }, { topic: 'a/#' }, { topic: '' }]) {
      const peer = new Wire(t, server.mqtt, version);
      await peer.connect({ client: 'wrong' });
      peer.say('PUBLISH', wrong);
      assert.equal((await peer.rest()).at(-1), 'closed', JSON.stringify(wrong));
    }
    const deep = new Wire(t, server.mqtt, version);
    await deep.connect({ client: 'deep' });
    deep.say('PUBLISH', { topic: level200, qos: 1 });
    assert.equal((await deep.hear('PUBACK')).code, version === 5 ? 0x90 : 0);
    deep.say('SUBSCRIBE', { id: 3, filter: level200 });
    assert.equal((await deep.hear('SUBACK')).code, version === 5 ? 0x8f : 0x80);
  }
  await bystander.publishAsync('sensors/d/x', '1', { qos: 1 });
  const metrics = await server.metrics();
  assert.ok(metrics.get('telltale_dropped_total{reason="mqtt_protocol"}') >= 8);
  assert.equal(metrics.get('telltale_dropped_total{reason="mqtt_too_large"}'), 1);
  assert.equal(metrics.get('telltale_dropped_total{reason="bad_topic"}'), 2);
});
