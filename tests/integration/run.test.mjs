// SPDX-License-Identifier: Apache-2.0
// What `make run` starts: the program and a described fleet with its history; a second run goes on
// where the first ended; taken ports are stepped over; Ctrl-C ends everything.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { command, parseMetrics, telltale, temporaryFolder, top } from '../support/server.mjs';
import { until, within } from '../support/wait.mjs';

const DEVICES = 6;

function takePort(t) {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      t.after(() => server.close());
      resolve(server.address().port);
    });
  });
}

// Starts the script; resolves once it printed its address: { base, text(), interrupt() }.
async function run(t, folder, http, mqtt) {
  const child = spawn(process.execPath, [join(top, 'tools/run.mjs')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env, TELLTALE_BIN: telltale, TELLTALE_RUN_DIR: folder, TELLTALE_RUN_DEVICES: String(DEVICES),
      TELLTALE_RUN_HISTORY: '1h', TELLTALE_RUN_HTTP: String(http), TELLTALE_RUN_MQTT: String(mqtt),
    },
  });
  let text = '';
  const ended = new Promise((resolve) => { child.once('close', resolve); });
  t.after(async () => {
    if (child.exitCode === null) child.kill('SIGTERM');
    await ended;
  });
  const address = new Promise((resolve, reject) => {
    const take = (data) => {
      text += data;
      const found = /http:\/\/localhost:(\d+)\/\s/.exec(text);
      if (found) resolve(`http://127.0.0.1:${found[1]}`);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('close', () => reject(new Error(text)));
  });
  const base = await within(address, 'the address', 30_000);
  return {
    base,
    text: () => text,
    interrupt: async () => {
      child.kill('SIGINT');
      assert.equal(await within(ended, 'the end after Ctrl-C', 20_000), 0, text);
    },
  };
}

async function get(base, path) {
  const response = await fetch(`${base}${path}`);
  assert.equal(response.status, 200, path);
  return path === '/metrics' ? parseMetrics(await response.text()) : response.json();
}

function described(base) {
  const fleet = JSON.parse(command(['simulate', '--describe', '--devices', String(DEVICES)]).stdout);
  return until(async () => {
    const { devices } = await get(base, '/api/v1/devices?limit=100');
    const { rules } = await get(base, '/api/v1/rules');
    const done = devices.length === DEVICES && rules.length === fleet.rules.length && devices.every((d) => d.name && d.location && d.sensors.length === (d.tags.includes('transport') ? 7 : 5)
      && d.sensors.every((s) => s.unit && s.min !== null));
    return done && { devices, rules };
  }, 'the described fleet', 30_000);
}

test('the fleet runs, is described, and goes on in a second run', { timeout: 120_000 }, async (t) => {
  const folder = temporaryFolder(t);
  const http = await takePort(t);
  const mqtt = await takePort(t);
  const first = await run(t, folder, http, mqtt);
  assert.match(first.text(), new RegExp(`Port ${http} is taken`));
  assert.match(first.text(), new RegExp(`Port ${mqtt} is taken`));
  const before = await described(first.base);
  const [device] = before.devices;
  const from = Date.now() - 3_500_000;
  await until(async () => {
    const { points } = await get(first.base, `/api/v1/devices/${device.id}/sensors/${device.sensors[0].id}/samples?from=${from}&to=${Date.now()}&points=100000`);
    return points.length > 300 && points[0][0] - from < 60_000;
  }, 'an hour of history', 30_000);
  const count = async (base) => (await get(base, '/metrics')).get('telltale_store_readings');
  const stored = await count(first.base);
  await first.interrupt();

  const second = await run(t, folder, http, mqtt);
  const after = await described(second.base);
  assert.deepEqual(after.rules.map((r) => r.id), before.rules.map((r) => r.id), 'no rule twice');
  await until(async () => (await count(second.base)) > stored, 'new readings', 30_000);
  assert.ok((await get(second.base, '/metrics')).get('telltale_readings_total') < stored / 2, 'only the gap is published again');
  await second.interrupt();
});
