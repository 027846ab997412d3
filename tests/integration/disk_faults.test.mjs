// SPDX-License-Identifier: Apache-2.0
// Disks that fail, lag or write short, under the real program: what was answered is there afterwards.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { build, command, sanitized, Server, telltale, temporaryFolder } from '../support/server.mjs';
import { spawnSync } from 'node:child_process';
import { until } from '../support/wait.mjs';

const preload = join(build, 'tests/disk_faults.so');
const skip = (sanitized || !existsSync(preload)) && 'the sanitizer has these functions for itself';

async function faulty(t) {
  const server = new Server(t);
  const file = join(server.folder, 'disk');
  writeFileSync(file, 'well');
  await server.start({ env: { LD_PRELOAD: preload, TELLTALE_DISK: file } });
  return { server, disk: (words) => writeFileSync(file, words) };
}

let time = Date.now() - 3_600_000;
const answered = [];

// Writes one reading; notes it when the answer says that it is durable.
async function write(server) {
  const at = time++;
  const answer = await fetch(`${server.base}/api/v1/write?precision=ms`, { method: 'POST', body: `m,device=d value=${at % 1000} ${at}` });
  if (answer.status === 204) answered.push(at);
  return answer.status;
}

function assertAllThere(server) {
  const result = command(['export', '--data', server.data]);
  assert.equal(result.status, 0, result.stderr);
  const times = result.stdout.trim().split('\n').slice(1).map((line) => Number(line.split(',')[0]));
  assert.equal(new Set(times).size, times.length, 'each once');
  const there = new Set(times);
  for (const at of answered) assert.ok(there.has(at), `${at} of ${answered.length}`);
  const check = command(['store', 'check', '--data', server.data]);
  assert.equal(check.status, 0, check.stderr);
}

test('F5: while syncs fail nothing is promised, and it heals by itself', { skip }, async (t) => {
  answered.length = 0;
  const { server, disk } = await faulty(t);
  assert.equal(await write(server), 204);
  disk('fail');
  assert.equal(await write(server), 503);
  assert.equal((await server.request('GET', '/healthz')).status, 503);
  disk('well');
  await until(async () => await write(server) === 204, 'a write to be durable again');
  assert.equal(await write(server), 204);
  await server.kill();
  assertAllThere(server);
});

test('F6: short and interrupted writes lose nothing', { skip }, async (t) => {
  answered.length = 0;
  const { server, disk } = await faulty(t);
  disk('short');
  for (let i = 0; i < 100; i++) assert.equal(await write(server), 204);
  await server.kill();
  assertAllThere(server);
});

test('F7: a slow disk makes writers wait and nobody else', { skip }, async (t) => {
  answered.length = 0;
  const { server, disk } = await faulty(t);
  assert.equal(await write(server), 204);
  disk('slow 700');
  const writes = Array.from({ length: 20 }, () => write(server));
  let slowest = 0;
  let waiting = true;
  const all = Promise.all(writes).then((statuses) => { waiting = false; return statuses; });
  while (waiting) {
    const begin = performance.now();
    await server.get('/devices/d');
    slowest = Math.max(slowest, performance.now() - begin);
  }
  assert.deepEqual([...new Set(await all)], [204]);
  assert.ok(slowest < 350, `an answer from memory took ${slowest} ms`);
  disk('well');
  await server.stop();
  assertAllThere(server);
});

test('F4: a backup for which there is no room fails with a reason and changes nothing', (t) => {
  const folder = temporaryFolder(t);
  const data = join(folder, 'data');
  const noise = Array.from({ length: 30000 }, (_, i) => `n,device=d value=${Math.random()} ${Date.now() - 30000 + i}`).join('\n');
  assert.equal(command(['import', '--precision', 'ms', '--data', data, '-'], { input: noise }).status, 0);
  const before = command(['export', '--data', data], { maxBuffer: 1 << 26 }).stdout;
  const file = join(folder, 'copy.db');
  const result = spawnSync('prlimit', ['--fsize=100000', telltale, 'backup', file, '--data', data], { encoding: 'utf8' });
  assert.equal(result.status, 1, `${result.signal} ${result.stderr}`);
  assert.match(result.stderr, /telltale backup: backup .*: \S+/);
  assert.ok(!existsSync(file) && !existsSync(`${file}.part`));
  assert.equal(command(['export', '--data', data], { maxBuffer: 1 << 26 }).stdout, before);
});
