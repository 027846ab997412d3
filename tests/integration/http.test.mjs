// SPDX-License-Identifier: Apache-2.0
// HTTP as such: connections that stay, methods, CORS, the pages and their coding, bodies, limits.
import assert from 'node:assert/strict';
import { Agent, request as httpRequest } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import test from 'node:test';
import { Raw } from '../support/raw.mjs';
import { startServer } from '../support/server.mjs';
import { until, within } from '../support/wait.mjs';

// One request over `agent`, nothing decoded: { status, headers, body, reused }.
function ask(server, { method = 'GET', path = '/', headers = {}, body, agent }) {
  return within(new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: server.http, method, path, headers, agent }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts), reused: request.reusedSocket }));
    });
    request.on('error', reject);
    request.end(body);
  }), `${method} ${path}`);
}

test('a connection stays over requests, refusals among them', async (t) => {
  const server = await startServer(t);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const json = { 'content-type': 'application/json' };
  const steps = [
    [{ path: '/healthz' }, 200], [{ path: '/api/v1/none' }, 404], [{ method: 'POST', path: '/api/v1/rules', headers: json, body: '{}' }, 400],
    [{ method: 'POST', path: '/api/v1/nothing', headers: json, body: '{"a":1}' }, 404], [{ method: 'HEAD', path: '/' }, 200], [{ path: '/api/v1/devices' }, 200],
  ];
  for (const [i, [what, status]] of steps.entries()) {
    const answer = await ask(server, { ...what, agent });
    assert.equal(answer.status, status, JSON.stringify(what));
    assert.equal(answer.reused, i > 0, JSON.stringify(what));
  }
});

test('HEAD answers as GET without the body', async (t) => {
  const server = await startServer(t);
  for (const path of ['/', '/api/v1/devices', '/api/v1/nothing']) {
    const get = await ask(server, { path });
    const head = await ask(server, { method: 'HEAD', path });
    assert.equal(head.status, get.status);
    assert.equal(head.headers['content-length'], String(get.body.length), path);
    assert.equal(head.body.length, 0);
  }
});

test('a method that a path does not take is answered with those that it does', async (t) => {
  const server = await startServer(t);
  for (const [method, path, allow] of [['DELETE', '/api/v1/devices', 'GET, HEAD'], ['GET', '/api/v1/alerts/x/acknowledge', 'POST, DELETE'],
    ['POST', '/api/v1/devices/x', 'GET, HEAD, PATCH, DELETE'], ['PUT', '/api/v1/session', 'GET, HEAD, POST, DELETE'], ['POST', '/map', 'GET, HEAD']]) {
    const answer = await ask(server, { method, path });
    assert.deepEqual([answer.status, answer.headers.allow], [405, allow], `${method} ${path}`);
  }
});

test('an allowed origin of another port may use the API, preflight included', async (t) => {
  const server = await startServer(t, { config: 'http:\n  origins: ["https://panel.example"]\n' });
  for (const origin of ['http://localhost:5173', 'https://panel.example']) {
    const preflight = await ask(server, { method: 'OPTIONS', path: '/api/v1/rules', headers: { origin, 'access-control-request-method': 'POST' } });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers['access-control-allow-origin'], origin);
    assert.match(preflight.headers['access-control-allow-methods'], /POST/);
    assert.match(preflight.headers['access-control-allow-headers'], /Content-Type/i);
    const read = await ask(server, { path: '/api/v1/devices', headers: { origin } });
    assert.equal(read.headers['access-control-allow-origin'], origin);
    assert.match(read.headers.vary, /Origin/);
  }
  const foreign = await ask(server, { method: 'OPTIONS', path: '/api/v1/rules', headers: { origin: 'http://panel.example' } });
  assert.equal(foreign.status, 403);
  assert.equal(foreign.headers['access-control-allow-origin'], undefined);
});

test('pages come compressed as asked, and not again when they did not change', async (t) => {
  const server = await startServer(t);
  const plain = await ask(server, {});
  assert.equal(plain.headers['content-encoding'], undefined);
  assert.equal(plain.headers['cache-control'], 'no-cache');
  const named = [...plain.body.toString().matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((m) => m[1]);
  assert.ok(named.some((path) => path.endsWith('.js')) && named.some((path) => path.endsWith('.css')), String(named));
  for (const path of new Set(named)) {
    assert.match(path, /-[A-Za-z0-9]{8}\.(js|css)$/, 'a name that goes with its content');
    const whole = await ask(server, { path });
    assert.equal(whole.headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.match(whole.headers.vary, /Accept-Encoding/);
    for (const [accepted, coding, unpack] of [['gzip, deflate, br', 'br', brotliDecompressSync], ['gzip, br;q=0', 'gzip', gunzipSync], ['gzip, deflate', 'gzip', gunzipSync], ['deflate', undefined, (body) => body]]) {
      const packed = await ask(server, { path, headers: { 'accept-encoding': accepted } });
      assert.equal(packed.headers['content-encoding'], coding, accepted);
      assert.deepEqual(unpack(packed.body), whole.body, accepted);
    }
  }
  for (const path of ['/', named[0]]) {
    const { etag } = (await ask(server, { path })).headers;
    const again = await ask(server, { path, headers: { 'if-none-match': etag, 'accept-encoding': 'br' } });
    assert.deepEqual([again.status, again.body.length, again.headers.etag], [304, 0, etag], path);
    assert.equal((await ask(server, { path, headers: { 'if-none-match': '"other"' } })).status, 200);
  }
});

test('every answer says what a page of ours may load: our own files, and nothing that is written into it', async (t) => {
  const server = await startServer(t);
  const policy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
  for (const path of ['/', '/devices/x', '/sw.js', '/assets/nothing.js', '/api/v1/devices', '/api/v1/nothing', '/metrics']) {
    const { headers } = await ask(server, { path });
    assert.equal(headers['content-security-policy'], policy, path);
    assert.deepEqual([headers['x-content-type-options'], headers['referrer-policy'], headers['cross-origin-opener-policy']], ['nosniff', 'no-referrer', 'same-origin'], path);
  }
  const page = (await ask(server, {})).body.toString();
  assert.doesNotMatch(page, /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/, 'no code and no style stands in the page');
  const elsewhere = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map((m) => m[1]).filter((link) => !/^(\/(?!\/)|data:)/.test(link));
  assert.deepEqual(elsewhere, []);
});

test('C14: routes of the page get the page, files that are not there do not', async (t) => {
  const server = await startServer(t);
  const page = (await ask(server, {})).body;
  const html = { accept: 'text/html,application/xhtml+xml' };
  for (const path of ['/map', '/devices/x', '/login', '/devices/a%2Fb']) assert.deepEqual((await ask(server, { path })).body, page, path);
  assert.deepEqual((await ask(server, { path: '/devices/pump.1', headers: html })).body, page);
  for (const path of ['/nothing.js', '/assets/nothing.css', '/favicon.png.map']) assert.equal((await ask(server, { path })).status, 404, path);
  for (const path of ['/..%2f..%2fetc%2fpasswd', '/%2e%2e/etc/passwd', '/a%00b', '/%c0%ae%c0%ae/', '/..%5c..%5cx', '/../x']) {
    const raw = new Raw(t, server.http).send(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
    const text = await raw.end();
    assert.doesNotMatch(text, /root:/, path);
    assert.match(text, /^HTTP\/1\.1 (200|400|404) /, path);
  }
});

test('bodies come in chunks or after 100 Continue, too', async (t) => {
  const server = await startServer(t);
  const rule = JSON.stringify({ deviceId: 'd', sensorType: 'x', condition: 'equals', threshold: 1, severity: 'info' });
  const json = 'Content-Type: application/json\r\n';
  const head = (more) => `POST /api/v1/rules HTTP/1.1\r\nHost: 127.0.0.1\r\n${json}${more}\r\n`;
  const chunked = new Raw(t, server.http).send(head('Transfer-Encoding: chunked\r\nConnection: close\r\n'));
  for (const byte of rule) chunked.send(`1;x=y\r\n${byte}\r\n`);
  chunked.send('0\r\n\r\n');
  assert.equal(await chunked.status(), 201);
  const patient = new Raw(t, server.http).send(head(`Expect: 100-continue\r\nContent-Length: ${rule.length}\r\nConnection: close\r\n`));
  await patient.has(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
  patient.send(rule);
  await patient.has(/HTTP\/1\.1 201 /);
  const wrong = new Raw(t, server.http).send(head('Transfer-Encoding: chunked\r\n'), '3\nabc');
  assert.equal(await wrong.status(), 400);
  await wrong.end();
});

test('F16, C9: a large body is refused by its length, and the refusal arrives', async (t) => {
  const server = await startServer(t);
  const before = await server.dropped('http_too_large');
  for (const [path, length] of [['/api/v1/rules', 2_000_000], ['/api/v1/session', 20_000], ['/socket.io/?EIO=4&transport=polling', 200_000], ['/api/v1/none', 2_000_000], ['/api/v1/none', 20_000]]) {
    const raw = new Raw(t, server.http).send(`POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`, 'x'.repeat(length));
    assert.equal(await raw.status(), path.endsWith('none') && length === 20_000 ? 404 : 413, path);
    await raw.end();
  }
  assert.equal(await server.dropped('http_too_large'), before + 4);
});

test('C12: no reflected value adds a line to an answer', async (t) => {
  const server = await startServer(t);
  for (const path of ['/api/v1/devices/%0d%0aSet-Cookie:%20a=b', '/api/v1/devices?limit=1%0d%0aX:%20y', '/api/v1/devices?q=%0d%0aX:%20y']) {
    const answer = await ask(server, { path });
    assert.equal(answer.headers['set-cookie'], undefined);
    assert.equal(answer.headers.x, undefined);
  }
});

test('F41: a thousand pipelined requests get a thousand answers, in order', async (t) => {
  const server = await startServer(t);
  const one = (i, last) => `GET /api/v1/devices?limit=${i} HTTP/1.1\r\nHost: a.localhost\r\n${last ? 'Connection: close\r\n' : ''}\r\n`;
  const raw = new Raw(t, server.http).send(Array.from({ length: 1000 }, (_, i) => one(i, i === 999)).join('').replaceAll('a.localhost', 'localhost'));
  const text = await raw.end(20_000);
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map((m) => Number(m[1]));
  assert.equal(statuses.length, 1000);
  assert.deepEqual([statuses[0], statuses[1], statuses[999]], [400, 200, 200]);
});

test('F13, C10: connections of one address that never send a request are capped', async (t) => {
  const server = await startServer(t);
  const idle = Array.from({ length: 1030 }, () => new Raw(t, server.http));
  await until(() => idle.filter((raw) => raw.closed).length >= 6, 'those beyond the cap to be closed');
  for (const raw of idle) raw.socket.destroy();
  await until(async () => (await server.request('GET', '/healthz').catch(() => ({}))).status === 200, 'a request to be served again');
  assert.ok(await server.dropped('connection_limit') >= 6);
});
