// SPDX-License-Identifier: Apache-2.0
// Credentials of devices: made and revoked from the command line and by REST, and what a device
// that has one may say and hear. Hostile devices try to be another one, by topic and by payload.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { mqttClient, reading } from '../support/clients.mjs';
import { command, startServer, temporaryFolder } from '../support/server.mjs';
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

test('a device can\'t speak as another one, neither by topic nor by payload', async (t) => {
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

test('a hostile client id stays inert in a rule', async (t) => {
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

test('revoking closes the device\'s connections at once, and its session is nobody\'s', async (t) => {
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

test('huge user names and passwords are refused and cost nothing', async (t) => {
  const { server, data, dropped } = await guarded(t);
  const secret = addDevice(data, 'a');
  const before = server.memory();
  for (let i = 0; i < 20; i++) {
    await assert.rejects(connectAs(t, server, 'a'.repeat(30_000), secret));
    await assert.rejects(connectAs(t, server, 'a', 'b'.repeat(30_000)));
  }
  assert.equal(await dropped('mqtt_unauthorized'), 40);
  assert.ok(server.memory() < before + (4 << 20), 'memory stays');
  await connectAs(t, server, 'a', secret);
});
