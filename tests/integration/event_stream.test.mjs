// SPDX-License-Identifier: Apache-2.0
// The live stream as server-sent events, as curl and programs without Socket.IO take it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import test from 'node:test';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { command, startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

// A stream that is read: `events` of { id, event, data }, `comments`, `head`.
async function open(t, server, query, headers = {}) {
  const control = new AbortController();
  t.after(() => control.abort());
  const response = await fetch(`${server.base}/api/v1/stream${query}`, { headers, signal: control.signal });
  const stream = { response, events: [], comments: 0, retry: undefined, ended: false, close: () => control.abort() };
  const take = (block) => {
    const fields = Object.fromEntries(block.split('\n').filter((line) => !line.startsWith(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
    stream.comments += block.startsWith(':') ? 1 : 0;
    stream.retry ??= fields.retry;
    if (fields.event) stream.events.push({ id: fields.id, event: fields.event, data: JSON.parse(fields.data) });
  };
  (async () => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop();
      blocks.forEach(take);
    }
  })().catch(() => {}).finally(() => { stream.ended = true; });
  return stream;
}

const readings = (stream) => stream.events.filter((e) => e.event === 'device-update' && 'value' in e.data);
const values = (stream) => readings(stream).map((e) => e.data.value);

test('a stream brings the rooms that it names, and goes on after Last-Event-ID', async (t) => {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  const query = '?device=a&sensor=x&device=b%20c&interval=0';
  const first = await open(t, server, query);
  assert.equal(first.response.status, 200);
  assert.match(first.response.headers.get('content-type'), /^text\/event-stream/);
  assert.equal(first.response.headers.get('cache-control'), 'no-store');
  await until(() => first.events.filter((e) => e.event === 'subscribed').length === 2, 'both answers');
  assert.equal(first.retry, '2000');
  await publishReading(client, 'a', 'x', 1);
  await publishReading(client, 'a', 'y', 2);
  await publishReading(client, 'b c', 'y', 3);
  await publishReading(client, 'd', 'x', 4);
  await until(() => values(first).length === 2, 'two readings');
  assert.deepEqual(values(first), [1, 3]);
  assert.ok(first.events.every((e) => e.event === 'subscribed' || /^\d+\.\d+$/.test(e.id)));
  const id = readings(first)[0].id;
  first.close();
  for (let i = 5; i < 10; i++) await publishReading(client, i % 2 ? 'a' : 'b c', 'x', i);
  const second = await open(t, server, query, { 'last-event-id': id });
  await until(() => values(second).length === 6, 'what was missed');
  assert.deepEqual(values(second), [3, 5, 6, 7, 8, 9]);
  await publishReading(client, 'a', 'x', 10);
  await until(() => values(second).length === 7, 'what is new');
  assert.ok(second.events.filter((e) => e.event === 'subscribed').every((e) => e.data.resume === 'exact'));
});

test('a stream that names nothing brings the fleet; alerts come in any case', async (t) => {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  await publishReading(client, 'a', 'x', 1);
  await server.rest('POST', '/rules', { deviceId: 'a', sensorType: 'x', condition: 'greater_than', threshold: 50 });
  const fleet = await open(t, server, '');
  const other = await open(t, server, '?device=b');
  const batches = await open(t, server, '?fleet=true&format=batch&interval=0&dashboard=true');
  await until(() => [fleet, other, batches].every((s) => s.events.some((e) => e.event === 'subscribed')), 'the answers');
  await publishReading(client, 'a', 'x', 60);
  await until(() => fleet.events.some((e) => e.event === 'sensor-data' && e.data.data.value === 60), 'sensor-data');
  await until(() => batches.events.some((e) => e.event === 'sensor-batch' && e.data.v[0] === 60), 'sensor-batch');
  await until(() => batches.events.some((e) => e.event === 'dashboard:update'), 'dashboard:update');
  assert.equal(batches.events[0].event, 'dashboard:data');
  await until(() => [fleet, other, batches].every((s) => s.events.some((e) => e.event === 'alert-created')), 'the alert');
  assert.deepEqual([...new Set(other.events.map((e) => e.event))].sort(), ['alert-created', 'subscribed']);
  assert.equal((await server.metrics()).get('telltale_clients'), 3);
});

test('what is wrong is refused before the stream begins, and a stream needs a credential', async (t) => {
  const server = await startServer(t, { noAuth: false });
  const token = /^[A-Za-z0-9_-]{43}$/m.exec(command(['token', 'create', '--role', 'viewer', '--data', server.data]).stdout)[0];
  const authorization = `Bearer ${token}`;
  const status = async (query, headers) => {
    const answer = await server.request('GET', `/api/v1/stream${query}`, undefined, headers);
    return [answer.status, answer.body?.error?.field];
  };
  assert.deepEqual(await status(''), [401, undefined]);
  for (const [query, field] of [['?device=', 'device'], ['?device=..', 'device'], ['?sensor=x', 'sensor'], ['?interval=-1', 'interval'],
    ['?format=xml', 'format'], ['?fleet=maybe', 'fleet'], ['?dashboard=1', 'dashboard'], [`?${'device=a&'.repeat(65)}`, 'device']]) {
    assert.deepEqual(await status(query, { authorization }), [400, field], query);
  }
  const stream = await open(t, server, '?device=a&since=nonsense', { authorization });
  await until(() => stream.events.some((e) => e.event === 'refused' && e.data.error.field === 'since'), 'the refusal');
  // A token that is revoked ends its streams.
  const admin = /^[A-Za-z0-9_-]{43}$/m.exec(command(['token', 'create', '--role', 'admin', '--data', server.data]).stdout)[0];
  const bearer = { authorization: `Bearer ${admin}` };
  const { tokens } = await server.rest('GET', '/tokens', undefined, bearer);
  await server.rest('DELETE', `/tokens/${tokens.find((x) => x.role === 'viewer').id}`, undefined, bearer);
  await until(() => stream.ended, 'the end');
});

test('curl -N shows a stream, which pings and ends with the server', {
  skip: spawnSync('curl', ['--version']).error && 'curl is not installed',
}, async (t) => {
  const server = await startServer(t, { config: 'live:\n  ping_interval: 1s\n' });
  const client = await mqttClient(t, server.mqtt);
  const curl = spawn('curl', ['-sN', `${server.base}/api/v1/stream?device=a`], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  curl.stdout.on('data', (data) => { text += data; });
  const ended = new Promise((resolve) => { curl.once('close', resolve); });
  t.after(() => curl.kill());
  await until(() => text.includes('event: subscribed'), 'the answer');
  await publishReading(client, 'a', 'x', 1);
  await until(() => /event: device-update\ndata: \{"deviceId":"a","sensorType":"x","value":1,/.test(text), 'the reading');
  await until(() => text.includes(': ping\n\n'), 'a ping');
  await client.endAsync(true);
  await server.stop();
  assert.equal(await ended, 0);
});

test('a stream that is not read costs no more than a slow client, and what it missed is conflated', async (t) => {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  const socket = connect(server.http, '127.0.0.1');
  t.after(() => socket.destroy());
  socket.on('error', () => {});
  socket.write('GET /api/v1/stream?device=a&interval=0 HTTP/1.1\r\nHost: localhost\r\n\r\n');
  let text = '';
  socket.on('data', (data) => { text += data.toString('latin1'); });
  await until(() => text.includes('event: subscribed'), 'the answer');
  socket.pause();
  const unit = 'u'.repeat(30);
  let n = 0;
  await until(async () => {
    const sent = [];
    for (let i = 0; i < 500; i++) sent.push(publishReading(client, 'a', 'x', ++n, 1_700_000_000_000 + n, { unit }));
    await Promise.all(sent);
    return (await server.metrics()).get('telltale_clients_behind') === 1;
  }, 'a client that is behind', 30_000);
  socket.resume();
  await until(() => text.includes(`"value":${n},`), 'the newest value');
});
