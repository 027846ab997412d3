// SPDX-License-Identifier: Apache-2.0
// A link to a dashboard, followed by somebody who has nothing else: what it lets see, and when it ends.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { ask, liveClient, mqttClient, publishReading } from '../support/clients.mjs';
import { command, startServer, temporaryFolder, top } from '../support/server.mjs';
import { within } from '../support/wait.mjs';

const HOUR = 3_600_000;

function makeToken(data, role) {
  return /^[A-Za-z0-9_-]{43}$/m.exec(command(['token', 'create', '--role', role, '--data', data]).stdout)[0];
}

const board = (widgets, variables = []) => ({ schema: 1, title: 'Cold rooms', variables, widgets });
const chart = (...series) => ({ type: 'chart', at: [0, 0, 6, 6], series });

// The payload of the first such event.
const first = async (socket, name, wanted) => (await socket.events.next(name, wanted)).args[0];

async function withFleet(t) {
  const data = join(temporaryFolder(t), 'data');
  const tokens = Object.fromEntries(['viewer', 'operator', 'admin'].map((role) => [role, makeToken(data, role)]));
  const server = await startServer(t, { data, noAuth: false });
  const as = (role) => ({ authorization: `Bearer ${tokens[role]}` });
  const api = (method, path, body, headers = as('operator')) => server.request(method, `/api/v1${path}`, body, headers);
  const publisher = await mqttClient(t, server.mqtt, { username: 'any', password: tokens.operator });
  for (const device of ['cold-1', 'cold-2', 'vault']) {
    for (const sensor of ['temperature', 'door']) await publishReading(publisher, device, sensor, 4, Date.now());
  }
  const share = async (id, more = {}) => {
    const made = await api('POST', `/dashboards/${id}/shares`, { expiresAt: Date.now() + HOUR, ...more });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const look = (path, method = 'GET', body = undefined) => api(method, path, body, { authorization: `Bearer ${made.body.token}` });
    return { ...made.body, look, watch: () => liveClient(t, `${server.base}/shared`, { auth: { token: made.body.token } }) };
  };
  return { server, data, tokens, api, as, publisher, share };
}

test('a link lets see its dashboard, the series on it, and nothing else', async (t) => {
  const { server, api, publisher, share } = await withFleet(t);
  await api('PATCH', '/devices/cold-1', { name: 'Cold room', tags: ['secret'], place: 'Cellar', location: { lat: 1, lng: 2 } });
  const rule = await api('POST', '/rules', { name: 'inner', deviceId: 'cold-1', sensorType: 'temperature', condition: 'greater_than', threshold: 8, severity: 'critical' });
  await api('POST', '/rules', { deviceId: 'vault', sensorType: 'door', condition: 'greater_than', threshold: 8, severity: 'critical' });
  await api('PUT', '/dashboards/d', board([chart('cold-1/temperature')]));
  const link = await share('d', { name: 'for the guard' });
  assert.match(link.token, /^[A-Za-z0-9_-]{43}$/);

  const shown = (await link.look('/shared')).body;
  assert.equal(shown.dashboard.title, 'Cold rooms');
  assert.equal(shown.expiresAt, link.expiresAt);
  const history = await link.look('/shared/history?device=cold-1&sensor=temperature');
  assert.equal(history.status, 200);
  assert.deepEqual(history.body.alerts, []);
  assert.deepEqual((await link.look('/shared/history?device=cold-1')).body.series.map((s) => s.sensor), ['temperature']);
  assert.equal((await link.look('/shared/learned?device=cold-1&sensor=temperature')).status, 200);
  for (const other of ['device=cold-1&sensor=door', 'device=vault&sensor=door', 'device=vault', 'device=nothing']) {
    for (const what of ['history', 'learned']) assert.equal((await link.look(`/shared/${what}?${other}`)).status, 404, other);
  }
  const { rules } = (await link.look('/shared/rules')).body;
  assert.deepEqual(rules, [{ id: rule.body.id, deviceId: 'cold-1', sensorType: 'temperature', condition: 'greater_than', threshold: 8, severity: 'critical', enabled: true }]);

  const socket = await link.watch();
  const all = await first(socket, 'dashboard:data');
  assert.deepEqual(all.devices.map((d) => [d.id, d.name, d.tags, d.place, d.location, d.sensors.map((s) => s.id)]), [['cold-1', 'Cold room', [], null, null, ['temperature']]]);
  assert.deepEqual(all.latest.sensor, ['temperature']);
  assert.deepEqual([all.total, all.counts.devices], [1, 1]);
  await publishReading(publisher, 'vault', 'door', 20);
  await publishReading(publisher, 'cold-1', 'door', 21);
  await publishReading(publisher, 'cold-1', 'temperature', 9);
  const told = await first(socket, 'dashboard:update', (u) => u.latest.v.includes(9));
  assert.deepEqual([told.latest.device, told.latest.sensor, told.latest.v], [['cold-1'], ['temperature'], [9]]);
  await first(socket, 'dashboard:update', (u) => u.alerts.length > 0);
  const everything = [...socket.events.of('dashboard:update'), ...socket.events.of('dashboard:data')].map((e) => e.args[0]);
  assert.deepEqual([...new Set(everything.flatMap((u) => u.alerts.map((a) => `${a.deviceId} ${a.sensorType}`)))], ['cold-1 temperature']);
  assert.deepEqual([...new Set(everything.flatMap((u) => u.latest.sensor.map((s, i) => `${u.latest.device[i]} ${s}`)))], ['cold-1 temperature']);
  const refused = await ask(socket, 'subscribe-device', 'vault');
  assert.equal(refused.error.code, 'forbidden');
  assert.equal((await ask(socket, 'subscribe-fleet', { interval: 0 })).error.code, 'forbidden');
  assert.equal(server.stderr.includes(link.token), false, 'the secret is not logged');
});

test('the secret of a link is good for no other route, and no token for the link\'s', async (t) => {
  const { server, api, as, share } = await withFleet(t);
  await api('PUT', '/dashboards/d', board([chart('cold-1/temperature')]));
  const link = await share('d');
  // What anybody may ask: whether we are well, and whether somebody has an account already.
  const open = ['/healthz', '/health', '/ping', '/api/v1/setup'];
  let path = null, tried = 0;
  for (const line of readFileSync(join(top, 'docs/protocol/openapi.yaml'), 'utf8').split('\n')) {
    path = /^  (\/[^:]*):\s*$/.exec(line)?.[1].replace(/\{[^}]*\}/g, 'd') ?? path;
    const method = /^    (get|post|put|patch|delete):\s*$/.exec(line)?.[1].toUpperCase();
    if (!method || !path || path.startsWith('/api/v1/shared') || open.includes(path)) continue;
    const body = path === '/api/v1/session' ? { token: link.token } : {};
    const headers = { authorization: `Bearer ${link.token}` };
    assert.equal((await server.request(method, path, method === 'GET' ? undefined : body, headers)).status, 401, `${method} ${path}`);
    tried++;
  }
  assert.ok(tried > 40, `${tried} operations`);
  for (const role of ['viewer', 'admin']) assert.equal((await api('GET', '/shared', undefined, as(role))).status, 401);
  const connect = (path, token) => liveClient(t, server.base + path, { auth: { token } }).then(() => 'in', (e) => e.message);
  assert.equal(await connect('', link.token), 'unauthorized');
  assert.equal(await connect('/shared', as('admin').authorization.slice(7)), 'unauthorized');
  assert.equal(await connect('/shared', undefined), 'unauthorized');
  assert.equal(await connect('/shared', 'A'.repeat(43)), 'unauthorized');
});

test('who may change a dashboard makes, lists and revokes its links; the secret is shown once', async (t) => {
  const { api, as, data, server, share } = await withFleet(t);
  await api('PUT', '/dashboards/d', board([]));
  await api('PUT', '/dashboards/e', board([]));
  const link = await share('d', { name: 'hall' });
  assert.equal((await api('POST', '/dashboards/d/shares', { expiresAt: Date.now() + HOUR }, as('viewer'))).status, 403);
  assert.equal((await api('GET', '/dashboards/d/shares', undefined, as('viewer'))).status, 403);
  const listed = await api('GET', '/dashboards/d/shares');
  assert.deepEqual(listed.body.shares.map((s) => [s.id, s.name, s.expiresAt, s.viewers, 'token' in s, 'hash' in s]), [[link.id, 'hall', link.expiresAt, 0, false, false]]);
  assert.equal((await api('GET', '/dashboards/e/shares')).body.shares.length, 0);
  for (const body of [{}, { expiresAt: Date.now() - 1 }, { expiresAt: Date.now() + 400 * 24 * HOUR }, { expiresAt: 'x' },
    { expiresAt: Date.now() + HOUR, devices: 'all' }, { expiresAt: Date.now() + HOUR, devices: Array(25).fill('x') }, { expiresAt: Date.now() + HOUR, name: 7 }]) {
    assert.equal((await api('POST', '/dashboards/d/shares', body)).status, 400, JSON.stringify(body));
  }
  assert.equal((await api('POST', '/dashboards/none/shares', { expiresAt: Date.now() + HOUR })).status, 404);
  assert.equal((await api('DELETE', `/dashboards/e/shares/${link.id}`)).status, 404, 'by another dashboard it is not found');
  const socket = await link.watch();
  await socket.events.next('dashboard:data');
  assert.equal((await api('GET', '/dashboards/d/shares')).body.shares[0].viewers, 1);
  const gone = new Promise((resolve) => { socket.once('disconnect', resolve); });
  assert.equal((await api('DELETE', `/dashboards/d/shares/${link.id}`)).status, 204);
  await within(gone, 'the stream of the revoked link to end');
  assert.equal((await link.look('/shared')).status, 401);
  await assert.rejects(link.watch(), (e) => e.message === 'unauthorized');

  const kept = await share('d');
  await server.stop();
  const again = await startServer(t, { data, noAuth: false });
  const answer = await again.request('GET', '/api/v1/shared', undefined, { authorization: `Bearer ${kept.token}` });
  assert.equal(answer.status, 200, 'a link outlives a restart');
});

test('a link ends when its time is up, while somebody watches too', async (t) => {
  const { api, share } = await withFleet(t);
  await api('PUT', '/dashboards/d', board([chart('cold-1/temperature')]));
  const link = await share('d', { expiresAt: Date.now() + 2500 });
  const socket = await link.watch();
  const gone = new Promise((resolve) => { socket.once('disconnect', resolve); });
  await socket.events.next('dashboard:data');
  await within(gone, 'the stream to end with the link');
  assert.ok(Date.now() >= link.expiresAt, 'not before');
  assert.equal((await link.look('/shared')).status, 401);
  assert.equal((await link.look('/shared/history?device=cold-1&sensor=temperature')).status, 401);
  assert.equal((await api('GET', '/dashboards/d/shares')).body.shares[0].expired, true);
});

test('a link follows its dashboard: what comes on it is seen, what leaves it is not, and it ends with it', async (t) => {
  const { api, share } = await withFleet(t);
  await api('PUT', '/dashboards/d', board([chart('cold-1/temperature')]));
  const link = await share('d');
  const socket = await link.watch();
  assert.deepEqual((await first(socket, 'dashboard:data')).latest.device, ['cold-1']);
  await api('PUT', '/dashboards/d', board([chart('cold-2/door')]));
  const next = await first(socket, 'dashboard:data', (d) => d.latest.device[0] === 'cold-2');
  assert.deepEqual([next.latest.device, next.latest.sensor], [['cold-2'], ['door']]);
  assert.equal((await link.look('/shared/history?device=cold-1&sensor=temperature')).status, 404);
  const gone = new Promise((resolve) => { socket.once('disconnect', resolve); });
  await api('DELETE', '/dashboards/d');
  await within(gone, 'the stream to end with the dashboard');
  await api('PUT', '/dashboards/d', board([chart('vault/door')]));
  assert.equal((await link.look('/shared')).status, 401, 'another dashboard with the same id is not shared');
  assert.deepEqual((await api('GET', '/dashboards/d/shares')).body.shares, []);
});

test('a variable stands for the devices that were named when the link was made, and for no other', async (t) => {
  const { api, share } = await withFleet(t);
  await api('PUT', '/dashboards/d', board([chart('$device/temperature'), { type: 'alerts', at: [0, 6, 4, 4] }, { type: 'map', at: [6, 6, 4, 4] }], ['device']));
  const link = await share('d', { devices: ['cold-1', 'cold-2'] });
  const socket = await link.watch();
  const all = await first(socket, 'dashboard:data');
  assert.deepEqual(all.devices.map((d) => d.id), ['cold-1', 'cold-2']);
  assert.deepEqual(all.latest.sensor, ['temperature', 'temperature']);
  assert.equal((await link.look('/shared/history?device=vault&sensor=temperature')).status, 404);
  const none = await share('d');
  assert.deepEqual((await first(await none.watch(), 'dashboard:data')).devices, []);
});

test('earlier versions of a dashboard are kept with who wrote them, and go with it', async (t) => {
  const { api } = await withFleet(t);
  for (let n = 1; n <= 23; n++) await api('PUT', '/dashboards/d', { ...board([]), title: `${n}` });
  const { versions } = (await api('GET', '/dashboards/d/versions')).body;
  assert.deepEqual(versions.map((v) => [v.version, v.body.title]), Array.from({ length: 20 }, (_, i) => [22 - i, `${22 - i}`]));
  assert.ok(versions[0].updatedBy.length > 0 && versions[0].updatedAt > 0);
  assert.equal((await api('GET', '/dashboards/none/versions')).status, 404);
  await api('DELETE', '/dashboards/d');
  await api('PUT', '/dashboards/d', board([]));
  assert.deepEqual((await api('GET', '/dashboards/d/versions')).body.versions, []);
});
