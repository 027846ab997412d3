// SPDX-License-Identifier: Apache-2.0
// The topic explorer: what came in, who took it, what came of it or why nothing did, and a mapping
// tried before it is saved.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mqttClient } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';

async function get(server, path) {
  const answer = await fetch(`http://127.0.0.1:${server.http}${path}`);
  return { status: answer.status, body: await answer.json() };
}

async function tryMapping(server, body) {
  const answer = await fetch(`http://127.0.0.1:${server.http}/api/v1/mappings/try`, {
    method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' },
  });
  return { status: answer.status, body: await answer.json() };
}

test('each topic tells its last payload, its decoder, and its records or why there are none', async (t) => {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  await client.publishAsync('sensors/d/t', '21.5', { qos: 1 });
  await client.publishAsync('meters/7/raw', '{"broken":', { qos: 1 });
  await client.publishAsync('blob', Buffer.from([0xff, 0xfe, 0]), { qos: 1 });
  await client.publishAsync('zigbee2mqtt/plug', '{"state":"ON","linkquality":90}', { qos: 1 });
  const { status, body } = await get(server, '/api/v1/topics');
  assert.equal(status, 200);
  const found = Object.fromEntries(body.topics.map((topic) => [topic.topic, topic]));
  assert.deepEqual(Object.keys(found), ['blob', 'meters/7/raw', 'sensors/d/t', 'zigbee2mqtt/plug'], 'in order of topic');
  assert.deepEqual(found['sensors/d/t'].records, [{ device: 'd', sensor: 't', value: 21.5, timestamp_ms: null }]);
  assert.equal(found['sensors/d/t'].payload, '21.5');
  assert.equal(found['sensors/d/t'].messages, 1);
  assert.equal(found['meters/7/raw'].dropped, 'invalid_json');
  assert.equal(found['meters/7/raw'].payload, '{"broken":');
  assert.equal(found.blob.dropped, 'invalid_utf8');
  assert.equal(found.blob.payload_b64, '//4A');
  assert.equal(found['zigbee2mqtt/plug'].decoder, 'zigbee2mqtt');
  assert.equal(body.next, null);
  const lost = (await get(server, '/api/v1/topics?lost=1')).body.topics;
  assert.deepEqual(lost.map((topic) => topic.topic), ['blob', 'meters/7/raw'], 'those of which nothing came');
});

test('topics are found by prefix and read page by page', async (t) => {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  for (let i = 0; i < 7; i++) await client.publishAsync(`plant/line${i}/x`, '1', { qos: 1 });
  await client.publishAsync('other/x', '1', { qos: 1 });
  const seen = [];
  let path = '/api/v1/topics?prefix=plant%2F&limit=3';
  for (;;) {
    const { body } = await get(server, path);
    seen.push(...body.topics.map((topic) => topic.topic));
    if (body.next === null) break;
    path = `/api/v1/topics?prefix=plant%2F&limit=3&after=${encodeURIComponent(body.next)}`;
  }
  assert.deepEqual(seen, [0, 1, 2, 3, 4, 5, 6].map((i) => `plant/line${i}/x`));
  assert.equal((await get(server, '/api/v1/topics?limit=0')).status, 400);
});

test('a mapping is tried as JSON or as YAML, and nothing of it is kept', async (t) => {
  const server = await startServer(t);
  const message = { topic: 'doors/front', payload: 'OPEN' };
  const record = { device: 'front', sensor: 'open', value: 1, timestamp_ms: null };
  const mapping = { topic: 'doors/{device}', sensor: 'open', true: ['OPEN'], false: ['CLOSED'] };
  assert.deepEqual((await tryMapping(server, { mapping, ...message })).body.records, [record]);
  const yaml = 'topic: doors/{device}\nsensor: open\n"true": [OPEN]\n"false": [CLOSED]\n';
  assert.deepEqual((await tryMapping(server, { mapping: yaml, ...message })).body.records, [record]);
  assert.deepEqual((await tryMapping(server, { mapping, topic: message.topic, payload_b64: 'T1BFTg==' })).body.records, [record]);
  assert.deepEqual((await tryMapping(server, message)).body.records, []);
  assert.deepEqual((await get(server, '/api/v1/topics')).body.topics, []);
  assert.deepEqual((await get(server, '/api/v1/devices')).body.devices, []);
});

test('a mapping that can not be names its line and column', async (t) => {
  const server = await startServer(t);
  const { status, body } = await tryMapping(server, { mapping: 'topic: a/{device}\nsensr: x\n', topic: 'a/b', payload: '1' });
  assert.equal(status, 400);
  assert.equal(body.error.field, 'mapping');
  assert.match(body.error.message, /^line 2, column 1: .*did you mean 'sensor'/);
  for (const bad of [{ topic: 'a/#' }, { topic: 7 }, { topic: 'a', payload: {} }, { topic: 'a', payload_b64: '***' }, { topic: 'a', mappings: [] }, { topic: 'a', mapping: 'x'.repeat(17000) }]) {
    assert.equal((await tryMapping(server, bad)).status, 400, JSON.stringify(bad).slice(0, 60));
  }
});

test('a device lists its last messages with what came of each, the newest first', async (t) => {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  await client.publishAsync('sensors/d/t', '1', { qos: 1 });
  await client.publishAsync('sensors/other/t', '9', { qos: 1 });
  await client.publishAsync('sensors/d/t', '{"broken":', { qos: 1 });
  await client.publishAsync('sensors/d/blob', Buffer.from([0xff, 0xfe, 0]), { qos: 0 });
  await client.publishAsync('sensors/d/note', `"${'x'.repeat(6000)}"`, { qos: 1 });
  await client.publishAsync('sensors/d/t', '2', { qos: 2, retain: true });
  const { status, body } = await get(server, '/api/v1/devices/d/messages');
  assert.equal(status, 200);
  assert.deepEqual(body.messages.map((m) => [m.topic, m.qos, m.retained, m.dropped ?? m.records[0]?.value]), [
    ['sensors/d/t', 2, false, 2],
    ['sensors/d/note', 1, false, 'undecoded'],
    ['sensors/d/blob', 0, false, 'invalid_utf8'],
    ['sensors/d/t', 1, false, 'invalid_json'],
    ['sensors/d/t', 1, false, 1],
  ]);
  assert.equal(body.messages[1].payload.length, 4095, 'the beginning of it, cut between characters');
  assert.equal(body.messages[1].payloadBytes, 6002);
  assert.equal(body.messages[2].payload_b64, '//4A');
  assert.ok(Math.abs(body.messages[0].at - Date.now()) < 60_000);
  assert.ok(body.messages.every((m) => m.oneIn === 1 && typeof m.decoder === 'string'));
  assert.equal((await get(server, '/api/v1/devices/d/messages?limit=2')).body.messages.length, 2);
  assert.equal((await get(server, '/api/v1/devices/d/messages?limit=101')).status, 400);
  assert.equal((await get(server, '/api/v1/devices/nobody/messages')).status, 404);
});
