// SPDX-License-Identifier: Apache-2.0
// The ingest thread allocates nothing once it is warm: a preloaded counter sees each thread's calls
// of malloc while a million messages come in.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Raw, mqttConnect, mqttPacket, mqttPublish, mqttText } from '../support/raw.mjs';
import { build, sanitized, startServer, temporaryFolder } from '../support/server.mjs';

const counter = join(build, 'tests/count_allocations.so');
const MESSAGES = 1_000_000;
const DEVICES = 100;
const ROUND = 1000;
const PART = 10_000;
// A machine that holds the storage thread up for a moment has batches more under way than ever before, each of
// some allocations: what is asked is that none comes with each message.
const FEW = 100;

// Allocations by thread name.
function allocations(file) {
  const bytes = readFileSync(file);
  const counts = new Map();
  for (let at = 0; at < bytes.length; at += 24) {
    const name = bytes.toString('latin1', at, at + 16).replace(/\0.*$/s, '');
    if (name) counts.set(name, (counts.get(name) ?? 0) + Number(bytes.readBigUInt64LE(at + 16)));
  }
  return counts;
}

// ROUND messages, ready to be sent, each device with two sensors and times that go on.
function messages(first) {
  const parts = [];
  for (let i = 0; i < ROUND; i++) {
    const n = first + i;
    const device = `device-${n % DEVICES}`;
    const sensor = n % (2 * DEVICES) < DEVICES ? 'temperature' : 'pressure';
    parts.push(mqttPublish(`sensors/${device}/${sensor}`,
      `{"deviceId":"${device}","sensorType":"${sensor}","value":${(n % 977) / 10},"timestamp":${1_700_000_000_000 + n}}`));
  }
  return Buffer.concat(parts);
}

// Sends `from` to `to` as fast as the socket takes it; the last message is acknowledged once all of
// it is on disk.
async function send(raw, from, to) {
  for (let n = from; n < to; n += ROUND) {
    if (!raw.socket.write(messages(n))) await new Promise((resolve) => { raw.socket.once('drain', resolve); });
  }
  const had = raw.bytes.length;
  raw.send(mqttPacket(0x32, Buffer.concat([mqttText('sensors/device-0/temperature'), Buffer.from([0, 1]), Buffer.from('1')])));
  await raw.when(() => raw.bytes.length >= had + 4, 'PUBACK', 60_000);
}

test('a million messages cost the ingest thread no allocation', {
  skip: (sanitized && 'sanitizers bring their own malloc') || (!existsSync(counter) && 'the counter is not built'),
  timeout: 180_000,
}, async (t) => {
  const file = join(temporaryFolder(t), 'allocations');
  writeFileSync(file, Buffer.alloc(64 * 24));
  const server = await startServer(t, { env: { LD_PRELOAD: counter, TELLTALE_ALLOCATIONS: file } });
  const raw = new Raw(t, server.mqtt).send(mqttConnect('million'));
  await raw.when(() => raw.bytes.length >= 4, 'CONNACK');
  // Warm is: as many batches were under way as ever will be, so the rest comes in smaller parts.
  const warm = 500_000;
  await send(raw, 0, warm);
  const before = allocations(file);
  assert.ok(before.has('ingest'), `threads seen: ${[...before.keys()].join(', ')}`);
  for (let n = 0; n < MESSAGES; n += PART) await send(raw, warm + n, warm + n + PART);
  const after = allocations(file);
  assert.ok((await server.metrics()).get('telltale_readings_total') >= warm + MESSAGES);
  const made = after.get('ingest') - before.get('ingest');
  assert.ok(made <= FEW, `${made} allocations`);
});
