// SPDX-License-Identifier: Apache-2.0
// `telltale import`: line protocol and CSV become history, with or without a server running.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { command, startServer, temporaryFolder, top } from '../support/server.mjs';

const T0 = 1763953200000;

function imported(t, text, args = []) {
  const folder = temporaryFolder(t);
  const data = join(folder, 'data');
  const file = join(folder, 'input');
  writeFileSync(file, text);
  const result = command(['import', '--data', data, ...args, file]);
  return { folder, data, file, ...result };
}

async function samples(server, device, sensor) {
  const path = `/samples?device=${encodeURIComponent(device)}&sensor=${encodeURIComponent(sensor)}&from=0&to=${T0 + 1e12}&points=100000`;
  const body = await server.get(path);
  assert.equal(body.tier, 'raw');
  return { t: body.points.map((p) => p[0]), v: body.points.map((p) => p[1]) };
}

test('line protocol becomes devices, sensors and history', async (t) => {
  const lines = [
    `weather,device=roof temperature=21.5,humidity=40i ${T0}000000`,
    `door,host=hall,site=north value=t ${T0}000000`,
    `weather,device=roof temperature=21.75,note="a text" ${T0 + 1000}000000`,
    '# a comment',
    `my\\ sensor,device=a\\ b value=-1.5e-3 ${T0}000000`,
  ].join('\n');
  const { status, stderr, folder, data } = imported(t, lines);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /5 readings .* 0 bad lines, 1 text values/);
  const server = await startServer(t, { folder, data });
  const roof = await server.get('/devices/roof');
  assert.deepEqual(roof.sensors.map((s) => s.id).sort(), ['weather.humidity', 'weather.temperature']);
  assert.equal(roof.sensors.find((s) => s.id === 'weather.temperature').value, 21.75);
  const door = await server.get('/devices/hall');
  assert.deepEqual([door.sensors[0].id, door.sensors[0].kind, door.sensors[0].value], ['door', 'boolean', 1]);
  assert.equal((await server.get('/devices/a%20b')).sensors[0].value, -0.0015);
  const got = await samples(server, 'roof', 'weather.temperature');
  assert.deepEqual(got.t, [T0, T0 + 1000]);
});

test('bad lines are counted and told with their number, and only --strict makes them a failure', (t) => {
  const text = `m,device=a value=1 ${T0}\nnonsense\nm value=2 ${T0}\nm,device=a value=x ${T0}\nm,device=a value=3 12\nm,device=a value=2 ${T0 + 1}\n`;
  const { status, stderr, file, data } = imported(t, text, ['--precision', 'ms']);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /input:2:9: line without a field/);
  assert.match(stderr, /input:3:1: no tag says which device/);
  assert.match(stderr, /input:4:18: value is no finite number/);
  assert.match(stderr, /input:5:1: its time is before 2001/);
  assert.match(stderr, /2 readings .* 4 bad lines/);
  assert.equal(command(['import', '--data', data, '--precision', 'ms', '--strict', file]).status, 1);
});

test('the same import again changes nothing', async (t) => {
  const lines = [];
  for (let i = 0; i < 20000; i++) lines.push(`m,device=d${i % 3} a=${i % 50},b=${(i % 70) / 10} ${T0 + i * 1000}`);
  const { folder, data, file, status, stderr } = imported(t, lines.join('\n'), ['--precision', 'ms']);
  assert.equal(status, 0, stderr);
  const size = statSync(join(data, 'telltale.db')).size;
  assert.equal(command(['import', '--data', data, '--precision', 'ms', file]).status, 0);
  const again = statSync(join(data, 'telltale.db')).size;
  assert.ok(again <= size * 1.1 + 65536, `${size} became ${again}`);
  const server = await startServer(t, { folder, data });
  const got = await samples(server, 'd0', 'm.a');
  assert.equal(got.t.length, 6667);
  assert.equal((await server.metrics()).get('telltale_store_readings'), 40000);
});

test('csv is read long and wide, and a wrong one is told in one line', async (t) => {
  const long = `time,device,sensor,value,unit\n2025-11-24T03:00:00Z,a,temp,1.5,°C\n${T0 + 1000},a,temp,2.5,°C\n2025-11-24 03:00:02,b,on,true,\n`;
  const { status, stderr, folder, data } = imported(t, long, ['--format', 'csv']);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /3 readings/);
  const wide = join(folder, 'wide.csv');
  writeFileSync(wide, `Timestamp;x;y\r\n${T0 / 1000};1;\r\n${T0 / 1000 + 1};2;"3"\r\n${T0 / 1000 + 2};2\r\n`);
  const second = command(['import', '--format', 'csv', '--precision', 's', '--device', 'w', '--data', data, wide]);
  assert.equal(second.status, 0, second.stderr);
  assert.match(second.stderr, /wide\.csv:4:1: it has more or fewer cells/);
  assert.match(second.stderr, /3 readings .* 1 bad lines/);
  for (const [text, words] of [['', /is empty/], ['a,b\n', /column time, timestamp or datetime/], ['time,x\n', /--device/], ['time,device,sensor\n', /wants a column `value`/]]) {
    const bad = imported(t, text, ['--format', 'csv']);
    assert.equal(bad.status, 1);
    assert.match(bad.stderr, words);
  }
  const server = await startServer(t, { folder, data });
  const a = await server.get('/devices/a');
  assert.deepEqual([a.sensors[0].unit, a.sensors[0].value], ['°C', 2.5]);
  assert.equal((await server.get('/devices/b')).sensors[0].kind, 'boolean');
  assert.deepEqual((await samples(server, 'w', 'y')).t, [T0 + 1000]);
});

test('a recording of a real machine comes in whole', { skip: !existsSync(join(top, '../shared/data/water-loop.csv')) && 'no recordings here' }, async (t) => {
  const folder = temporaryFolder(t);
  const data = join(folder, 'data');
  const file = join(top, '../shared/data/water-loop.csv');
  const { status, stderr } = command(['import', '--format', 'csv', '--data', data, '--device', 'loop', file]);
  assert.equal(status, 0, stderr);
  const rows = readFileSync(file, 'utf8').trim().split('\n').slice(1).map((row) => row.split(';'));
  assert.match(stderr, new RegExp(` ${rows.length * 8} readings .* 0 bad lines`));
  const server = await startServer(t, { folder, data });
  const got = await samples(server, 'loop', 'Voltage');
  assert.equal(got.t.length, rows.length);
  assert.equal(got.v.at(-1), Number(rows.at(-1)[7]));
});

test('F10: into a damaged store nothing is imported, and it is left as it was', (t) => {
  const noise = Array.from({ length: 60000 }, (_, i) => `n,device=d value=${Math.random()} ${T0 + i * 1000}`).join('\n');
  const { status, data, stderr, file } = imported(t, noise, ['--precision', 'ms']);
  assert.equal(status, 0, stderr);
  const db = join(data, 'telltale.db');
  const bytes = readFileSync(db);
  // Nearly all of the file is packed noise.
  bytes.writeUInt32LE(0x5aa55aa5, Math.floor(bytes.length / 8192) * 4096 + 2000);
  writeFileSync(db, bytes);
  const again = command(['import', '--data', data, '--precision', 'ms', file]);
  assert.equal(again.status, 1, again.stderr);
  assert.match(again.stderr, /damaged/);
  assert.ok(readFileSync(db).equals(bytes), 'the file is what it was');
});

test('help and errors name every precision', () => {
  assert.match(command(['import', '--help']).stdout, /ns\|us\|ms\|s\|m\|h/);
  const hours = command(['import', '--precision', 'days', '-'], { input: '' });
  assert.equal(hours.status, 2);
  assert.match(hours.stderr, /ns, us, ms, s, m or h/);
});
