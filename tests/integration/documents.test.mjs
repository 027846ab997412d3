// SPDX-License-Identifier: Apache-2.0
// Documents over REST: made, read, replaced by version, deleted; kept over a crash; secrets that go
// in and never come out; what is refused.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { startServer, temporaryFolder } from '../support/server.mjs';

const board = { title: 'Cold rooms', widgets: [{ type: 'chart', at: [0, 0, 6, 6], series: ['room-1/temperature'] }] };

test('a document comes back as it was written, with its version, also after kill -9', async (t) => {
  const data = join(temporaryFolder(t), 'data');
  let server = await startServer(t, { data });
  const made = await server.request('POST', '/api/v1/dashboards', board);
  assert.equal(made.status, 201);
  const { id, version, createdAt, updatedAt, updatedBy, ...rest } = made.body;
  assert.deepEqual(rest, board);
  assert.deepEqual([version, createdAt === updatedAt, updatedBy], [1, true, 'local']);
  const named = await server.request('PUT', '/api/v1/dashboards/pinned', { title: 'Pinned', 'a"b\n': 'ü' });
  assert.equal(named.status, 201);
  await server.kill();
  server = await startServer(t, { data });
  assert.deepEqual((await server.request('GET', `/api/v1/dashboards/${id}`)).body, made.body);
  assert.equal((await server.request('GET', '/api/v1/dashboards/pinned')).body['a"b\n'], 'ü');
  const list = (await server.request('GET', '/api/v1/dashboards')).body;
  assert.deepEqual(list.dashboards.map((d) => d.id), [id, 'pinned']);
  assert.equal(list.next, null);
  const byId = async (name) => (await server.get(`/dashboards?id=${name}`)).dashboards.map((d) => d.id);
  assert.deepEqual([await byId('pinned'), await byId('nobody')], [['pinned'], []]);
  assert.equal((await server.request('DELETE', `/api/v1/dashboards/${id}`)).status, 204);
  await server.kill();
  server = await startServer(t, { data });
  assert.equal((await server.request('GET', `/api/v1/dashboards/${id}`)).status, 404);
  assert.equal((await server.request('GET', '/api/v1/plans')).body.plans.length, 0);
});

test('who began from an older version is told so, and nothing is overwritten', async (t) => {
  const server = await startServer(t);
  const put = (body) => server.request('PUT', '/api/v1/dashboards/d', body);
  assert.equal((await put({ title: 'a', version: 1 })).status, 409);
  const first = (await put({ title: 'a', version: 0 })).body;
  assert.equal((await put({ title: 'again', version: 0 })).status, 409);
  const second = await put({ ...first, title: 'b' });
  assert.deepEqual([second.status, second.body.version, second.body.title], [200, 2, 'b']);
  const late = await put({ ...first, title: 'c' });
  assert.deepEqual([late.status, late.body.error.field ?? late.body.error.code], [409, 'exists']);
  assert.equal((await server.request('GET', '/api/v1/dashboards/d')).body.title, 'b');
  assert.equal((await put({ title: 'd' })).body.version, 3);
});

test('the secrets of a channel are kept and never shown', async (t) => {
  const server = await startServer(t);
  const path = '/api/v1/channels/mail';
  const channel = { type: 'email', name: 'Mail', server: 'mail.example.org', user: 'telltale', from: 'telltale@example.org', to: ['ops@example.org'], enabled: true };
  const made = await server.request('PUT', path, { ...channel, password: 'hunter-2' });
  assert.equal(made.status, 201, made.text);
  assert.deepEqual(made.body.secrets, ['password']);
  for (const answer of [made, await server.request('GET', path), await server.request('GET', '/api/v1/channels')]) {
    assert.ok(!answer.text.includes('hunter-2'));
  }
  const kept = await server.request('PUT', path, { ...channel, name: 'Other' });
  assert.deepEqual([kept.body.secrets, kept.body.name], [['password'], 'Other']);
  const gone = await server.request('PUT', path, { ...channel, password: null });
  assert.deepEqual(gone.body.secrets, []);
});

test('what is no document is refused by name', async (t) => {
  const server = await startServer(t);
  const refused = async (method, path, body, status, word) => {
    const answer = await server.request(method, `/api/v1/dashboards${path}`, body, { 'content-type': 'application/json' });
    assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
    if (word) assert.equal(answer.body.error.field ?? answer.body.error.code, word);
  };
  await refused('POST', '', '[]', 400, 'invalid_json');
  await refused('POST', '', '{"a":', 400, 'invalid_json');
  await refused('POST', '', '{"a":1,}', 400, 'invalid_json');
  await refused('POST', '', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`, 400, 'invalid_json');
  await refused('PUT', '/x', { version: -1 }, 400, 'version');
  await refused('PUT', '/x', { version: 'one' }, 400, 'version');
  await refused('PUT', '/%2Fetc', {}, 400, 'id');
  await refused('PUT', `/${'x'.repeat(64)}`, {}, 400, 'id');
  await refused('PUT', '/x', { text: 'x'.repeat(262144) }, 400);
  await refused('DELETE', '/x', undefined, 404);
  await refused('PATCH', '/x', {}, 405);
  const answer = await server.request('GET', '/api/v1/dashboards');
  assert.deepEqual(answer.body, { dashboards: [], next: null });
});
