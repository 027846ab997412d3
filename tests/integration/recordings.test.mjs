// SPDX-License-Identifier: Apache-2.0
// Recordings of real machines through the whole path: replayed over MQTT, whole and bit-exact in the
// history, and rules fire where the data crosses them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { startServer, telltale, top } from '../support/server.mjs';
import { within } from '../support/wait.mjs';

const folder = join(top, '../shared/data');
const path = (name) => join(folder, name);
const options = (name) => ({ skip: !existsSync(path(name)) && `${name} is not on this machine`, timeout: 170_000 });

// The rows of a recording: [{ time, values: [text...] }], and the names of its value columns.
function readRecording(name, separator) {
  const [head, ...lines] = readFileSync(path(name), 'utf8').trimEnd().split(/\r?\n/);
  const rows = lines.map((line) => {
    const [time, ...values] = line.split(separator);
    return { time: Date.parse(`${time.replace(' ', 'T')}Z`), values };
  });
  return { columns: head.split(separator).slice(1), rows };
}

async function replay(t, server, name, args = []) {
  const child = spawn(telltale, ['replay', path(name), '--mqtt', `127.0.0.1:${server.mqtt}`, '--speed', 'max', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  t.after(() => child.kill());
  let words = '';
  child.stderr.on('data', (data) => { words += data; });
  const code = await within(new Promise((resolve) => { child.once('close', resolve); }), 'the replay to end', 120_000);
  assert.equal(code, 0, words);
}

// What the history must hold of a column: by time, the later row wins.
function expected(recording, column) {
  const byTime = new Map();
  for (const row of recording.rows) byTime.set(row.time, Number(row.values[column]));
  return [...byTime].sort((a, b) => a[0] - b[0]);
}

async function history(server, device, sensor, points) {
  const path = `/devices/${encodeURIComponent(device)}/sensors/${encodeURIComponent(sensor)}/samples`;
  const answer = await server.get(`${path}?from=0&to=${Date.now()}&points=${points}`);
  assert.equal(answer.tier, 'raw');
  return answer.points;
}

function expectSame(got, wanted, what) {
  assert.equal(got.length, wanted.length, what);
  for (let i = 0; i < wanted.length; i++) {
    if (got[i][0] !== wanted[i][0] || !Object.is(got[i][1], wanted[i][1])) {
      assert.deepEqual(got[i], wanted[i], `${what}, row ${i}`);
    }
  }
}

// The values at which a rule `> threshold` raises an alert, going through the rows as they came:
// late rows are no news.
function crossings(recording, column, threshold) {
  let newest = -Infinity;
  let open = false;
  const raised = [];
  for (const row of recording.rows) {
    if (row.time < newest) continue;
    newest = row.time;
    const value = Number(row.values[column]);
    if (value > threshold && !open) raised.push(value);
    open = value > threshold;
  }
  return { raised, open };
}

async function allAlerts(server) {
  const alerts = [];
  let path = '/alerts?state=all&limit=100';
  while (path) {
    const page = await server.get(path);
    alerts.push(...page.alerts);
    path = page.next ? `/alerts?state=all&limit=100&after=${encodeURIComponent(page.next)}` : null;
  }
  return alerts;
}

test('the water loop comes back whole and bit-exact, before and after a crash', options('water-loop.csv'), async (t) => {
  const recording = readRecording('water-loop.csv', ';');
  const server = await startServer(t);
  await replay(t, server, 'water-loop.csv', ['--device', 'water-loop']);
  const check = async () => {
    for (const [column, name] of recording.columns.entries()) {
      expectSame(await history(server, 'water-loop', name, 100_000), expected(recording, column), name);
    }
    const distinct = new Set(recording.rows.map((row) => row.time)).size * recording.columns.length;
    assert.equal((await server.metrics()).get('telltale_store_readings'), distinct);
  };
  await check();
  await server.kill();
  await server.start();
  await check();
  const bytes = (await server.metrics()).get('telltale_store_bytes');
  t.diagnostic(`${bytes} bytes on disk`);
});

test('the machine\'s temperature comes back with 22,683 times, and its rule fires where the data crosses it', options('machine-temperature.csv'), async (t) => {
  const recording = readRecording('machine-temperature.csv', ',');
  const server = await startServer(t, { config: 'alerts:\n  flap_after: 0\n' });
  const rule = await server.rest('POST', '/rules',
    { deviceId: 'machine', sensorType: 'value', condition: 'greater_than', threshold: 100, severity: 'warning' });
  await replay(t, server, 'machine-temperature.csv', ['--device', 'machine']);
  const wanted = expected(recording, 0);
  assert.equal(wanted.length, 22_683);
  expectSame(await history(server, 'machine', 'value', 100_000), wanted, 'value');
  // Twelve times come twice; one whose first reading was packed already is counted again.
  const counted = (await server.metrics()).get('telltale_store_readings');
  assert.ok(counted >= 22_683 && counted <= 22_695, `${counted} counted`);

  const { raised, open } = crossings(recording, 0, 100);
  assert.ok(raised.length > 1, 'the data crosses the threshold');
  const alerts = await allAlerts(server);
  assert.deepEqual(alerts.map((a) => a.value).sort(), [...raised].sort());
  assert.ok(alerts.every((a) => a.ruleId === rule.id && a.message === `value greater_than 100. Current: ${a.value}`));
  assert.equal(alerts.filter((a) => a.resolvedAt === null).length, open ? 1 : 0);
});

test('a recording moved to now ends at this moment', options('machine-temperature.csv'), async (t) => {
  const server = await startServer(t);
  await replay(t, server, 'machine-temperature.csv', ['--device', 'machine', '--times', 'now']);
  const { sensors } = await server.get('/devices/machine');
  assert.ok(Math.abs(sensors[0].timestamp - Date.now()) < 120_000, new Date(sensors[0].timestamp).toISOString());
});
