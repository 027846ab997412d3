// SPDX-License-Identifier: Apache-2.0
// Plans of buildings from outside: which pictures are kept, and what is refused with a word about why.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { deflateSync } from 'node:zlib';
import { command, startServer, temporaryFolder } from '../support/server.mjs';

const chunk = (type, bytes) => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(bytes.length);
  return Buffer.concat([head, Buffer.from(type), bytes, Buffer.alloc(4)]);
};

/** A grey PNG; its checksums are zero, which nobody on the way looks at. */
function png(width, height) {
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  size[8] = 8;
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', size), chunk('IDAT', deflateSync(Buffer.alloc(16))), chunk('IEND', Buffer.alloc(0))]);
}

const url = (type, bytes) => `data:${type};base64,${bytes.toString('base64')}`;
const plan = { name: 'Ground floor', image: url('image/png', png(3, 2)), corners: [[48.21, 16.37], [48.2, 16.38]] };

test('a plan comes back as it was, its picture too', async (t) => {
  const server = await startServer(t);
  const made = await server.request('POST', '/api/v1/plans', plan);
  assert.equal(made.status, 201, made.text);
  const { id, version, createdAt, updatedAt, updatedBy, ...rest } = (await server.request('GET', `/api/v1/plans/${made.body.id}`)).body;
  assert.deepEqual(rest, plan);
  const moved = await server.request('PUT', `/api/v1/plans/${id}`, { ...plan, version, corners: [[48.3, 16.37], [48.2, 16.38]] });
  assert.deepEqual([moved.status, moved.body.version], [200, 2]);
  assert.equal((await server.request('PUT', `/api/v1/plans/${id}`, { ...plan, version })).status, 409);
  // A picture for dashboards has no place.
  assert.equal((await server.request('POST', '/api/v1/plans', { name: 'Logo', image: plan.image })).status, 201);
  assert.equal((await server.request('DELETE', `/api/v1/plans/${id}`)).status, 204);
});

test('what is no picture of a kind that browsers show safely is refused, and the member is named', async (t) => {
  const server = await startServer(t);
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
  const bad = {
    'an SVG': url('image/svg+xml', svg), 'an SVG that says it is a PNG': url('image/png', svg), 'a PNG that says it is HTML': url('text/html', png(3, 2)),
    'a PNG that says it is a JPEG': url('image/jpeg', png(3, 2)), 'a page of another host': 'https://example.org/x.png', 'a script': 'javascript:alert(1)',
    'no Base64': 'data:image/png;base64,%%%%', 'a picture that is cut': url('image/png', png(3, 2).subarray(0, 20)),
    'one that unfolds to gigabytes': url('image/png', png(60_000, 60_000)), 'no side': url('image/png', png(0, 2)), 'a number': 7, nothing: undefined,
  };
  for (const [what, image] of Object.entries(bad)) {
    const answer = await server.request('POST', '/api/v1/plans', { ...plan, image });
    assert.deepEqual([answer.status, answer.body?.error.field], [400, 'image'], `${what}: ${answer.text}`);
  }
  for (const corners of [[[91, 0], [0, 0]], [[1, 1]], [[1, 1], [1, 1]], [[1, 1, 1], [2, 2]], [[1, 1], [2, 2], [3, 3]], 'x', [[0, 181], [0, 0]], [['1', 1], [2, 2]]]) {
    const answer = await server.request('POST', '/api/v1/plans', { ...plan, corners });
    assert.deepEqual([answer.status, answer.body?.error.field], [400, 'corners'], JSON.stringify(corners));
  }
  const large = await server.request('POST', '/api/v1/plans', { ...plan, image: url('image/png', Buffer.concat([png(3, 2), Buffer.alloc(200_000)])) });
  assert.deepEqual([large.status, /256 kB/.test(large.body.error.message)], [400, true], large.text);
  const huge = await server.request('POST', '/api/v1/plans', { ...plan, image: url('image/png', Buffer.concat([png(3, 2), Buffer.alloc(900_000)])) });
  assert.equal(huge.status, 413, huge.text);
  assert.deepEqual((await server.request('GET', '/api/v1/plans')).body.plans, []);
});

test('a viewer sees plans and changes none; nobody sees them without a token; answers are not to be guessed at', async (t) => {
  const data = join(temporaryFolder(t), 'data');
  const server = await startServer(t, { data, noAuth: false });
  const token = (role) => {
    const found = /[A-Za-z0-9_-]{20,}/.exec(command(['token', 'create', '--role', role, '--data', data]).stdout);
    assert.ok(found);
    return { authorization: `Bearer ${found[0]}` };
  };
  const [operator, viewer] = [token('operator'), token('viewer')];
  const made = await server.request('POST', '/api/v1/plans', plan, operator);
  assert.equal(made.status, 201, made.text);
  const path = `/api/v1/plans/${made.body.id}`;
  const seen = await server.request('GET', path, undefined, viewer);
  assert.deepEqual([seen.status, seen.headers.get('x-content-type-options'), /^application\/json/.test(seen.headers.get('content-type'))], [200, 'nosniff', true]);
  for (const [method, at, body] of [['POST', '/api/v1/plans', plan], ['PUT', path, plan], ['DELETE', path]]) {
    assert.equal((await server.request(method, at, body, viewer)).status, 403, `${method} as a viewer`);
    assert.equal((await server.request(method, at, body)).status, 401, `${method} without a token`);
  }
  assert.equal((await server.request('GET', path)).status, 401);
});
