// SPDX-License-Identifier: Apache-2.0
// History answers of several parts: whole in every form, and bounded when their readers are slow (F14, F37).
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'node:test';
import { Raw } from '../support/raw.mjs';
import { command, sanitized, startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const base = 1_700_000_040_000;
const rows = 100_000;
const range = `from=${base}&to=${base + rows * 1000}&points=${rows}`;
const one = `/api/v1/devices/a/sensors/x/samples?${range}`;

async function setup(t, value = (i) => i / 4) {
  const server = await startServer(t);
  const lines = Array.from({ length: rows }, (_, i) => `x,device=a value=${value(i)} ${base + i * 1000}`);
  const result = command(['import', '--precision', 'ms', '--data', server.data, '-'], { input: lines.join('\n') });
  assert.equal(result.status, 0, result.stderr);
  return server;
}

function ask(server, path, accept = 'application/json') {
  return fetch(`${server.base}${path}`, { headers: { accept } });
}

test('a long answer comes in chunks and is whole in every form', async (t) => {
  const server = await setup(t);
  const json = await ask(server, one);
  assert.equal(json.headers.get('transfer-encoding'), 'chunked');
  const { points, interval, seq, gaps } = await json.json();
  assert.equal(points.length, rows);
  assert.ok(points.every(([time, value], i) => time === base + i * 1000 && value === i / 4));
  assert.deepEqual([interval, gaps], [1000, []]);
  assert.match(seq, /^\d+\.\d+$/);

  const many = await (await ask(server, `/api/v1/history?device=a&${range}`)).json();
  assert.deepEqual(many.series[0].v, points.map((p) => p[1]));
  assert.deepEqual(many.series[0].t, points.map((p) => p[0]));

  const csv = await (await ask(server, one, 'text/csv')).text();
  assert.equal(csv, `time_ms,value\r\n${points.map((p) => `${p.join(',')}\r\n`).join('')}`);

  const columns = await (await ask(server, `/api/v1/history?device=a&${range}`, 'application/vnd.telltale.columns')).arrayBuffer();
  assert.equal(columns.byteLength, 40 + 32 + 16 * rows);
  assert.deepEqual(new Float64Array(columns, 72 + 8 * rows), Float64Array.from(points, (p) => p[1]));
});

test('a client of HTTP/1.0 gets a long answer until the connection closes, and HEAD none of it', async (t) => {
  const server = await setup(t);
  const old = new Raw(t, server.http).send(`GET ${one} HTTP/1.0\r\nHost: localhost\r\nAccept: text/csv\r\n\r\n`);
  const text = await old.end();
  assert.doesNotMatch(text, /transfer-encoding|content-length/i);
  assert.equal(text.split('\r\n\r\n')[1].split('\r\n').length, rows + 2);
  const head = new Raw(t, server.http).send(`HEAD ${one} HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  assert.match(await head.end(), /chunked\r\n\r\nHTTP\/1.1 200 OK/);
});

// A reader that asks and then takes nothing.
async function stalled(t, server) {
  const socket = connect({ port: server.http, host: '127.0.0.1' });
  socket.pause();
  socket.on('error', () => {});
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  socket.write(`GET ${one} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return socket;
}

test('readers that take nothing hold bounded memory, and short questions are answered beside them', async (t) => {
  // Long numbers, so that the kernel does not take a whole answer for a reader that takes nothing.
  const server = await setup(t, (i) => 100_000 + i / 3);
  const before = server.memory();
  const readers = [];
  for (let i = 0; i < 100; i++) readers.push(await stalled(t, server));
  await until(async () => {
    const answer = await ask(server, one);
    return /long answers/.test(await answer.text()) && answer.status === 503;
  }, 'the places of long answers to be taken');
  assert.ok(sanitized || server.memory() - before < 200 << 20, `${(server.memory() - before) >> 20} MB more`);
  const short = await ask(server, `/api/v1/devices/a/sensors/x/samples?${range}`.replace(`points=${rows}`, 'points=100'));
  assert.equal((await short.json()).tier, 'buckets');
  for (const reader of readers) reader.destroy();
  await until(async () => (await (await ask(server, one)).json()).points?.length === rows, 'a place to be free again');
});
