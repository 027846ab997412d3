// SPDX-License-Identifier: Apache-2.0
// `telltale decode`: what the server would make of messages, line by line.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { telltale, top } from '../support/server.mjs';

function decode(lines, ...args) {
  const input = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  const run = spawnSync(telltale, ['decode', ...args], { input, encoding: 'utf8' });
  return { ...run, answers: run.stdout.trim().split('\n').map((line) => JSON.parse(line)) };
}

test('each message is answered in order, with its id as it was', () => {
  const { status, answers } = decode([
    { id: 'a', topic: 'sensors/d/t', payload: '21.5' },
    { id: { any: ['json'] }, topic: 'devices/d/status', payload: 'offline', retain: true },
    { topic: 'sensors/d/t', payload_b64: Buffer.from('{"value":7,"unit":"C","timestamp":1700000000}').toString('base64') },
  ]);
  assert.equal(status, 0);
  assert.deepEqual(answers, [
    { id: 'a', records: [{ device: 'd', sensor: 't', value: 21.5, timestamp_ms: null }], decoder: 'plain' },
    { id: { any: ['json'] }, records: [{ device: 'd', status: 'offline', timestamp_ms: null }], decoder: 'plain' },
    { id: null, records: [{ device: 'd', sensor: 't', value: 7, unit: '°C', timestamp_ms: 1700000000000 }], decoder: 'plain' },
  ]);
});

test('a message that gives nothing is named with its reason', () => {
  const { status, answers } = decode([{ id: 1, topic: 'sensors/d/t', payload: '{"value":' }]);
  assert.equal(status, 0);
  assert.deepEqual(answers, [{ id: 1, records: [], decoder: 'plain', dropped: 'invalid_json' }]);
});

test('a time that can not be is the time of arrival', () => {
  const { answers } = decode([
    { topic: 'sensors/d/t', payload: '{"value":1,"timestamp":4102444800}' },
    { topic: 'sensors/d/t', payload: '{"value":1,"timestamp":915148800}' },
  ]);
  assert.deepEqual(answers.map((a) => a.records[0].timestamp_ms), [null, null]);
});

test('a line that is no message is told, and the others are still decoded', () => {
  const { status, stderr, answers } = decode([
    '{"topic":',
    { topic: 'a/#', payload: '1' },
    { topic: 'sensors/d/t', payload_b64: '***' },
    '',
    { id: 4, topic: 'sensors/d/t', payload: '4' },
  ]);
  assert.equal(status, 1);
  assert.match(stderr, /line 1: ends too early\n.*line 2: no topic.*\n.*line 3: payload_b64 is not base64/);
  assert.equal(answers.length, 4);
  assert.equal(answers[3].records[0].value, 4);
});

// ---- recorded messages of real devices, with the records expected of each ----

const recordings = join(top, '../shared/data/device-messages.jsonl');

const isNear = (a, b) => a === b || Math.abs(a - b) <= 1e-6 * Math.abs(b);

function isSame(got, want) {
  const sameTime = got.timestamp_ms === want.timestamp_ms
    || (want.timestamp_ms !== null && got.timestamp_ms !== null && Math.abs(got.timestamp_ms - want.timestamp_ms) <= 1);
  const sameUnit = want.unit === undefined || got.unit === want.unit; // a birth may have told one more
  return sameTime && sameUnit && ['device', 'sensor', 'status'].every((key) => got[key] === want[key])
    && ('value' in got) === ('value' in want) && (!('value' in want) || isNear(got.value, want.value));
}

// What of `got` and `want` has no partner in the other: nothing of either where they are the same set.
function difference(got, want) {
  const extra = [...got];
  const missing = want.filter((w) => {
    const at = extra.findIndex((g) => isSame(g, w));
    if (at >= 0) extra.splice(at, 1);
    return at < 0;
  });
  return { missing, extra };
}

test('recorded messages of all ecosystems, in their order, give exactly the records expected', { skip: !existsSync(recordings) && 'no recordings on this machine' }, () => {
  const messages = readFileSync(recordings, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const { status, stderr, answers } = decode(messages);
  assert.equal(status, 0, stderr);
  assert.equal(messages.length, 118);
  assert.deepEqual(answers.map((a) => a.id), messages.map((m) => m.id));
  const known = {};
  messages.forEach((m, i) => {
    assert.deepEqual(difference(answers[i].records, m.expect), { missing: [], extra: [] }, m.id);
    for (const { device, ...told } of answers[i].meta ?? []) known[device] = { ...known[device], ...told };
    for (const { device, hw_id: ignored, location, ...words } of m.meta ?? []) {
      const want = location === undefined ? words : { ...words, place: location };
      for (const [key, value] of Object.entries(want)) {
        const got = known[device]?.[key];
        assert.ok(typeof value === 'number' ? isNear(got, value) : got === value, `${m.id}: ${key} of ${device} is ${got}, not ${value}`);
      }
    }
  });
});
