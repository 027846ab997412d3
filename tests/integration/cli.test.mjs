// SPDX-License-Identifier: Apache-2.0
// The command line: help, versions, configuration files, and one clear line when it can't start.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { command, sanitized, startServer, temporaryFolder } from '../support/server.mjs';

test('every command explains itself', () => {
  for (const name of ['serve', 'simulate', 'record', 'replay', 'decode', 'check-config', 'import', 'export', 'backup', 'restore', 'store', 'token', 'version']) {
    const { status, stdout } = command([name, '--help']);
    assert.equal(status, 0, name);
    assert.match(stdout, new RegExp(`telltale ${name}`), name);
  }
  const all = command(['--help']);
  assert.equal(all.status, 0);
  for (const name of ['serve', 'simulate', 'record', 'replay', 'decode', 'check-config', 'import', 'export', 'backup', 'restore', 'store', 'token', 'version']) assert.match(all.stdout, new RegExp(`\\b${name}\\b`));
});

test('an unknown command or flag is a usage error', () => {
  for (const args of [['fly'], ['serve', '--fly'], ['serve', '--http'], ['serve', '--http', 'nonsense'], ['token', 'create', '--role', 'king'], []]) {
    const { status, stderr } = command(args);
    assert.equal(status, 2, `${args.join(' ')}: ${stderr}`);
    assert.ok(stderr.trim().length > 0, args.join(' '));
  }
});

test('version prints one line', () => {
  const { status, stdout } = command(['version']);
  assert.equal(status, 0);
  assert.match(stdout, /^telltale \S+.*\n$/);
});

function checkConfig(t, text) {
  const file = join(temporaryFolder(t), 'telltale.yaml');
  writeFileSync(file, text);
  return command(['check-config', '-c', file]);
}

test('a good configuration is said to be good', (t) => {
  const { status, stderr } = checkConfig(t, 'http:\n  listen: ["127.0.0.1:0"]\nmqtt:\n  listen: ["127.0.0.1:0"]\n');
  assert.equal(status, 0, stderr);
  assert.equal(checkConfig(t, '').status, 0);
});

test('a bad configuration is told by line, column and what was expected', (t) => {
  const cases = [
    ['http:\n  lissen: ["127.0.0.1:0"]\n', 2, 3, /listen/],
    ['live:\n  ping_timeout: soon\n', 2, 17, /ping_timeout|duration|such as/i],
    ['http: [\n', 2, 1, /./],
    ['mqtt:\n  listen: 5\n', 2, 11, /./],
    ['nothing_like_it: 1\n', 1, 1, /./],
  ];
  for (const [text, line, column, words] of cases) {
    const { status, stderr } = checkConfig(t, text);
    assert.equal(status, 2, `${text}: ${stderr}`);
    assert.match(stderr, new RegExp(`telltale\\.yaml:${line}:${column}: `), text);
    assert.match(stderr, words, text);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
  }
});

test('serve refuses the same configuration in the same words', (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'telltale.yaml');
  writeFileSync(file, 'http:\n  lissen: x\n');
  const { status, stderr } = command(['serve', '-c', file, '--data', join(folder, 'data')]);
  assert.equal(status, 2);
  assert.match(stderr, /telltale\.yaml:2:3: /);
});

// serve must end with exit code 1 and one line that has `words`.
function refusesToStart(args, words) {
  const { status, stderr } = command(['serve', '--no-auth', ...args]);
  assert.equal(status, 1, stderr);
  assert.match(stderr, words);
  assert.equal(stderr.trim().split('\n').length, 1, stderr);
}

test('a port in use is one clear line', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => { taken.once('listening', resolve); });
  t.after(() => taken.close());
  const { port } = taken.address();
  const data = join(temporaryFolder(t), 'data');
  refusesToStart(['--data', data, '--http', `127.0.0.1:${port}`, '--mqtt', '127.0.0.1:0'], new RegExp(`${port}`));
  refusesToStart(['--data', data, '--http', '127.0.0.1:0', '--mqtt', `127.0.0.1:${port}`], new RegExp(`${port}`));
});

test('a data folder that can\'t be written, or is a file, is one clear line', (t) => {
  const folder = temporaryFolder(t);
  const ports = ['--http', '127.0.0.1:0', '--mqtt', '127.0.0.1:0'];
  writeFileSync(join(folder, 'file'), '');
  refusesToStart(['--data', join(folder, 'file'), ...ports], /file/);
  if (process.getuid() === 0) {
    refusesToStart(['--data', '/proc/telltale', ...ports], /\/proc\/telltale/);
    return;
  }
  mkdirSync(join(folder, 'locked'));
  chmodSync(join(folder, 'locked'), 0o500);
  refusesToStart(['--data', join(folder, 'locked/data'), ...ports], /locked/);
});

test('a data folder in use is one clear line', async (t) => {
  const server = await startServer(t);
  refusesToStart(['--data', server.data, '--http', '127.0.0.1:0', '--mqtt', '127.0.0.1:0'], /in use/);
});

test('a store that is not one is left alone', (t) => {
  const data = join(temporaryFolder(t), 'data');
  mkdirSync(data);
  writeFileSync(join(data, 'telltale.db'), 'this is not a store, and somebody may need it');
  refusesToStart(['--data', data, '--http', '127.0.0.1:0', '--mqtt', '127.0.0.1:0'], /telltale\.db/);
  assert.equal(readFileSync(join(data, 'telltale.db'), 'utf8'), 'this is not a store, and somebody may need it');
});

test('SIGTERM makes everything durable, QoS 0 too, and exits 0', async (t) => {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  const base = 1_700_000_000_000;
  for (let i = 0; i < 100; i++) client.publish('sensors/d/x', JSON.stringify({ deviceId: 'd', sensorType: 'x', value: i, timestamp: base + i }));
  await publishReading(client, 'other', 'x', 1);
  await server.stop();
  await server.start();
  const { points } = await server.get(`/devices/d/sensors/x/samples?from=${base}&to=${base + 100}`);
  assert.equal(points.length, 100);
});

test('an idle server is small', { skip: sanitized && 'memory under a sanitizer says nothing' }, async (t) => {
  const server = await startServer(t);
  await server.metrics();
  const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
  const rss = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)[1]);
  t.diagnostic(`${rss} kB resident`);
  assert.ok(rss <= 20 * 1024, `${rss} kB resident`);
});

test('files of the store are its owner\'s alone', async (t) => {
  const server = await startServer(t);
  assert.equal(statSync(server.data).mode & 0o777, 0o700);
  for (const name of readdirSync(server.data)) assert.equal(statSync(join(server.data, name)).mode & 0o077, 0, name);
});
