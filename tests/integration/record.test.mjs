// SPDX-License-Identifier: Apache-2.0
// Messages recorded from a broker and published again, byte for byte and at their pace.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Server, command, telltale, temporaryFolder } from '../support/server.mjs';
import { mqttClient } from '../support/clients.mjs';
import { within } from '../support/wait.mjs';

// Runs `telltale record` with `args` until it ends; `ready` when it is subscribed.
function record(t, args) {
  const child = spawn(telltale, ['record', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill());
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => { out += data; });
  const ready = new Promise((resolve) => {
    child.stderr.on('data', (data) => {
      err += data;
      if (/recording from/.test(err)) resolve();
    });
  });
  const ended = new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, err, lines: out.split('\n').filter(Boolean).map((line) => JSON.parse(line)) }));
  });
  return { ready: within(ready, 'the subscription'), ended: within(ended, 'the recording to end') };
}

const bytesOf = (m) => (m.payload_b64 === undefined ? Buffer.from(m.payload) : Buffer.from(m.payload_b64, 'base64'));

const messages = [
  ['a/number', Buffer.from('21.5'), false],
  ['a/kept', Buffer.from('{"x":1}'), true],
  ['a/text', Buffer.from('é"\\\n\u0000\u2028 ☂'), false],
  ['a/binary', Buffer.from(Array.from({ length: 256 }, (_, i) => i)), false],
  ['a/one', Buffer.from([0xff]), false],
  ['a/two', Buffer.from([0xff, 0xfe]), false],
  ['a/empty', Buffer.alloc(0), false],
  ['b/other', Buffer.from('not for the filter'), false],
  ['a/large', Buffer.alloc(100_000, 'x'), false],
];

test('what is recorded is published again byte for byte', async (t) => {
  const server = await new Server(t).start();
  const at = `127.0.0.1:${server.mqtt}`;
  const recorder = record(t, ['--mqtt', at, '--filter', 'a/+', '--count', '8']);
  await recorder.ready;
  const client = await mqttClient(t, server.mqtt);
  const begin = Date.now();
  for (const [topic, payload, retain] of messages) await client.publishAsync(topic, payload, { qos: 1, retain });
  const { code, lines } = await recorder.ended;
  assert.equal(code, 0);
  const wanted = messages.filter(([topic]) => topic.startsWith('a/'));
  assert.deepEqual(lines.map((m) => m.topic), wanted.map(([topic]) => topic));
  lines.forEach((m, i) => {
    assert.deepEqual(bytesOf(m), wanted[i][1]);
    assert.ok(m.t >= begin && m.t <= Date.now());
  });

  const file = join(temporaryFolder(t), 'messages.jsonl');
  writeFileSync(file, lines.map((m) => JSON.stringify(m)).join('\n'));
  const again = record(t, ['--broker', `mqtt://${at}`, '--filter', 'a/#', '--count', '9']);
  await again.ready;
  const replay = command(['replay', file, '--mqtt', at, '--speed', 'max']);
  assert.equal(replay.status, 0, replay.stderr);
  assert.match(replay.stderr, /8 of 8 messages acknowledged, 0 lines left out/);
  const second = await again.ended;
  // What the broker kept comes first, and is told apart from what passes.
  assert.deepEqual(second.lines.map((m) => m.retain), [true, ...wanted.map(() => undefined)]);
  assert.equal(second.lines[0].topic, 'a/kept');
  assert.deepEqual(second.lines.slice(1).map((m) => [m.topic, bytesOf(m)]), wanted.map(([topic, payload]) => [topic, payload]));
});

test('a replay keeps the pace of the recording and names lines that are none', async (t) => {
  const server = await new Server(t).start();
  const folder = temporaryFolder(t);
  const file = join(folder, 'paced.jsonl');
  const line = (n, ms) => JSON.stringify({ id: n, topic: `sensors/d/s${n}`, payload: `${n}`, t: 1704103200000 + ms });
  writeFileSync(file, `${line(1, 0)}\n${line(2, 30_000)}\n\n{"topic":"a/#","payload":"1"}\n{"topic":"a"\n${line(3, 60_000)}\n`);
  const begin = performance.now();
  const replay = command(['replay', file, '--mqtt', `127.0.0.1:${server.mqtt}`, '--speed', '100x']);
  const ms = performance.now() - begin;
  assert.ok(ms >= 600, `a minute at 100x took ${ms} ms`);
  assert.equal(replay.status, 1);
  assert.match(replay.stderr, /line 4: no topic that a message can be published to/);
  assert.match(replay.stderr, /line 5: ends too early/);
  assert.match(replay.stderr, /3 of 3 messages acknowledged, 2 lines left out/);
  const device = await server.get('/devices/d');
  assert.deepEqual(device.sensors.map((s) => s.value).sort(), [1, 2, 3]);
});

test('a recording ends by time, and says what is wrong with its options', async (t) => {
  const server = await new Server(t).start();
  const timed = await record(t, ['--mqtt', `127.0.0.1:${server.mqtt}`, '--filter', '#', '--seconds', '1']).ended;
  assert.equal(timed.code, 0);
  assert.match(timed.err, /record: 0 messages/);
  for (const args of [[], ['--filter', 'a/#/b'], ['--filter', '#', '--count', 'many'], ['--broker', 'http://x', '--filter', '#']]) {
    assert.equal(command(['record', ...args]).status, 2, args.join(' '));
  }
});
