// SPDX-License-Identifier: Apache-2.0
// Engine.IO 4 and Socket.IO 5 packet by packet: handshakes, heartbeats, polling, probes, errors.
import assert from 'node:assert/strict';
import test from 'node:test';
import { liveClient, mqttClient, publishReading } from '../support/clients.mjs';
import { Raw, wsFrame, wsUpgrade } from '../support/raw.mjs';
import { command, startServer, temporaryFolder } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const PATH = '/socket.io/?EIO=4&transport=polling';
const LIVELY = 'live:\n  ping_interval: 300ms\n  ping_timeout: 200ms\n';

async function poll(server, sid, init) {
  const response = await fetch(`${server.base}${PATH}&sid=${sid}`, init);
  return { status: response.status, text: await response.text(), headers: response.headers };
}

async function open(server, headers) {
  const response = await fetch(`${server.base}${PATH}`, { headers });
  assert.equal(response.status, 200);
  const text = await response.text();
  assert.equal(text[0], '0');
  return JSON.parse(text.slice(1));
}

async function connected(server) {
  const { sid } = await open(server);
  assert.equal((await poll(server, sid, { method: 'POST', body: '40' })).text, 'ok');
  const { text } = await poll(server, sid);
  assert.match(text, /^40\{"sid":"[^"]+","pid":"[^"]+"\}/);
  return sid;
}

const upgradeOf = (server, sid, headers = '') => wsUpgrade(server.http, { path: `/socket.io/?EIO=4&transport=websocket&sid=${sid}`, headers });

test('the handshake tells the settings and each sid is new', async (t) => {
  const server = await startServer(t);
  const [a, b] = [await open(server), await open(server)];
  assert.deepEqual({ ...a, sid: '' }, { sid: '', upgrades: ['websocket'], pingInterval: 25000, pingTimeout: 20000, maxPayload: 1000000 });
  assert.notEqual(a.sid, b.sid);
});

test('wrong handshakes are refused in the words of the protocol', async (t) => {
  const server = await startServer(t);
  const cases = [
    ['GET', '/socket.io/?EIO=4', 0, 'Transport unknown'], ['GET', '/socket.io/?EIO=4&transport=abc', 0, 'Transport unknown'],
    ['GET', '/socket.io/?transport=polling', 5, 'Unsupported protocol version'], ['GET', '/socket.io/?EIO=3&transport=polling', 5, 'Unsupported protocol version'],
    ['POST', PATH, 2, 'Bad handshake method'], ['PUT', PATH, 2, 'Bad handshake method'],
    ['GET', '/socket.io/?EIO=4&transport=websocket', 3, 'Bad request'], ['GET', `${PATH}&sid=zzz`, 1, 'Session ID unknown'], ['POST', `${PATH}&sid=`, 1, 'Session ID unknown'],
  ];
  for (const [method, path, code, message] of cases) {
    const answer = await server.request(method, path);
    assert.equal(answer.status, 400, path);
    assert.deepEqual(answer.body, { code, message }, `${method} ${path}`);
  }
});

test('polling takes and gives several packets at once', async (t) => {
  const server = await startServer(t);
  const { sid } = await open(server);
  const packets = ['40', '420["subscribe-fleet","none"]', '421["subscribe-device","x"]'].join('\x1e');
  assert.equal((await poll(server, sid, { method: 'POST', body: packets })).text, 'ok');
  const { text, headers } = await poll(server, sid);
  assert.match(headers.get('content-type'), /^text\/plain/i);
  const types = text.split('\x1e').map((packet) => /^\d+/.exec(packet)[0]);
  assert.deepEqual([types[0], ...types.filter((type) => type.startsWith('43'))], ['40', '430', '431']);
});

test('a GET waits until there is something', async (t) => {
  const server = await startServer(t);
  const publisher = await mqttClient(t, server.mqtt);
  const sid = await connected(server);
  await poll(server, sid, { method: 'POST', body: '420["subscribe-fleet","none"]\x1e421["subscribe-device","d",{"interval":0}]' });
  await poll(server, sid);
  const waiting = poll(server, sid);
  await publishReading(publisher, 'd', 'x', 7);
  const { text } = await waiting;
  assert.match(text, /"device-update"/);
});

test('a payload that is none ends its session', async (t) => {
  const server = await startServer(t);
  for (const body of ['abc', '', '4\x1e', '40\x1e\x1e40', 'b!!!!']) {
    const { sid } = await open(server);
    const answer = await poll(server, sid, { method: 'POST', body });
    if (body !== 'b!!!!') assert.equal(answer.status, 400, JSON.stringify(body));
    assert.equal((await poll(server, sid)).status, 400);
  }
});

test('F16, C9: two GETs at once end the session, the first one told', async (t) => {
  const server = await startServer(t);
  const sid = await connected(server);
  await poll(server, sid, { method: 'POST', body: '420["subscribe-fleet","none"]' });
  for (let text = ''; !text.includes('430');) ({ text } = await poll(server, sid));
  const first = poll(server, sid);
  await until(async () => (await poll(server, sid)).status === 400, 'the second GET to be refused');
  assert.deepEqual([(await first).status, (await first).text], [200, '1']);
});

test('who does not answer pings is closed, who does stays', async (t) => {
  const server = await startServer(t, { config: LIVELY });
  const ws = new Raw(t, server.http).send(wsUpgrade(server.http));
  await ws.has(/0\{"sid"/);
  await ws.has(/\x81\x012/);
  await ws.end();
  const socket = await liveClient(t, server.base);
  await socket.events.when(() => socket.events.of('dashboard:update').length >= 2, 'two seconds of updates');
  assert.equal(socket.connected, true);
  const { sid } = await open(server);
  assert.equal((await poll(server, sid)).text, '2');
  await until(async () => (await poll(server, sid)).status === 400, 'the silent polling session to end');
});

test('a ping goes the wrong way and a close packet ends the session', async (t) => {
  const server = await startServer(t);
  for (const packet of ['2', '1', '0', '5', '7', '4x']) {
    const ws = new Raw(t, server.http).send(wsUpgrade(server.http));
    await ws.has(/0\{"sid"/);
    ws.send(wsFrame(packet));
    await ws.end();
  }
  const sid = await connected(server);
  await poll(server, sid, { method: 'POST', body: '1' });
  assert.equal((await poll(server, sid)).status, 400);
});

test('a probe releases the GET that waits, and the upgrade ends polling', async (t) => {
  const server = await startServer(t);
  const { sid } = await open(server);
  const waiting = poll(server, sid);
  const ws = new Raw(t, server.http).send(upgradeOf(server, sid));
  assert.equal(await ws.status(), 101);
  ws.send(wsFrame('2probe'));
  await ws.has(/3probe/);
  assert.equal((await waiting).text, '6');
  ws.send(wsFrame('5'), wsFrame('40'));
  await ws.has(/40\{"sid"/);
  assert.equal((await poll(server, sid)).status, 400);
  assert.equal((await poll(server, sid, { method: 'POST', body: '40' })).status, 400);
  const second = new Raw(t, server.http).send(upgradeOf(server, sid));
  assert.equal(await second.status(), 101);
  await second.end();
  ws.send(wsFrame('420["subscribe-fleet","none"]'));
  await ws.has(/430\[/);
});

test('a probe that goes wrong leaves polling as it was', async (t) => {
  const server = await startServer(t);
  for (const packet of ['5', '2', '40', '2probe!']) {
    const sid = await connected(server);
    const ws = new Raw(t, server.http).send(upgradeOf(server, sid));
    await ws.status();
    ws.send(wsFrame(packet));
    await ws.end();
    assert.equal((await poll(server, sid, { method: 'POST', body: '423["subscribe-fleet","none"]' })).text, 'ok');
    for (let text = ''; !text.includes('433');) ({ text } = await poll(server, sid));
  }
});

test('a lost probe does not keep polling awake', async (t) => {
  const server = await startServer(t);
  const { sid } = await open(server);
  const ws = new Raw(t, server.http).send(upgradeOf(server, sid));
  await ws.status();
  ws.send(wsFrame('2probe'));
  await ws.has(/3probe/);
  ws.socket.destroy();
  const answers = [];
  const ended = poll(server, sid).then((answer) => { answers.push(answer.text); return poll(server, sid); }).then((answer) => answers.push(answer.text));
  await poll(server, sid, { method: 'POST', body: '40' });
  await ended;
  assert.match(answers.find((text) => text !== '6') ?? '', /^40/);
});

test('C8: binary attachments are passed over, more than ten or none announced end the session', async (t) => {
  const server = await startServer(t);
  const ws = new Raw(t, server.http).send(wsUpgrade(server.http));
  await ws.has(/0\{"sid"/);
  ws.send(wsFrame('40'), wsFrame('452-7["unknown",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]'));
  ws.send(wsFrame('abc', { opcode: 2 }), wsFrame('', { opcode: 2 }), wsFrame('428["subscribe-fleet","none"]'));
  await ws.has(/438\[/);
  assert.match(ws.text, /437\[\{"error"/);
  for (const frames of [[wsFrame('451000000-["x"]')], [wsFrame('4511-["x"]')], [wsFrame('x', { opcode: 2 })], [wsFrame('451-["x"]'), wsFrame('42["y"]')]]) {
    const other = new Raw(t, server.http).send(wsUpgrade(server.http));
    await other.has(/0\{"sid"/);
    other.send(wsFrame('40'), ...frames);
    await other.end();
  }
});

test('F16: a session opened with a credential is nobody else\'s', async (t) => {
  const data = `${temporaryFolder(t)}/data`;
  const [one, two] = ['viewer', 'viewer'].map((role) => command(['token', 'create', '--role', role, '--data', data]).stdout.trim());
  const server = await startServer(t, { data, noAuth: false });
  const bearer = (token) => ({ authorization: `Bearer ${token}` });
  const { sid } = await open(server, bearer(one));
  for (const headers of [{}, bearer(two)]) {
    const answer = await poll(server, sid, { headers });
    assert.deepEqual([answer.status, JSON.parse(answer.text).message], [403, 'Forbidden']);
  }
  assert.equal((await poll(server, sid, { method: 'POST', body: '40', headers: bearer(one) })).text, 'ok');
});

test('F16, C9: a stranger may send little, who was let in up to maxPayload', async (t) => {
  const server = await startServer(t);
  const big = `42["unknown","${'x'.repeat(100_000)}"]`;
  const { sid } = await open(server);
  assert.equal((await poll(server, sid, { method: 'POST', body: `40{"pad":"${'x'.repeat(100_000)}"}` })).status, 413);
  const ws = new Raw(t, server.http).send(wsUpgrade(server.http));
  await ws.has(/0\{"sid"/);
  ws.send(wsFrame(big));
  await ws.end();
  const friend = await connected(server);
  assert.equal((await poll(server, friend, { method: 'POST', body: big })).text, 'ok');
  assert.equal((await poll(server, friend, { method: 'POST', body: `4${'x'.repeat(1_000_001)}` })).status, 413);
});

test('WebSocket pings are answered and a close is answered with its code', async (t) => {
  const server = await startServer(t);
  const ws = new Raw(t, server.http).send(wsUpgrade(server.http), wsFrame('early', { opcode: 9 }));
  await ws.has(/HTTP\/1\.1 101 .*\x8a\x05early/s);
  ws.send(wsFrame(Buffer.from([0x0f, 0xa0]), { opcode: 8 }));
  assert.match(await ws.end(), /\x88\x02\x0f\xa0$/);
});
