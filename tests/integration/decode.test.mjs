// SPDX-License-Identifier: Apache-2.0
// `telltale decode`: what the server would make of messages, line by line.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

import { telltale } from '../support/server.mjs';

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
