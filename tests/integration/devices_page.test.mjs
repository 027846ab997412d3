// SPDX-License-Identifier: Apache-2.0
// The examples of docs/devices.md are true: each goes through `telltale decode`, in their order.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { telltale } from '../support/server.mjs';

const page = readFileSync(new URL('../../docs/devices.md', import.meta.url), 'utf8');

/** The examples of the page: a topic and payload, and the lines that follow it. */
function examples() {
  const found = [];
  for (const [, block] of page.matchAll(/^```decode\n(.*?)^```/gms)) {
    for (const line of block.trimEnd().split('\n')) {
      if (line.startsWith('  ')) {
        found.at(-1).want.push(line.slice(2));
      } else {
        const space = line.indexOf(' ');
        found.push({ topic: line.slice(0, space), payload: line.slice(space + 1), want: [] });
      }
    }
  }
  return found;
}

function ofRecord(r) {
  const time = r.timestamp_ms === null ? '' : ` at ${new Date(r.timestamp_ms).toISOString()}`;
  return r.status !== undefined
    ? `${r.device} is ${r.status}${time}`
    : `${r.device}: ${r.sensor} = ${r.value}${r.unit ? ` ${r.unit}` : ''}${time}`;
}

/** Descriptions that say something. */
function ofMeta(m) {
  const words = [['called', m.name], ['model', m.model], ['by', m.manufacturer], ['in', m.place ?? m.location]]
    .filter(([, text]) => text)
    .map(([word, text]) => `${word} "${text}"`);
  if (m.lat !== undefined) {
    words.push(`at ${m.lat},${m.lon}`);
  }
  return words.length > 0 ? [`${m.device}: ${words.join(' ')}`] : [];
}

function ofAnswer(a) {
  const lines = [...a.records.map(ofRecord), ...(a.meta ?? []).flatMap(ofMeta)];
  return lines.length > 0 ? lines : [a.dropped ? `(dropped: ${a.dropped})` : '(nothing)'];
}

test('what the page of devices says comes of each message', () => {
  const all = examples();
  assert.ok(all.length > 40, `${all.length} examples`);
  const input = all.map(({ topic, payload }) => JSON.stringify({ topic, payload })).join('\n');
  const run = spawnSync(telltale, ['decode'], { input, encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  const answers = run.stdout.trim().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(
    answers.map((a, i) => [all[i].topic, ...ofAnswer(a)]),
    all.map((e) => [e.topic, ...e.want]),
  );
});
