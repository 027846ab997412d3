// SPDX-License-Identifier: Apache-2.0
// Export, backup, restore and check: with a server and without one.
import assert from 'node:assert/strict';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import test from 'node:test';
import { command, sanitized, startServer, telltale, temporaryFolder } from '../support/server.mjs';
import { spawn } from 'node:child_process';

const T0 = Date.now() - 86_400_000;

function lines(rows) {
  return Array.from({ length: rows }, (_, i) => `m,device=d\\ ${i % 5} a=${i % 90},b=${(i % 70) / 10},on=${i % 2 ? 't' : 'f'} ${T0 + i * 100}`).join('\n');
}

function filled(t, rows = 20000) {
  const folder = temporaryFolder(t);
  const data = join(folder, 'data');
  const result = command(['import', '--precision', 'ms', '--data', data, '-'], { input: lines(rows) });
  assert.equal(result.status, 0, result.stderr);
  return { folder, data };
}

function exported(data, args = []) {
  const result = command(['export', '--data', data, ...args], { maxBuffer: 1 << 28 });
  assert.equal(result.status, 0, result.stderr);
  return result.stdout;
}

test('what is exported comes back the same by import, in both formats', (t) => {
  const { folder, data } = filled(t);
  const csv = exported(data);
  assert.equal(csv.split('\n').length, 60002);
  assert.match(csv, /^time,device,sensor,value,unit\n\d{13},d 0,m\.a,\d+,\n/);
  for (const format of ['csv', 'influx']) {
    const file = join(folder, format);
    writeFileSync(file, exported(data, ['--format', format]));
    const again = join(folder, `again-${format}`);
    const result = command(['import', '--format', format, '--data', again, file]);
    assert.equal(result.status, 0, result.stderr);
    assert.match(result.stderr, /60000 readings .* 0 bad lines/);
    assert.equal(exported(again), csv);
  }
});

test('export keeps to a device and a range, and says what is not there', (t) => {
  const { data, folder } = filled(t, 1000);
  const one = exported(data, ['--device', 'd 1', '--from', String(T0 + 100), '--to', String(T0 + 700)]);
  assert.deepEqual(one.trim().split('\n').slice(1), [
    `${T0 + 100},d 1,m.a,1,`, `${T0 + 600},d 1,m.a,6,`, `${T0 + 100},d 1,m.b,0.1,`, `${T0 + 600},d 1,m.b,0.6,`,
    `${T0 + 100},d 1,m.on,true,`, `${T0 + 600},d 1,m.on,false,`]);
  assert.match(command(['export', '--data', data, '--device', 'x']).stderr, /no device is called x/);
  const nowhere = command(['export', '--data', join(folder, 'nowhere')]);
  assert.equal(nowhere.status, 1);
  assert.match(nowhere.stderr, /no store is in/);
  assert.ok(!existsSync(join(folder, 'nowhere')));
});

test('export, check and backup work beside a running server and hold what it had made durable', async (t) => {
  const { folder, data } = filled(t, 5000);
  const before = exported(data);
  const server = await startServer(t, { folder, data });
  const fresh = `live,device=x value=7 ${Date.now()}`;
  assert.equal((await fetch(`${server.base}/api/v1/write?precision=ms`, { method: 'POST', body: fresh })).status, 204);
  const beside = exported(data);
  assert.ok(beside.startsWith(before.trimEnd()));
  assert.match(beside, /,x,live,7,\n$/);
  const check = command(['store', 'check', '--data', data]);
  assert.equal(check.status, 0, check.stderr);
  assert.match(check.stdout, /15000 readings .* 0 damaged; the file is sound/);
  const file = join(folder, 'copy.db');
  const result = command(['backup', file, '--data', data]);
  assert.equal(result.status, 0, result.stderr);
  assert.match(result.stderr, /copy\.db, \d+ bytes, verified/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(command(['backup', file, '--data', data]).status, 1, 'an existing file is left alone');
  await server.stop();
  const restored = join(folder, 'restored');
  const back = command(['restore', file, '--data', restored]);
  assert.equal(back.status, 0, back.stderr);
  assert.equal(exported(restored), beside);
  assert.equal(command(['restore', file, '--data', restored]).status, 1, 'a folder with something in it is left alone');
});

test('a backup without a server is the same store', (t) => {
  const { folder, data } = filled(t, 3000);
  const file = join(folder, 'copy.db');
  assert.equal(command(['backup', file, '--data', data]).status, 0);
  assert.equal(command(['restore', file, '--data', join(folder, 'r')]).status, 0);
  assert.equal(exported(join(folder, 'r')), exported(data));
});

// What the server says on the control socket in its folder.
function byControl(data, path) {
  return new Promise((resolve, reject) => {
    get({ socketPath: join(data, 'control.sock'), path, headers: { host: 'localhost' } }, (answer) => {
      let text = '';
      answer.on('data', (part) => { text += part; });
      answer.on('end', () => resolve(JSON.parse(text)));
    }).on('error', reject);
  });
}

test('F39: a backup during full load loses nothing that was durable before it', async (t) => {
  const { folder, data } = filled(t, 50000);
  const server = await startServer(t, { folder, data });
  let sent = 0, stop = false;
  const load = (async () => {
    while (!stop) {
      const now = Date.now();
      const body = Array.from({ length: 500 }, (_, i) => `load,device=l${i % 50} value=${sent} ${now + i}`).join('\n');
      const answer = await fetch(`${server.base}/api/v1/write?precision=ms`, { method: 'POST', body });
      assert.equal(answer.status, 204);
      sent++;
    }
  })();
  while (sent < 5) await new Promise((resolve) => { setImmediate(resolve); });
  const promised = sent;
  const file = join(folder, 'copy.db');
  const child = spawn(telltale, ['backup', file, '--data', data], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (part) => { stderr += part; });
  const code = await new Promise((resolve) => { child.once('close', resolve); });
  stop = true;
  await load;
  assert.equal(code, 0, stderr);
  assert.ok(sent > promised, 'it went on meanwhile');
  const told = await byControl(data, '/api/v1/backup');
  assert.equal(told.state, 'done');
  assert.ok(told.longestWorkUs > 0 && (sanitized || told.longestWorkUs < 10_000), JSON.stringify(told));
  const restored = join(folder, 'restored');
  assert.equal(command(['restore', file, '--data', restored]).status, 0);
  const values = new Set(exported(restored).split('\n').filter((line) => line.includes(',load,')).map((line) => Number(line.split(',')[3])));
  for (let i = 0; i < promised; i++) assert.ok(values.has(i), `round ${i} of ${promised}`);
});

test('F10: damage is found by check, and a damaged file is not restored', async (t) => {
  const folder = temporaryFolder(t);
  const data = join(folder, 'data');
  const noise = Array.from({ length: 60000 }, (_, i) => `n,device=d value=${Math.random()} ${T0 + i * 1000}`).join('\n');
  assert.equal(command(['import', '--precision', 'ms', '--data', data, '-'], { input: noise }).status, 0);
  const db = join(data, 'telltale.db');
  const bytes = readFileSync(db);
  // Nearly all of the file is packed noise.
  const fd = openSync(db, 'r+');
  writeSync(fd, Buffer.from([0x5a, 0xa5, 0x5a, 0xa5]), 0, 4, Math.floor(bytes.length / 8192) * 4096 + 2000);
  closeSync(fd);
  const check = command(['store', 'check', '--data', data]);
  assert.equal(check.status, 1, check.stdout);
  assert.match(check.stderr, /damaged/);
  const refused = command(['restore', db, '--data', join(folder, 'r')]);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /damaged/);
  assert.ok(!existsSync(join(folder, 'r')));
});

test('restore refuses what is no store of ours', (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'x');
  for (const [text, words] of [['', /is empty/], ['x'.repeat(5000), /not a Telltale store/]]) {
    writeFileSync(file, text);
    const result = command(['restore', file, '--data', join(folder, 'r')]);
    assert.equal(result.status, 1);
    assert.match(result.stderr, words);
  }
  mkdirSync(join(folder, 'empty'));
  assert.equal(command(['restore', join(folder, 'none'), '--data', join(folder, 'empty')]).status, 1);
});

test('the background walk counts the blocks that it has verified', async (t) => {
  const { folder, data } = filled(t, 20000);
  const server = await startServer(t, { folder, data });
  let checked = 0;
  const end = Date.now() + 10_000;
  while (checked === 0 && Date.now() < end) checked = (await server.metrics()).get('telltale_store_blocks_checked_total');
  assert.ok(checked > 0);
  assert.equal((await server.metrics()).get('telltale_store_blocks_damaged_total'), 0);
});
