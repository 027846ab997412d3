// SPDX-License-Identifier: Apache-2.0
// Writing line protocol over HTTP, as Telegraf and clients of InfluxDB do.
import assert from 'node:assert/strict';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { command, sanitized, startServer } from '../support/server.mjs';

const now = Date.now();

function write(server, path, body, headers = {}) {
  return fetch(`${server.base}${path}`, { method: 'POST', body, headers });
}

async function valueOf(server, device, sensor) {
  const found = await server.request('GET', `/api/v1/devices/${device}`);
  return found.body?.sensors.find((s) => s.id === sensor)?.value;
}

test('what was written is durable when it is answered', async (t) => {
  const server = await startServer(t);
  const answer = await write(server, '/api/v1/write?precision=ms', `cpu,host=web usage=1.5,busy=t ${now}\ncpu,host=web usage=2.5 ${now + 1}\n`);
  assert.equal(answer.status, 204, await answer.text());
  assert.equal(await valueOf(server, 'web', 'cpu.usage'), 2.5);
  await server.kill();
  await server.start();
  assert.equal(await valueOf(server, 'web', 'cpu.usage'), 2.5);
  assert.equal(await valueOf(server, 'web', 'cpu.busy'), 1);
});

test('the paths, tokens and precisions of InfluxDB clients work', async (t) => {
  const server = await startServer(t, { noAuth: false });
  const token = command(['token', 'create', '--role', 'operator', '--data', server.data]).stdout.trim();
  const viewer = command(['token', 'create', '--role', 'viewer', '--data', server.data]).stdout.trim();
  const seconds = Math.floor(now / 1000);
  const rows = [
    ['/api/v2/write?org=o&bucket=b&precision=s', `m,device=a value=1 ${seconds}`, token, 204],
    ['/write?db=telegraf&precision=s', `m,device=b value=2 ${seconds}`, token, 204],
    ['/write?db=telegraf', `m,device=c value=3 ${now}000000`, token, 204],
    ['/api/v1/write', 'm,device=d value=4', token, 204],
    ['/api/v1/write?precision=days', 'm,device=d value=4', token, 400],
    ['/api/v1/write', 'm,device=d value=4', viewer, 403],
    ['/api/v1/write', 'm,device=d value=4', 'x'.repeat(43), 401],
  ];
  for (const [path, body, secret, status] of rows) {
    const answer = await write(server, path, body, { authorization: `Token ${secret}` });
    assert.equal(answer.status, status, `${path}: ${await answer.text()}`);
  }
  assert.equal((await write(server, '/write?db=x', 'm,device=a value=1')).status, 401);
  const devices = await server.rest('GET', '/devices', undefined, { authorization: `Bearer ${viewer}` });
  assert.deepEqual(devices.devices.map((d) => d.id).sort(), ['a', 'b', 'c', 'd']);
});

test('a bad line is told by number and does not keep the good ones', async (t) => {
  const server = await startServer(t);
  const answer = await write(server, '/api/v1/write', 'm,device=a value=1\nnonsense\nm value=2\nm,device=a other=3\n');
  assert.equal(answer.status, 400);
  const { error } = await answer.json();
  assert.equal(error.code, 'partial_write');
  assert.match(error.message, /2 readings were taken, 2 lines could not be read \(line 2: line without a field\)/);
  assert.equal(await valueOf(server, 'a', 'm.other'), 3);
  assert.equal((await write(server, '/api/v1/write', '\n# nothing\n')).status, 204);
});

test('C3: gzip is taken, and a bomb or a cut body is refused', async (t) => {
  const server = await startServer(t);
  const gzip = { 'content-encoding': 'gzip' };
  const lines = Array.from({ length: 20000 }, (_, i) => `m,device=g value=${i} ${now - 20000 + i}`).join('\n');
  assert.equal((await write(server, '/api/v1/write?precision=ms', gzipSync(lines), gzip)).status, 204);
  assert.equal(await valueOf(server, 'g', 'm'), 19999);
  const before = server.memory();
  const bomb = gzipSync(Buffer.alloc(100 << 20, 10));
  assert.equal((await write(server, '/api/v1/write', bomb, gzip)).status, 413);
  assert.ok(sanitized || server.memory() - before < 32 << 20, 'memory stays');
  assert.equal((await write(server, '/api/v1/write', gzipSync(lines).subarray(0, 5000), gzip)).status, 400);
  assert.equal((await write(server, '/api/v1/write', 'm,device=a value=1', { 'content-encoding': 'br' })).status, 415);
});

test('a written reading raises an alert like any other', async (t) => {
  const server = await startServer(t);
  await server.rest('POST', '/rules', { deviceId: 'a', sensorType: 'm', condition: 'greater_than', threshold: 5, severity: 'warning' });
  assert.equal((await write(server, '/api/v1/write', 'm,device=a value=6')).status, 204);
  assert.equal((await server.get('/alerts')).alerts[0].value, 6);
});

test('import hands its readings to a running server', async (t) => {
  const server = await startServer(t);
  const lines = Array.from({ length: 30000 }, (_, i) => `m,device=i\\ ${i % 7} a=${i % 50},ok=${i % 2 ? 't' : 'f'} ${now - 30000 + i}`).join('\n');
  const result = command(['import', '--precision', 'ms', '--data', server.data, '-'], { input: lines });
  assert.equal(result.status, 0, result.stderr);
  assert.match(result.stderr, /60000 readings/);
  assert.equal((await server.get('/devices/i%203')).sensors.find((s) => s.id === 'm.ok').kind, 'boolean');
  assert.equal((await server.metrics()).get('telltale_readings_total'), 60000);
});
