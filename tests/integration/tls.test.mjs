// SPDX-License-Identifier: Apache-2.0
// TLS at our own listeners: https, wss and mqtts with stock clients, certificates of clients, files
// that are wrong, and files that change.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import test from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { Authority, contents } from '../support/certificates.mjs';
import { liveClient, mqttClient, publishReading, reading } from '../support/clients.mjs';
import { Raw, mqttConnect } from '../support/raw.mjs';
import { command, startServer, temporaryFolder } from '../support/server.mjs';
import { until, within } from '../support/wait.mjs';

// The port of a listener, from its ready line.
const port = (server, what) => Number(new RegExp(`^${what} listening on 127\\.0\\.0\\.1:(\\d+)$`, 'm').exec(server.stdout)?.[1]);

async function secured(t, { authority = new Authority(t), files, settings = '', ...options } = {}) {
  const own = files ?? authority.sign('server');
  const config = 'http:\n  listen_tls: ["127.0.0.1:0"]\nmqtt:\n  listen_tls: ["127.0.0.1:0"]\n'
    + `tls:\n  certificate: ${own.certificate}\n  key: ${own.key}\n${settings}`;
  const server = await startServer(t, { config, ...options });
  await until(() => port(server, 'https') > 0 && port(server, 'mqtts') > 0, 'the TLS listeners');
  return { server, authority, files: own, https: port(server, 'https'), mqtts: port(server, 'mqtts') };
}

// One HTTPS request: { status, headers, text, certificate }.
function get(at, path, { ca, method = 'GET', headers = {}, body } = {}) {
  return within(new Promise((resolve, reject) => {
    const r = request({ host: '127.0.0.1', port: at, path, method, ca: contents(ca), headers, agent: false, servername: '' }, (response) => {
      let text = '';
      const certificate = response.socket.getPeerCertificate().subject.CN;
      response.on('data', (data) => { text += data; });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text, certificate }));
    });
    r.on('error', reject);
    r.end(body);
  }), `${method} ${path} over TLS`);
}

const secureMqtt = (t, at, authority, options = {}) =>
  mqttClient(t, at, { protocol: 'mqtts', ca: contents(authority.ca), servername: '', ...options });

test('pages, REST and the live stream come over TLS, and devices report over it', async (t) => {
  const { server, authority, https, mqtts } = await secured(t);
  const page = await get(https, '/', { ca: authority.ca });
  assert.equal(page.status, 200);
  assert.match(page.text, /<html/);
  const socket = await liveClient(t, `https://127.0.0.1:${https}`, { ca: contents(authority.ca) });
  const device = await secureMqtt(t, mqtts, authority);
  await publishReading(device, 'sealed', 'x', 4);
  await socket.events.next('sensor-data', (d) => d.data.deviceId === 'sealed');
  const answer = await get(https, '/api/v1/devices/sealed', { ca: authority.ca });
  assert.equal(JSON.parse(answer.text).sensors[0].value, 4);
  const metrics = await server.metrics();
  assert.ok(metrics.get('telltale_tls_handshakes_total') >= 4);
  assert.ok(metrics.get('telltale_tls_certificate_expires_seconds') > Date.now() / 1000 + 86_400);
});

test('a large answer and many messages survive the way through TLS whole', async (t) => {
  const { server, authority, https, mqtts } = await secured(t);
  const device = await secureMqtt(t, mqtts, authority);
  const base = 1_700_000_000_000;
  for (let i = 0; i < 20_000; i++) device.publish('sensors/many/x', reading('many', 'x', i, base + i));
  await publishReading(device, 'many', 'x', 20_000, base + 20_000);
  const { text } = await get(https, `/api/v1/devices/many/sensors/x/samples?from=${base}&to=${base + 20_001}&points=100000&format=json`, { ca: authority.ca });
  const { points } = JSON.parse(text);
  const plain = await server.get(`/devices/many/sensors/x/samples?from=${base}&to=${base + 20_001}&points=100000`);
  assert.deepEqual(points, plain.points);
});

test('mosquitto_pub publishes to mqtts', async (t) => {
  const { server, authority, mqtts } = await secured(t);
  const sent = spawnSync('mosquitto_pub', ['-h', 'localhost', '-p', String(mqtts), '--cafile', authority.ca, '-q', '1',
    '-t', 'sensors/stock/x', '-m', reading('stock', 'x', 1)], { encoding: 'utf8' });
  assert.equal(sent.status, 0, sent.stderr);
  assert.equal((await server.get('/devices/stock')).sensors[0].value, 1);
});

test('the cookie of a log-in over TLS is never sent without it', async (t) => {
  const authority = new Authority(t);
  const data = join(temporaryFolder(t), 'data');
  const token = /^[A-Za-z0-9_-]{43}$/m.exec(command(['token', 'create', '--role', 'admin', '--data', data]).stdout)[0];
  const { server, https } = await secured(t, { authority, data, noAuth: false });
  const body = JSON.stringify({ token });
  const headers = { 'content-type': 'application/json' };
  const secure = await get(https, '/api/v1/session', { ca: authority.ca, method: 'POST', headers, body });
  assert.match(secure.headers['set-cookie'][0], /; Secure$/);
  const plain = await server.request('POST', '/api/v1/session', { token });
  assert.doesNotMatch(plain.headers.get('set-cookie'), /Secure/);
});

test('a device without a certificate is turned away where one is required', async (t) => {
  const authority = new Authority(t);
  const stranger = new Authority(t, 'somebody else');
  const settings = `  client_ca: ${authority.ca}\n  client_certificates: required\n`;
  const { server, https, mqtts } = await secured(t, { authority, settings });
  const own = authority.sign('device-7');
  const foreign = stranger.sign('device-7');
  await assert.rejects(secureMqtt(t, mqtts, authority));
  await assert.rejects(secureMqtt(t, mqtts, authority, { cert: contents(foreign.certificate), key: contents(foreign.key) }));
  assert.equal(await server.dropped('tls_certificate'), 2);
  const device = await secureMqtt(t, mqtts, authority, { cert: contents(own.certificate), key: contents(own.key) });
  await publishReading(device, 'device-7', 'x', 1);
  assert.equal((await get(https, '/healthz', { ca: authority.ca })).status, 200, 'browsers need none');
});

test('what is no TLS, and what never ends its handshake, is closed and counted', async (t) => {
  const { server, https, mqtts } = await secured(t);
  const plain = new Raw(t, https).send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const device = new Raw(t, mqtts).send(mqttConnect('d'));
  const stalled = new Raw(t, mqtts).send(Buffer.from([0x16, 3, 1]));
  await plain.end();
  await device.end();
  await stalled.end(15_000);
  assert.equal(await server.dropped('tls_plain'), 2);
  assert.equal(await server.dropped('tls_timeout'), 1);
});

test('files that are wrong end the start with the file and what to do', (t) => {
  const authority = new Authority(t);
  const { certificate, key } = authority.sign('server');
  const other = authority.sign('other');
  const start = (...args) => command(['serve', '--data', join(temporaryFolder(t), 'data'), '--no-auth', '--http', '127.0.0.1:0',
    '--mqtt', '127.0.0.1:0', '--mqtts', '127.0.0.1:0', ...args]);
  for (const [args, words] of [
    [[], /tls: certificate: set it/],
    [['--certificate', '/nonexistent.pem', '--key', key], /\/nonexistent\.pem: no such file/],
    [['--certificate', certificate], /its key is missing/],
    [['--certificate', key, '--key', key], /server\.key: expected certificates in PEM/],
    [['--certificate', certificate, '--key', other.key], /other\.key: does not belong to certificate .*server\.pem/],
  ]) {
    const result = start(...args);
    assert.equal(result.status, 1, result.stderr);
    assert.match(result.stderr, words);
  }
});

test('TLS beyond loopback needs a user or a token like everything else', (t) => {
  const authority = new Authority(t);
  const { certificate, key } = authority.sign('server');
  for (const [flag, more] of [['--https', []], ['--mqtts', []], ['--https', ['--no-auth']]]) {
    const result = command(['serve', '--data', join(temporaryFolder(t), 'data'), '--http', '127.0.0.1:0', '--mqtt', '127.0.0.1:0',
      flag, '0.0.0.0:0', '--certificate', certificate, '--key', key, ...more]);
    assert.equal(result.status, 1);
    assert.match(result.stderr, /telltale user add/);
  }
});

test('SIGHUP takes new files, and keeps the old ones when the new are wrong', async (t) => {
  const authority = new Authority(t);
  const first = authority.sign('first');
  const second = authority.sign('second');
  const files = { certificate: authority.file('used.pem'), key: authority.file('used.key') };
  copyFileSync(first.certificate, files.certificate);
  copyFileSync(first.key, files.key);
  const { server, https, mqtts } = await secured(t, { authority, files });
  const device = await secureMqtt(t, mqtts, authority);
  const shown = async () => (await get(https, '/healthz', { ca: authority.ca })).certificate;
  assert.equal(await shown(), 'first');
  copyFileSync(second.certificate, files.certificate);
  copyFileSync(second.key, files.key);
  server.child.kill('SIGHUP');
  await until(async () => await shown() === 'second', 'the new certificate');
  writeFileSync(files.key, 'nonsense');
  server.child.kill('SIGHUP');
  await until(() => /certificate in use stays: .*used\.key/.test(server.stderr), 'the refusal');
  assert.equal(await shown(), 'second');
  await publishReading(device, 'still', 'x', 1);
  assert.equal((await server.get('/devices/still')).sensors[0].value, 1, 'connections that were open go on');
});

test('the second connection of a client resumes its session', async (t) => {
  const { server, authority, https } = await secured(t);
  let session;
  const visit = () => within(new Promise((resolve, reject) => {
    const socket = tlsConnect({ host: '127.0.0.1', port: https, ca: contents(authority.ca), session, servername: '' });
    socket.on('error', reject);
    socket.once('session', (ticket) => { session = ticket; });
    socket.once('secureConnect', () => socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'));
    socket.resume().once('end', () => resolve(socket.isSessionReused()));
  }), 'a visit');
  assert.equal(await visit(), false);
  assert.equal(await visit(), true);
  assert.equal((await server.metrics()).get('telltale_tls_resumed_total'), 1);
});
