// SPDX-License-Identifier: Apache-2.0
// The echo servers of `make conformance`: every packet type of Socket.IO and Engine.IO with stock
// clients, and WebSocket message by message. The public suites run against the same two programs.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';

import { Socket as EngineSocket } from 'engine.io-client';
import { io } from 'socket.io-client';
import WebSocket from 'ws';

import { Raw, wsFrame, wsUpgrade } from '../support/raw.mjs';
import { build } from '../support/server.mjs';

async function start(t, program, ...args) {
  const child = spawn(join(build, program), ['--http', '127.0.0.1:0', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
    assert.equal(child.exitCode, 0);
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  return Number(/:(\d+)$/.exec(line)[1]);
}

function connect(t, port, namespace, options = {}) {
  const socket = io(`http://127.0.0.1:${port}${namespace}`, { forceNew: true, reconnection: false, ...options });
  t.after(() => socket.close());
  return socket;
}

for (const transport of ['polling', 'websocket']) {
  test(`a stock client gets its arguments back over ${transport}, in both namespaces`, async (t) => {
    const port = await start(t, 'sio-echo');
    for (const namespace of ['/', '/custom']) {
      const socket = connect(t, port, namespace, { transports: [transport], auth: { token: 'x' } });
      assert.deepEqual(await once(socket, 'auth'), [{ token: 'x' }]);
      socket.emit('message', 1, 'zwei', { drei: [true, null] });
      assert.deepEqual(await once(socket, 'message-back'), [1, 'zwei', { drei: [true, null] }]);
      socket.emit('message', Buffer.from([1, 2]), { deep: Buffer.from([3]) }, 'text');
      assert.deepEqual(await once(socket, 'message-back'), [Buffer.from([1, 2]), { deep: Buffer.from([3]) }, 'text']);
      const answer = await new Promise((resolve) => { socket.emit('message-with-ack', 'a', Buffer.from([0, 255]), (...all) => resolve(all)); });
      assert.deepEqual(answer, ['a', Buffer.from([0, 255])]);
      socket.emit('message');
      assert.deepEqual(await once(socket, 'message-back'), []);
    }
  });
}

test('one connection carries two namespaces, and leaving one keeps the other', async (t) => {
  const port = await start(t, 'sio-echo');
  const main = connect(t, port, '/');
  await once(main, 'auth');
  const custom = main.io.socket('/custom');
  assert.deepEqual(await once(custom, 'auth'), [{}]);
  custom.disconnect();
  main.emit('message', 'still here');
  assert.deepEqual(await once(main, 'message-back'), ['still here']);
});

test('an unknown namespace is refused in the words of the protocol', async (t) => {
  const socket = connect(t, await start(t, 'sio-echo'), '/random');
  const [error] = await once(socket, 'connect_error');
  assert.equal(error.message, 'Invalid namespace');
});

for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']]) {
  test(`Engine.IO echoes text and binary over ${transports.join(' and then ')}`, async (t) => {
    const port = await start(t, 'sio-echo');
    const socket = new EngineSocket(`ws://127.0.0.1:${port}`, { path: '/engine.io/', transports });
    t.after(() => socket.close());
    await once(socket, 'open');
    if (transports.length === 2) await once(socket, 'upgrade');
    socket.send('hällo\u2028');
    assert.deepEqual(await once(socket, 'message'), ['hällo\u2028']);
    socket.send(Buffer.from([0, 1, 254, 255]));
    assert.deepEqual(await once(socket, 'message'), [Buffer.from([0, 1, 254, 255])]);
  });
}

test('a client that closes while its GET waits gets a noop, and then its session is gone', async (t) => {
  const port = await start(t, 'sio-echo');
  const url = `http://127.0.0.1:${port}/engine.io/?EIO=4&transport=polling`;
  const { sid } = JSON.parse((await (await fetch(url)).text()).slice(1));
  const waiting = fetch(`${url}&sid=${sid}`);
  await fetch(`${url}&sid=${sid}`, { method: 'POST', body: '1' });
  assert.equal(await (await waiting).text(), '6');
  assert.equal((await fetch(`${url}&sid=${sid}`)).status, 400);
});

test('a session of one path is not known under the other', async (t) => {
  const port = await start(t, 'sio-echo');
  const open = await (await fetch(`http://127.0.0.1:${port}/engine.io/?EIO=4&transport=polling`)).text();
  const { sid } = JSON.parse(open.slice(1));
  const answer = await fetch(`http://127.0.0.1:${port}/socket.io/?EIO=4&transport=polling&sid=${sid}`);
  assert.equal(answer.status, 400);
  assert.deepEqual(await answer.json(), { code: 1, message: 'Session ID unknown' });
});

// ---- plain WebSocket ----

async function echoSocket(t, port) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/echo`);
  t.after(() => socket.terminate());
  await once(socket, 'open');
  return socket;
}

test('WebSocket messages come back as they were, up to 16 MiB', async (t) => {
  const socket = await echoSocket(t, await start(t, 'ws-echo'));
  for (const size of [0, 1, 125, 126, 65535, 65536, 16 << 20]) {
    const sent = Buffer.alloc(size, 'ä€\u{1f600}').subarray(0, size - size % 9);
    socket.send(sent, { binary: false });
    const [text, textIsBinary] = await once(socket, 'message');
    assert.ok(!textIsBinary && sent.equals(text), `text of ${size}`);
    socket.send(sent);
    const [data, isBinary] = await once(socket, 'message');
    assert.ok(isBinary && sent.equals(data), `binary of ${size}`);
  }
  socket.send(Buffer.alloc((16 << 20) + 1));
  const [code] = await once(socket, 'close');
  assert.equal(code, 1009);
});

test('fragments with pings between them are one message', async (t) => {
  const socket = await echoSocket(t, await start(t, 'ws-echo'));
  socket.send('one ', { fin: false });
  socket.ping('are you there');
  assert.equal(String((await once(socket, 'pong'))[0]), 'are you there');
  socket.send('two', { fin: true });
  assert.equal(String((await once(socket, 'message'))[0]), 'one two');
});

test('text that is not UTF-8 ends the connection before its message ends', async (t) => {
  const port = await start(t, 'ws-echo');
  const raw = new Raw(t, port).send(wsUpgrade(port, { path: '/echo' }));
  assert.equal(await raw.status(), 101);
  raw.send(wsFrame(Buffer.from([0x61, 0xff]), { fin: false }));
  const end = await raw.end();
  assert.ok(end.endsWith('\x88\x02\x03\xef'), 'close 1007');
});

test('a close is answered with its own code, one that may not be sent with 1002', async (t) => {
  const port = await start(t, 'ws-echo');
  for (const [sent, answered] of [[1000, 1000], [3000, 3000], [4999, 4999], [1005, 1002], [999, 1002], [5000, 1002]]) {
    const raw = new Raw(t, port).send(wsUpgrade(port, { path: '/echo' }));
    await raw.status();
    raw.send(wsFrame(Buffer.from([sent >> 8, sent & 255]), { opcode: 8 }));
    const end = await raw.end();
    assert.ok(end.endsWith(Buffer.from([0x88, 0x02, answered >> 8, answered & 255]).toString('latin1')), `${sent}`);
  }
});
