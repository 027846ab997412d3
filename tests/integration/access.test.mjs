// SPDX-License-Identifier: Apache-2.0
// Who may do what: every route and every event without a credential, the roles, hosts and origins.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { io } from 'socket.io-client';
import { ask, liveClient, mqttClient, publishReading } from '../support/clients.mjs';
import { Raw, wsFrame, wsUpgrade } from '../support/raw.mjs';
import { command, startServer, temporaryFolder, top } from '../support/server.mjs';
import { until, within } from '../support/wait.mjs';

// A token of a role, made by the command line in the server's data folder.
function makeToken(data, role) {
  const result = command(['token', 'create', '--role', role, '--data', data]);
  assert.equal(result.status, 0, result.stderr);
  const token = /^[A-Za-z0-9_-]{43}$/m.exec(result.stdout)?.[0];
  assert.ok(token, `no token in ${result.stdout}`);
  return token;
}

async function guarded(t, options = {}) {
  const data = join(temporaryFolder(t), 'data');
  const tokens = Object.fromEntries(['viewer', 'operator', 'admin'].map((role) => [role, makeToken(data, role)]));
  const server = await startServer(t, { data, noAuth: false, ...options });
  const bearer = (role) => ({ authorization: `Bearer ${tokens[role]}` });
  return { server, tokens, bearer };
}

// Every operation that the description of the API names, ids filled in.
function routesOfDescription() {
  const routes = [];
  let path = null;
  for (const line of readFileSync(join(top, 'docs/protocol/openapi.yaml'), 'utf8').split('\n')) {
    const at = /^  (\/[^:]*):\s*$/.exec(line);
    if (at) path = at[1].replace(/\{[^}]*\}/g, 'x');
    else if (/^\S/.test(line)) path = null;
    const method = /^    (get|post|put|patch|delete):\s*$/.exec(line);
    if (path && method) routes.push([method[1].toUpperCase(), path]);
  }
  return routes;
}

// A request with headers that fetch would not let through: { status, headers }.
function raw(port, { method = 'GET', path = '/', headers = {}, host = '127.0.0.1' }) {
  return within(new Promise((resolve, reject) => {
    const request = httpRequest({ port, host, method, path, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers }));
    });
    request.on('error', reject);
    request.end();
  }), `${method} ${path}`);
}

test('C2: no route but the page, its health and the log-in answers without a credential', async (t) => {
  const { server, bearer } = await guarded(t);
  const routes = routesOfDescription();
  assert.ok(routes.length >= 15, `${routes.length} operations found in the description`);
  for (const [method, path] of routes) {
    if (['/healthz', '/health', '/ping', '/api/v1/setup'].includes(path) || (method === 'POST' && path === '/api/v1/session')) continue;
    for (const headers of [{}, { authorization: 'Bearer nonsense' }, { authorization: `Bearer ${'A'.repeat(43)}` }, { cookie: 'telltale=nonsense' }]) {
      const answer = await server.request(method, path, method === 'GET' ? undefined : '{}', headers);
      assert.equal(answer.status, 401, `${method} ${path} with ${JSON.stringify(headers)}`);
      assert.equal(typeof answer.body.error.code, 'string');
    }
  }
  for (const path of ['/', '/login', '/healthz']) assert.equal((await server.request('GET', path)).status, 200, path);
  assert.equal((await server.request('GET', '/metrics', undefined, bearer('viewer'))).status, 200);
});

test('each role may do what the ones before it may, and no more', async (t) => {
  const { server, bearer } = await guarded(t);
  const rule = { deviceId: 'd', sensorType: 'x', condition: 'less_than', threshold: 0, severity: 'info' };
  const status = async (role, method, path, body) => (await server.request(method, `/api/v1${path}`, body, bearer(role))).status;
  assert.equal(await status('viewer', 'GET', '/devices'), 200);
  assert.equal(await status('viewer', 'POST', '/rules', rule), 403);
  assert.equal(await status('viewer', 'PATCH', '/devices/d', { name: 'x' }), 403);
  assert.equal(await status('viewer', 'POST', '/alerts/x/acknowledge'), 403);
  assert.equal(await status('operator', 'POST', '/rules', rule), 201);
  assert.equal(await status('operator', 'POST', '/alerts/x/acknowledge'), 404);
  assert.equal(await status('admin', 'POST', '/rules', rule), 201);
  for (const role of ['viewer', 'operator']) {
    assert.equal(await status(role, 'POST', '/tokens', { role: 'admin' }), 403, role);
  }
});

test('the log-in gives a cookie that pages can use and scripts can\'t read', async (t) => {
  const { server, tokens } = await guarded(t);
  assert.equal((await server.request('POST', '/api/v1/session', { token: 'wrong' })).status, 401);
  const answer = await server.request('POST', '/api/v1/session', { token: tokens.operator });
  assert.ok(answer.status === 200 || answer.status === 204, String(answer.status));
  const cookie = answer.headers.get('set-cookie');
  assert.match(cookie, /HttpOnly/i);
  assert.match(cookie, /SameSite=Strict/i);
  const headers = { cookie: cookie.split(';')[0] };
  assert.equal((await server.request('GET', '/api/v1/devices', undefined, headers)).status, 200);
  const crossSite = await server.request('POST', '/api/v1/rules', {}, { ...headers, origin: 'https://evil.example' });
  assert.equal(crossSite.status, 403, 'a cookie does not help a foreign page');
  const socket = await liveClient(t, server.base, { extraHeaders: headers });
  await socket.events.next('dashboard:data');
});

test('C2: the live stream wants a credential, in the handshake or in CONNECT', async (t) => {
  const { server, tokens } = await guarded(t);
  await assert.rejects(liveClient(t, server.base), (e) => e.message === 'unauthorized');
  await assert.rejects(liveClient(t, server.base, { auth: { token: 'wrong' } }), (e) => e.message === 'unauthorized');
  for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
    const socket = await liveClient(t, server.base, { transports, auth: { token: tokens.viewer } });
    await socket.events.next('dashboard:data');
  }
  const byHeader = await liveClient(t, server.base, { extraHeaders: { authorization: `Bearer ${tokens.viewer}` } });
  await byHeader.events.next('dashboard:data');
});

test('no event is heard before a credential, and nothing is told', async (t) => {
  const { server, tokens } = await guarded(t);
  const publisher = await mqttClient(t, server.mqtt, { username: 'any', password: tokens.operator });
  for (const packet of ['42["subscribe-fleet",{"interval":0}]', '420["subscribe-device","d"]', '421["unsubscribe-device","d"]', '43[1]', '41']) {
    const ws = new Raw(t, server.http).send(wsUpgrade(server.http));
    await ws.has(/\r\n\r\n.*0\{"sid"/s);
    ws.send(wsFrame(packet));
    await publishReading(publisher, 'd', 'x', 1);
    await ws.end();
    assert.doesNotMatch(ws.text, /dashboard|sensor-data|device-update|"ok":true/, packet);
  }
});

test('a transport without a credential may open and gets nothing but open and pings', async (t) => {
  const { server, tokens } = await guarded(t, { config: 'live:\n  connect_timeout: 1s\n' });
  const publisher = await mqttClient(t, server.mqtt, { username: 'any', password: tokens.operator });
  const ws = new Raw(t, server.http).send(wsUpgrade(server.http));
  await ws.has(/\r\n\r\n.*0\{"sid"/s);
  await publishReading(publisher, 'd', 'x', 1);
  await ws.end();
  assert.doesNotMatch(ws.text, /sensor-data|dashboard/);
});

test('MQTT takes a token of an operator or admin as password', async (t) => {
  const { server, tokens } = await guarded(t);
  const connect = (options) => mqttClient(t, server.mqtt, options).then(() => 0, (e) => e.code ?? e.message);
  assert.equal(await connect({}), 5);
  assert.equal(await connect({ username: 'u', password: 'wrong' }), 4);
  assert.equal(await connect({ username: 'u', password: tokens.viewer }), 4);
  assert.equal(await connect({ username: 'u', password: tokens.operator }), 0);
  assert.equal(await connect({ username: 'someone else', password: tokens.admin }), 0);
});

test('C2: a revoked token ends at once, for open streams too', async (t) => {
  const { server, tokens, bearer } = await guarded(t);
  const socket = await liveClient(t, server.base, { auth: { token: tokens.viewer } });
  const gone = new Promise((resolve) => { socket.once('disconnect', resolve); });
  const list = command(['token', 'list', '--data', server.data]);
  assert.equal(list.status, 0, list.stderr);
  const id = list.stdout.split('\n').find((line) => /\bviewer\b/.test(line)).trim().split(/\s+/)[0];
  assert.equal(command(['token', 'revoke', id, '--data', server.data]).status, 0);
  await within(gone, 'the stream of the revoked token to end');
  assert.equal((await server.request('GET', '/api/v1/devices', undefined, bearer('viewer'))).status, 401);
  assert.equal((await server.request('GET', '/api/v1/devices', undefined, bearer('operator'))).status, 200);
});

test('tokens are kept hashed', async (t) => {
  const { server, tokens } = await guarded(t);
  await server.stop();
  const file = readFileSync(join(server.data, 'telltale.db'));
  for (const token of Object.values(tokens)) {
    assert.equal(file.includes(token), false);
    assert.equal(file.includes(Buffer.from(token, 'base64url')), false);
  }
});

test('a Host that is not ours is refused', async (t) => {
  const server = await startServer(t);
  const status = async (host) => (await raw(server.http, { path: '/api/v1/devices', headers: { host } })).status;
  for (const host of [`127.0.0.1:${server.http}`, `localhost:${server.http}`, `[::1]:${server.http}`, 'localhost']) {
    assert.equal(await status(host), 200, host);
  }
  for (const host of ['evil.example', `evil.example:${server.http}`, '127.0.0.1.evil.example', '192.0.2.1']) {
    assert.equal(await status(host), 421, host);
  }
});

test('C1: a foreign Origin neither reads nor writes nor upgrades', async (t) => {
  const server = await startServer(t);
  const status = async (method, path, origin) => (await raw(server.http, { method, path, headers: { origin } }));
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1.evil.example', 'file://']) {
    assert.equal((await status('POST', '/api/v1/rules', origin)).status, 403, origin);
    const read = await status('GET', '/api/v1/devices', origin);
    assert.equal(read.headers['access-control-allow-origin'], undefined, origin);
    assert.equal((await status('GET', '/socket.io/?EIO=4&transport=polling', origin)).status, 403, origin);
    const ws = new Raw(t, server.http).send(wsUpgrade(server.http, { headers: `Origin: ${origin}\r\n` }));
    assert.equal(await ws.status(), 403, origin);
  }
  for (const origin of [`http://127.0.0.1:${server.http}`, 'http://localhost:5173']) {
    const read = await status('GET', '/api/v1/devices', origin);
    assert.equal(read.status, 200);
    const ws = new Raw(t, server.http).send(wsUpgrade(server.http, { headers: `Origin: ${origin}\r\n` }));
    assert.equal(await ws.status(), 101, origin);
  }
});

test('without authentication nothing that came through a proxy is served', async (t) => {
  const server = await startServer(t);
  for (const headers of [{ 'x-forwarded-for': '192.0.2.1' }, { forwarded: 'for=192.0.2.1' }]) {
    const { status } = await raw(server.http, { path: '/api/v1/devices', headers });
    assert.ok(status >= 400 && status < 500, `${JSON.stringify(headers)}: ${status}`);
  }
});

test('listening beyond loopback without anybody who may log in is refused with a sentence', async (t) => {
  const folder = temporaryFolder(t);
  const args = (more) => ['serve', '--data', join(folder, 'data'), '--http', '0.0.0.0:0', '--mqtt', '127.0.0.1:0', ...more];
  const open = command(args(['--no-auth']));
  assert.equal(open.status, 1);
  assert.match(open.stderr, /no-auth/);
  const empty = command(args([]));
  assert.equal(empty.status, 1);
  assert.match(empty.stderr, /token create/);
  for (const { stderr } of [open, empty]) assert.equal(stderr.trim().split('\n').length, 1, stderr);
});

test('with a token a listener beyond loopback serves, by its address', async (t) => {
  const address = Object.values(networkInterfaces()).flat().find((i) => i.family === 'IPv4' && !i.internal)?.address;
  if (!address || !existsSync('/proc/net')) {
    t.skip('no address beyond loopback on this machine');
    return;
  }
  const data = join(temporaryFolder(t), 'data');
  const token = makeToken(data, 'viewer');
  const server = await startServer(t, { data, noAuth: false, args: ['--http', '0.0.0.0:0'] });
  const port = Number(await until(() => /http listening on 0\.0\.0\.0:(\d+)/.exec(server.stdout)?.[1], 'the second ready line'));
  const own = await raw(port, { host: address, path: '/api/v1/devices', headers: { host: `${address}:${port}`, authorization: `Bearer ${token}` } });
  assert.equal(own.status, 200);
  const foreign = await raw(port, { path: '/api/v1/devices', headers: { host: 'evil.example', authorization: `Bearer ${token}` } });
  assert.equal(foreign.status, 421);
});

test('an acknowledgement names who gave it', async (t) => {
  const { server, tokens, bearer } = await guarded(t);
  const publisher = await mqttClient(t, server.mqtt, { username: 'any', password: tokens.operator });
  await server.rest('POST', '/rules', { deviceId: 'd', sensorType: 'x', condition: 'greater_than', threshold: 0, severity: 'info' }, bearer('operator'));
  await publishReading(publisher, 'd', 'x', 1);
  const { alerts } = await server.rest('GET', '/alerts?state=open', undefined, bearer('viewer'));
  const answer = await server.request('POST', `/api/v1/alerts/${alerts[0].id}/acknowledge`, undefined, bearer('operator'));
  assert.equal(answer.status, 200);
  assert.ok(answer.body.acknowledgedBy, answer.text);
  const socket = await liveClient(t, server.base, { auth: { token: tokens.viewer } });
  assert.ok((await ask(socket, 'subscribe-device', 'd')).error === undefined);
});

test('a client that may not read is told so once and stays out', async (t) => {
  const { server } = await guarded(t);
  const socket = io(server.base, { transports: ['websocket'], reconnection: false, forceNew: true, auth: { token: 'no' } });
  t.after(() => socket.disconnect());
  const error = await within(new Promise((resolve) => { socket.once('connect_error', resolve); }), 'connect_error');
  assert.equal(error.message, 'unauthorized');
  assert.equal(socket.connected, false);
});
