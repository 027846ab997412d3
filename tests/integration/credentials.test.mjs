// SPDX-License-Identifier: Apache-2.0
// Credentials of devices: made and revoked from the command line and by REST, and what a device
// that has one may say and hear. Hostile devices try to be another one, by topic and by payload.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import mqtt from 'mqtt';
import { Authority, contents } from '../support/certificates.mjs';
import { mqttClient, publishReading, reading } from '../support/clients.mjs';
import { Raw, mqttConnect, mqttPacket, mqttText } from '../support/raw.mjs';
import { command, sanitized, startServer, temporaryFolder } from '../support/server.mjs';
import { until, within } from '../support/wait.mjs';

const SECRET = /^[A-Za-z0-9_-]{43}$/m;

function device(data, ...words) {
  return command(['device', ...words, '--data', data]);
}

function addDevice(data, ...words) {
  const result = device(data, 'add', ...words);
  assert.equal(result.status, 0, result.stderr);
  const secret = SECRET.exec(result.stdout)?.[0];
  assert.ok(secret, `no secret in ${result.stdout}`);
  return secret;
}

// A server that asks for credentials, with an admin's token.
async function guarded(t, options = {}) {
  const data = join(temporaryFolder(t), 'data');
  const token = SECRET.exec(command(['token', 'create', '--role', 'admin', '--data', data]).stdout)[0];
  const server = await startServer(t, { data, noAuth: false, ...options });
  const headers = { authorization: `Bearer ${token}` };
  return {
    server, data, token, headers,
    rest: (method, path, body) => server.request(method, `/api/v1${path}`, body, headers),
    dropped: async (reason) => (await server.metrics(headers)).get(`telltale_dropped_total{reason="${reason}"}`) ?? 0,
  };
}

const connectAs = (t, server, username, password, options = {}) => mqttClient(t, server.mqtt, { username, password, ...options });

const closed = (client) => within(new Promise((resolve) => { client.once('close', resolve); }), 'the connection to close');

test('a device logs in with the secret that `device add` shows once', async (t) => {
  const { server, data, rest } = await guarded(t);
  const secret = addDevice(data, 'pump-1');
  const client = await connectAs(t, server, 'pump-1', secret);
  await client.publishAsync('sensors/pump-1/temperature', reading('pump-1', 'temperature', 21), { qos: 1 });
  const answer = await rest('GET', '/devices/pump-1');
  assert.equal(answer.status, 200);
  assert.equal(answer.body.sensors[0].value, 21);
  await assert.rejects(connectAs(t, server, 'pump-1', `${secret.slice(1)}x`), /[Bb]ad user/);
  await assert.rejects(connectAs(t, server, 'pump-2', secret), /[Bb]ad user/);
  await assert.rejects(connectAs(t, server, 'pump-1', undefined), /[Nn]ot authorized/);
  const listed = device(data, 'list').stdout;
  assert.match(listed, /^pump-1 +made \d{4}.* used \d{4}/m);
  assert.ok(!listed.includes(secret));
});

test('a device can\'t speak as another one, neither by topic nor by payload (F36)', async (t) => {
  const { server, data, rest, dropped } = await guarded(t);
  const secret = addDevice(data, 'a', '--publish', '#');
  const strict = addDevice(data, 'b');
  const client = await connectAs(t, server, 'a', secret);
  await client.publishAsync('sensors/victim/temperature', '666', { qos: 1 });
  await client.publishAsync('sensors/a/temperature', reading('victim', 'temperature', 666), { qos: 1 });
  await client.publishAsync('devices/victim/status', 'offline', { qos: 1 });
  await client.publishAsync('sensors/a/temperature', '1', { qos: 1 });
  assert.equal((await rest('GET', '/devices/victim')).status, 404);
  assert.equal((await rest('GET', '/devices/a')).body.sensors[0].value, 1);
  assert.equal(await dropped('not_its_device'), 3);
  const other = await connectAs(t, server, 'b', strict);
  await other.publishAsync('sensors/victim/temperature', '666', { qos: 1 });
  assert.equal((await rest('GET', '/devices/victim')).status, 404);
  assert.equal(await dropped('mqtt_unauthorized'), 1, 'refused by its rules, before it is looked at');
});

test('a will is checked as a message is', async (t) => {
  const { server, data, rest, dropped } = await guarded(t);
  const secret = addDevice(data, 'a', '--publish', '#');
  const client = await connectAs(t, server, 'a', secret, { will: { topic: 'devices/victim/status', payload: 'offline', qos: 1 } });
  client.stream.destroy();
  await until(async () => await dropped('not_its_device') === 1, 'the will to be refused');
  assert.equal((await rest('GET', '/devices/victim')).status, 404);
});

test('a gateway speaks for the devices of its pattern', async (t) => {
  const { server, data, rest } = await guarded(t);
  const secret = addDevice(data, 'gw', '--speaks-for', 'room-*', '--publish', 'sensors/+/#');
  const client = await connectAs(t, server, 'gw', secret);
  for (const id of ['room-1', 'room-2', 'hall']) await client.publishAsync(`sensors/${id}/co2`, '400', { qos: 1 });
  const { devices } = (await rest('GET', '/devices')).body;
  assert.deepEqual(devices.map((d) => d.id), ['room-1', 'room-2']);
});

test('a device hears what its rules permit and nothing else', async (t) => {
  const { server, data, token } = await guarded(t);
  const secret = addDevice(data, 'a', '--subscribe', 'cmnd/%u/+', '--subscribe', 'all/#');
  const client = await connectAs(t, server, 'a', secret);
  const heard = [];
  client.on('message', (topic) => heard.push(topic));
  for (const filter of ['cmnd/a/+', 'all/#', 'all/x']) {
    assert.equal((await client.subscribeAsync(filter, { qos: 1 }))[0].qos, 1, filter);
  }
  for (const filter of ['#', '+/a/x', 'cmnd/+/x', 'cmnd/b/x', 'cmnd/a/#', '$SYS/#']) {
    await assert.rejects(client.subscribeAsync(filter, { qos: 1 }), filter);
  }
  const tool = await connectAs(t, server, 'anybody', token);
  await tool.publishAsync('cmnd/b/power', 'off', { qos: 1 });
  await tool.publishAsync('cmnd/a/power', 'off', { qos: 1 });
  await until(() => heard.length > 0, 'the command');
  assert.deepEqual(heard, ['cmnd/a/power']);
});

test('a hostile client id stays inert in a rule (C23)', async (t) => {
  const { server, data, dropped } = await guarded(t);
  const secret = addDevice(data, 'a', '--publish', 'c/%c/x', '--subscribe', 'c/%c/x');
  let refused = 0;
  for (const [clientId, filter] of [['+', 'c/+/x'], ['#', 'c/#'], ['a/b', 'c/a/b/x'], ['..', 'c/+/x']]) {
    const client = await connectAs(t, server, 'a', secret, { clientId });
    await assert.rejects(client.subscribeAsync(filter), clientId);
    refused += 1;
    assert.equal(await dropped('mqtt_unauthorized'), refused);
    await client.endAsync();
  }
  const honest = await connectAs(t, server, 'a', secret, { clientId: 'me' });
  assert.equal((await honest.subscribeAsync('c/me/x'))[0].qos, 0);
});

test('revoking closes the device\'s connections at once, and its session is nobody\'s (C23)', async (t) => {
  const { server, data, rest } = await guarded(t);
  const secret = addDevice(data, 'a');
  const client = await connectAs(t, server, 'a', secret);
  const gone = closed(client);
  assert.equal((await rest('DELETE', '/credentials/a')).status, 204);
  await gone;
  await assert.rejects(connectAs(t, server, 'a', secret), /[Bb]ad user/);
  assert.equal((await rest('DELETE', '/credentials/a')).status, 404);
  const again = addDevice(data, 'a');
  assert.notEqual(again, secret);
  await connectAs(t, server, 'a', again);
});

// What a new subscriber is given of a filter, once the sentinel that follows has come.
async function retained(reader, publisher, filter) {
  const got = [];
  const take = (topic, payload, packet) => { if (packet.retain) got.push(topic); };
  reader.on('message', take);
  await reader.subscribeAsync(filter, { qos: 1, rh: 0 });
  await publisher.publishAsync('sentinel', 'x', { qos: 1, retain: true });
  await reader.subscribeAsync('sentinel', { qos: 1 });
  await until(() => got.includes('sentinel'), 'the sentinel');
  reader.off('message', take);
  return got.filter((topic) => topic !== 'sentinel').sort();
}

test('C23: what a credential or token left as retained goes when it is revoked, its will too', async (t) => {
  const { server, data, rest, token } = await guarded(t);
  const operator = SECRET.exec(command(['token', 'create', '--role', 'operator', '--data', data]).stdout)[0];
  const tool = await connectAs(t, server, 'x', token);
  const byDevice = await connectAs(t, server, 'a', addDevice(data, 'a'), { will: { topic: 'a/will', payload: 'x', qos: 1, retain: true } });
  const byToken = await connectAs(t, server, 'x', operator);
  await byDevice.publishAsync('a/own', '1', { qos: 1, retain: true });
  await byDevice.publishAsync('a/taken', '1', { qos: 1, retain: true });
  await byToken.publishAsync('p/own', '1', { qos: 1, retain: true });
  await tool.publishAsync('a/taken', '2', { qos: 1, retain: true });
  await tool.publishAsync('p/tool', '2', { qos: 1, retain: true });
  assert.deepEqual(await retained(tool, tool, '#'), ['a/own', 'a/taken', 'p/own', 'p/tool']);
  assert.equal((await rest('DELETE', '/credentials/a')).status, 204);
  assert.deepEqual(await retained(tool, tool, '#'), ['a/taken', 'p/own', 'p/tool']);
  const { tokens } = (await rest('GET', '/tokens')).body;
  await rest('DELETE', `/tokens/${tokens.find((x) => x.role === 'operator').id}`);
  assert.deepEqual(await retained(tool, tool, '#'), ['a/taken', 'p/tool']);
});

test('rules that nobody can mean are refused with words, on the command line and by REST', async (t) => {
  const { server, data, rest } = await guarded(t);
  const print = 'ab'.repeat(32);
  for (const [field, words, body, why] of [
    ['publish', ['--publish', 'x/%z/#'], { publish: ['x/%z/#'] }, /%u .* and %c/],
    ['subscribe', ['--subscribe', '100%'], { subscribe: ['100%'] }, /%u .* and %c/],
    ['publish', ['--publish', '$SYS/x'], { publish: ['$SYS/x'] }, /begin with \$/],
    ['subscribe', ['--subscribe', '$share/g/x'], { subscribe: ['$share/g/x'] }, /shared subscription/],
    ['commonName', ['--fingerprint', print, '--common-name', 'n'], { fingerprint: print, commonName: 'n' }, /not by both/],
  ]) {
    const told = device(data, 'add', 'new', ...words);
    assert.equal(told.status, 1, words.join(' '));
    assert.match(told.stderr, why);
    const answer = await rest('POST', '/credentials', { id: 'new', ...body });
    assert.equal(answer.status, 400, answer.text);
    assert.equal(answer.body.error.field, field);
    assert.match(answer.body.error.message, why);
  }
  assert.equal(device(data, 'add', 'new', '--subscribe', '$SYS/broker/uptime').status, 0);
  await server.stop();
  assert.equal(device(data, 'add', 'other', '--publish', '%z').status, 1);
});

test('listing or revoking where there is no store makes none', (t) => {
  const data = join(temporaryFolder(t), 'data');
  for (const words of [['device', 'list'], ['token', 'list'], ['device', 'revoke', 'x'], ['token', 'revoke', 'x']]) {
    const told = command([...words, '--data', data]);
    assert.equal(told.status, 1, words.join(' '));
    assert.match(told.stderr, /there is no store in /);
    assert.ok(!existsSync(data), words.join(' '));
  }
});

test('revoking a token closes the MQTT connections that were opened with it', async (t) => {
  const { server, data, rest } = await guarded(t);
  const operator = SECRET.exec(command(['token', 'create', '--role', 'operator', '--data', data]).stdout)[0];
  const client = await connectAs(t, server, 'x', operator);
  const gone = closed(client);
  const { tokens } = (await rest('GET', '/tokens')).body;
  await rest('DELETE', `/tokens/${tokens.find((x) => x.role === 'operator').id}`);
  await gone;
});

test('REST makes, lists and revokes credentials, for admins alone', async (t) => {
  const { server, data, rest } = await guarded(t);
  const made = await rest('POST', '/credentials', { id: 'r 1', name: 'The pump', speaksFor: ['r-*'], publish: ['x/%u/#'], subscribe: [] });
  assert.equal(made.status, 201, made.text);
  const { secret, ...credential } = made.body;
  assert.match(secret, SECRET);
  assert.deepEqual({ ...credential, createdAt: 0 }, {
    id: 'r 1', name: 'The pump', speaksFor: ['r-*'], publish: ['x/%u/#'], subscribe: [],
    fingerprint: null, commonName: null, createdAt: 0, revokedAt: null, lastUsedAt: null,
  });
  assert.equal((await rest('POST', '/credentials', { id: 'r 1' })).status, 409);
  for (const [body, field] of [[{}, 'id'], [{ id: 'a/b' }, 'id'], [{ id: 'x', publish: ['a/#/b'] }, 'publish'], [{ id: 'x', publish: 'a' }, 'publish'],
    [{ id: 'x', speaksFor: [''] }, 'speaksFor'], [{ id: 'x', fingerprint: 'ab' }, 'fingerprint'], [{ id: 'x', subscribe: ['a\u0000'] }, 'subscribe'],
    [{ id: 'x', commonName: '' }, 'commonName'], [{ id: 'x', publish: ['a'.repeat(1025)] }, 'publish']]) {
    const answer = await rest('POST', '/credentials', body);
    assert.equal(answer.status, 400, JSON.stringify(body));
    assert.equal(answer.body.error.field, field);
  }
  const bound = (await rest('POST', '/credentials', { id: 'cert', fingerprint: 'AB'.repeat(32) })).body;
  assert.equal(bound.secret, null);
  assert.equal(bound.fingerprint, 'ab'.repeat(32));
  const page = (await rest('GET', '/credentials?limit=1')).body;
  assert.deepEqual(page.credentials.map((x) => x.id), ['r 1']);
  assert.equal(page.total, 2);
  assert.deepEqual((await rest('GET', `/credentials?limit=1&after=${page.next}`)).body.credentials.map((x) => x.id), ['cert']);
  assert.equal((await rest('DELETE', '/credentials/r%201')).status, 204);
  assert.ok((await rest('GET', '/credentials')).body.credentials[0].revokedAt > 0);
  const viewer = SECRET.exec(command(['token', 'create', '--role', 'operator', '--data', data]).stdout)[0];
  assert.equal((await server.request('GET', '/api/v1/credentials', undefined, { authorization: `Bearer ${viewer}` })).status, 403);
  assert.equal((await server.request('GET', '/api/v1/devices', undefined, { authorization: `Bearer ${secret}` })).status, 401,
    'a device\'s secret opens MQTT alone');
});

test('credentials made while no server runs are there when it starts, and live on', async (t) => {
  const data = join(temporaryFolder(t), 'data');
  const secret = addDevice(data, 'early', '--name', 'Made before');
  assert.equal(device(data, 'add', 'early').status, 1);
  const server = await startServer(t, { data, noAuth: false });
  const client = await connectAs(t, server, 'early', secret);
  await client.publishAsync('sensors/early/x', '1', { qos: 1 });
  await client.endAsync();
  await server.kill();
  assert.equal(device(data, 'revoke', 'early').status, 0);
  assert.match(device(data, 'list').stdout, /early .* revoked \d{4}/);
  await server.start();
  await assert.rejects(connectAs(t, server, 'early', secret), /[Bb]ad user/);
});

test('huge user names and passwords, many at once, cost little and hold up nobody', async (t) => {
  const { server, data, headers } = await guarded(t);
  const secret = addDevice(data, 'a');
  const before = server.memory();
  const huge = 'a'.repeat(30_000);
  const connect = (user, password) => mqttPacket(0x10, Buffer.concat([mqttText('MQTT'), Buffer.from([4, 0xc2, 0, 60]),
    mqttText('x'), mqttText(user), mqttText(password)]));
  for (let i = 0; i < 100; i++) new Raw(t, server.mqtt).send(i % 2 ? connect(huge, secret) : connect('a', huge));
  const slowed = () => server.metrics(headers).then((m) => m.get('telltale_mqtt_logins_slowed_total'));
  await until(async () => await slowed() === 97, 'all to be looked at');
  assert.ok(sanitized || server.memory() < before + (4 << 20), `${server.memory() - before} bytes more`);
  const from = Date.now();
  await connectAs(t, server, 'a', secret);
  assert.ok(Date.now() - from < 900);
});

// ---- MQTT 5 says why ----

test('a 5.0 client is told what it may not do', async (t) => {
  const { server, data } = await guarded(t);
  const secret = addDevice(data, 'a');
  const five = { protocolVersion: 5 };
  await assert.rejects(connectAs(t, server, 'a', 'wrong', five), (e) => e.code === 0x86);
  await assert.rejects(connectAs(t, server, 'a', undefined, five), (e) => e.code === 0x87);
  const client = await connectAs(t, server, 'a', secret, five);
  await assert.rejects(client.publishAsync('sensors/b/x', '1', { qos: 1 }), (e) => e.code === 0x87);
  await assert.rejects(client.publishAsync('sensors/b/x', '1', { qos: 2 }), (e) => e.code === 0x87);
  await assert.rejects(client.subscribeAsync('#', { qos: 1 }), (e) => e.code === 0x87 || /authori[sz]ed/i.test(e.message));
  await assert.rejects(client.subscribeAsync('$share/g/#', { qos: 1 }));
  await client.subscribeAsync('$share/g/a/#', { qos: 1 });
  await client.publishAsync('sensors/a/x', '1', { qos: 2 });
  const told = within(new Promise((resolve) => { client.once('disconnect', resolve); }), 'DISCONNECT');
  assert.equal(device(data, 'revoke', 'a').status, 0);
  assert.equal((await told).reasonCode, 0x87);
});

// ---- guessing ----

test('who guesses waits longer and longer, and holds up nobody else of the same address (F35)', async (t) => {
  const { server, data, headers } = await guarded(t);
  const secret = addDevice(data, 'a');
  const guess = async () => {
    const from = Date.now();
    await assert.rejects(connectAs(t, server, 'a', 'x'.repeat(43)), /[Bb]ad user/);
    return Date.now() - from;
  };
  for (let i = 0; i < 3; i++) assert.ok(await guess() < 900, 'mistyping costs nothing');
  const slow = guess();
  const from = Date.now();
  await connectAs(t, server, 'a', secret);
  assert.ok(Date.now() - from < 900, 'a right password is not held up');
  assert.ok(await slow >= 900);
  assert.equal((await server.metrics(headers)).get('telltale_mqtt_logins_slowed_total'), 1);
});

test('connections that never say who they are, are capped by address (F13)', async (t) => {
  const server = await startServer(t);
  const idle = Array.from({ length: 1024 }, () => new Raw(t, server.mqtt));
  await until(async () => (await server.metrics()).get('telltale_mqtt_connections') === 1024, 'all to be accepted');
  const late = new Raw(t, server.mqtt);
  await late.end();
  assert.equal(await server.dropped('mqtt_connection_limit'), 1);
  idle[0].send(mqttConnect('known'));
  await idle[0].has(/\x20\x02\x00\x00/);
  const next = new Raw(t, server.mqtt);
  next.send(mqttConnect('next'));
  await next.has(/\x20\x02\x00\x00/);
});

// ---- limits of one client ----

test('a device that sends too fast is read more slowly, and loses nothing', async (t) => {
  const { server, data, token, headers } = await guarded(t, { config: 'mqtt:\n  device_rate: 200\n' });
  const secret = addDevice(data, 'a');
  const client = await connectAs(t, server, 'a', secret);
  const from = Date.now();
  const many = Array.from({ length: 450 }, (_, i) => client.publishAsync('sensors/a/x', reading('a', 'x', i, from - 1000 + i), { qos: 1 }));
  await Promise.all(many);
  await client.publishAsync('sensors/a/x', reading('a', 'x', 450, from), { qos: 1 });
  const took = Date.now() - from;
  assert.ok(took >= 1200, `451 messages at 200 a second after a burst of 200 took ${took} ms`);
  const metrics = await server.metrics(headers);
  assert.ok(metrics.get('telltale_mqtt_throttled_total') >= 1);
  assert.equal(metrics.get('telltale_readings_total'), 451);
  const tool = await connectAs(t, server, 'x', token);
  const begin = Date.now();
  await Promise.all(Array.from({ length: 500 }, (_, i) => publishReading(tool, 'tool', 'x', i)));
  assert.ok(Date.now() - begin < 1200, 'tokens have no such limit');
});

test('a credential has so many connections and no more', async (t) => {
  const { server, data } = await guarded(t, { config: 'mqtt:\n  device_connections: 2\n' });
  const secret = addDevice(data, 'a');
  const one = await connectAs(t, server, 'a', secret, { clientId: 'one' });
  await connectAs(t, server, 'a', secret, { clientId: 'two' });
  await assert.rejects(connectAs(t, server, 'a', secret, { clientId: 'three' }), /[Uu]navailable/);
  await connectAs(t, server, 'a', secret, { clientId: 'two' });
  await one.endAsync();
  await until(() => connectAs(t, server, 'a', secret, { clientId: 'three' }), 'a place to be free');
});

test('a device can\'t take the client id of another', async (t) => {
  const { server, data, token, dropped } = await guarded(t);
  const a = addDevice(data, 'a');
  const b = addDevice(data, 'b');
  const victim = await connectAs(t, server, 'a', a, { clientId: 'mine', clean: false });
  await assert.rejects(connectAs(t, server, 'b', b, { clientId: 'mine' }), /[Ii]dentifier rejected/);
  await victim.publishAsync('sensors/a/x', '1', { qos: 1 });
  assert.equal(await dropped('mqtt_unauthorized'), 1);
  victim.stream.destroy();
  await until(async () => (await server.metrics({ authorization: `Bearer ${token}` })).get('telltale_mqtt_connections') === 0, 'it to be gone');
  await assert.rejects(connectAs(t, server, 'b', b, { clientId: 'mine' }), /[Ii]dentifier rejected/, 'nor what it left');
  await connectAs(t, server, 'a', a, { clientId: 'mine', clean: false });
  await connectAs(t, server, 'tool', token, { clientId: 'mine' });
});

test('a packet above the limit of the settings closes the connection', async (t) => {
  const { server, data, dropped } = await guarded(t, { config: 'mqtt:\n  max_packet: 1kB\n' });
  const secret = addDevice(data, 'a');
  const client = await connectAs(t, server, 'a', secret);
  await client.publishAsync('sensors/a/x', '1'.padEnd(900), { qos: 1 });
  const gone = closed(client);
  client.publish('sensors/a/x', '1'.padEnd(1100));
  await gone;
  assert.equal(await dropped('mqtt_too_large'), 1);
});

test('what may wait for its acknowledgement is a setting, and a 5.0 client is told', async (t) => {
  const { server, data } = await guarded(t, { config: 'mqtt:\n  max_inflight: 1\n' });
  const secret = addDevice(data, 'a');
  const login = { port: server.mqtt, username: 'a', password: secret, protocolVersion: 5 };
  const five = mqtt.connect({ host: '127.0.0.1', reconnectPeriod: 0, ...login });
  t.after(() => five.endAsync(true).catch(() => {}));
  const connack = await within(new Promise((resolve) => { five.once('connect', resolve); }), 'CONNACK');
  assert.equal(connack.properties.receiveMaximum, 1);
  const old = await connectAs(t, server, 'a', secret);
  await Promise.all(Array.from({ length: 50 }, (_, i) => old.publishAsync('sensors/a/x', String(i), { qos: 1 })));
});

// ---- certificates ----

test('a client certificate logs in without a password, as the credential that it is bound to', async (t) => {
  const authority = new Authority(t);
  const own = authority.sign('server');
  const config = `mqtt:\n  listen_tls: ["127.0.0.1:0"]\ntls:\n  certificate: ${own.certificate}\n  key: ${own.key}\n`
    + `  client_ca: ${authority.ca}\n  client_certificates: optional\n`;
  const { server, data, rest, dropped } = await guarded(t, { config });
  const mqtts = await until(() => Number(/^mqtts listening on 127\.0\.0\.1:(\d+)$/m.exec(server.stdout)?.[1]) || null, 'the mqtts port');
  const named = authority.sign('dev-1');
  const printed = authority.sign('dev-2');
  const stranger = authority.sign('dev-3');
  const { fingerprint256 } = new (await import('node:crypto')).X509Certificate(contents(printed.certificate));
  assert.equal(device(data, 'add', 'pump-1', '--common-name', 'dev-1').status, 0);
  assert.equal(device(data, 'add', 'pump-2', '--fingerprint', fingerprint256).status, 0);
  const connectWith = (files, options = {}) => mqttClient(t, mqtts, { protocol: 'mqtts', ca: contents(authority.ca), servername: '',
    cert: files && contents(files.certificate), key: files && contents(files.key), ...options });
  const one = await connectWith(named);
  await one.publishAsync('sensors/pump-1/x', '1', { qos: 1 });
  await one.publishAsync('pump-1/y', reading('pump-2', 'x', 6), { qos: 1 });
  const two = await connectWith(printed);
  await two.publishAsync('sensors/pump-2/x', '2', { qos: 1 });
  assert.equal((await rest('GET', '/devices/pump-1')).body.sensors[0].value, 1);
  assert.equal((await rest('GET', '/devices/pump-2')).body.sensors[0].value, 2);
  assert.equal(await dropped('not_its_device'), 1);
  await assert.rejects(connectWith(stranger), /[Nn]ot authorized/);
  await assert.rejects(connectWith(null), /[Nn]ot authorized/);
  const gone = closed(one);
  assert.equal(device(data, 'revoke', 'pump-1').status, 0);
  await gone;
  await assert.rejects(connectWith(named), /[Nn]ot authorized/);
});
