// SPDX-License-Identifier: Apache-2.0
// REST under /api/v1: devices, sensors, samples, rules, and how wrong questions are refused.
import assert from 'node:assert/strict';
import test from 'node:test';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

async function setup(t) {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  return { server, client };
}

// The answer must be a refusal of the form {error: {code, message, field?}}.
async function refused(server, status, field, method, path, body) {
  const answer = await server.request(method, `/api/v1${path}`, body);
  const what = `${method} ${path} ${JSON.stringify(body)}: ${answer.text}`;
  assert.equal(answer.status, status, what);
  assert.equal(typeof answer.body?.error?.code, 'string', what);
  assert.equal(typeof answer.body.error.message, 'string', what);
  if (field) assert.equal(answer.body.error.field, field, what);
}

test('devices are listed in pages and found by a word', async (t) => {
  const { server, client } = await setup(t);
  for (let i = 0; i < 25; i++) await publishReading(client, `dev-${String(i).padStart(2, '0')}`, 'x', i);
  const seen = [];
  let path = '/devices?limit=10';
  for (let pages = 0; path && pages < 10; pages++) {
    const page = await server.get(path);
    assert.ok(page.devices.length <= 10);
    seen.push(...page.devices.map((d) => d.id));
    path = page.next ? `/devices?limit=10&after=${encodeURIComponent(page.next)}` : null;
  }
  assert.equal(seen.length, 25);
  assert.equal(new Set(seen).size, 25);
  const found = await server.get('/devices?q=dev-1');
  assert.deepEqual(found.devices.map((d) => d.id).sort(), Array.from({ length: 10 }, (_, i) => `dev-1${i}`));
});

test('a large fleet is filtered and sorted by the server, and read in windows of one order', async (t) => {
  const { server, client } = await setup(t);
  const n = 25_000;
  const rows = Array.from({ length: n }, (_, i) => `temp,device=m-${i} v=${(i * 7919) % n}`);
  for (let i = 0; i < n; i += 5000) {
    assert.equal((await fetch(`${server.base}/api/v1/write?precision=ms`, { method: 'POST', body: rows.slice(i, i + 5000).join('\n') })).status, 204);
  }
  await publishReading(client, 'last', 'other', 1);
  const ask = (query) => server.get(`/devices?${new URLSearchParams(query)}`);
  const whole = await ask({ sort: '-sensor:temp.v', limit: 3 });
  assert.deepEqual([whole.total >= n, whole.found, whole.devices[0].sensors[0].value], [true, whole.total, n - 1]);
  // Whatever the window, it is cut from the same order; who asks at once waits for the same search.
  const windows = await Promise.all([0, 1000, 2000, 12_345].map((offset) => ask({ filter: 'temp.v:>=100', sort: 'sensor:temp.v', offset, limit: 1000 })));
  for (const w of windows) assert.deepEqual(w.devices.map((d) => d.sensors[0].value), Array.from({ length: 1000 }, (_, i) => 100 + w.offset + i));
  assert.deepEqual([windows[0].found, (await ask({ filter: 'temp.v:>=100', sort: 'sensor:temp.v', offset: n, limit: 5 })).devices], [n - 100, []]);
  assert.deepEqual((await ask({ filter: 'id:m-2499 status:online', sort: '-name' })).devices.map((d) => d.id).slice(0, 2), ['m-24999', 'm-24998']);
  assert.equal((await ask({ filter: 'status:asleep' })).found, 0);
  const wrong = await server.request('GET', '/api/v1/devices?sort=colour');
  assert.deepEqual([wrong.status, JSON.parse(wrong.text).error.field], [400, 'sort']);
});

test('a device is patched member by member, durably', async (t) => {
  const { server, client } = await setup(t);
  await publishReading(client, 'd', 'x', 1);
  const patch = { name: 'Pump "one"', model: 'P-7', place: 'Hall ü', location: { lat: 48.2, lng: 16.37 }, tags: ['a', 'b'], attributes: { serial: '0012' } };
  await server.rest('PATCH', '/devices/d', patch);
  await server.rest('PATCH', '/devices/d', { place: null });
  await server.rest('PATCH', '/devices/d/sensors/x', { name: 'Speed', unit: 'rpm', min: 0, max: 3000, decimals: 1 });
  const check = async () => {
    const { name, model, place, location, tags, attributes, sensors } = await server.get('/devices/d');
    assert.deepEqual({ name, model, place, location, tags, attributes }, { ...patch, place: null });
    const { value, timestamp, ...described } = sensors[0];
    assert.deepEqual(described, { id: 'x', name: 'Speed', unit: 'rpm', kind: 'number', min: 0, max: 3000, decimals: 1 });
    assert.equal(value, 1);
    assert.ok(timestamp > 0);
  };
  await check();
  await server.kill();
  await server.start();
  await check();
  await server.rest('PATCH', '/devices/d', { location: null });
  assert.equal((await server.get('/devices/d')).location, null);
});

test('wrong members of a patch are refused by name', async (t) => {
  const { server, client } = await setup(t);
  await publishReading(client, 'd', 'x', 1);
  const wrong = [
    ['name', { name: 7 }], ['name', { name: 'x'.repeat(300) }], ['location', { location: { lat: 91, lng: 0 } }],
    ['location', { location: 'here' }], ['location', { location: { lat: 1 } }], ['tags', { tags: 'a' }], ['tags', { tags: [1] }],
    ['attributes', { attributes: [] }], ['colour', { colour: 'red' }],
  ];
  for (const [field, body] of wrong) {
    const answer = await server.request('PATCH', '/api/v1/devices/d', body);
    assert.equal(answer.status, 400, `${JSON.stringify(body)}: ${answer.text}`);
    assert.ok(answer.body.error.field?.startsWith(field), `${JSON.stringify(body)}: ${answer.text}`);
  }
  await refused(server, 400, 'decimals', 'PATCH', '/devices/d/sensors/x', { decimals: 99 });
  await refused(server, 400, 'unit', 'PATCH', '/devices/d/sensors/x', { unit: 5 });
  await refused(server, 400, undefined, 'PATCH', '/devices/d/sensors/x', { min: 5, max: 1 });
  await refused(server, 400, undefined, 'PATCH', '/devices/d', '{"name":');
  await refused(server, 400, undefined, 'PATCH', '/devices/d', '[]');
  await refused(server, 404, undefined, 'PATCH', '/devices/nobody', { name: 'x' });
  await refused(server, 404, undefined, 'PATCH', '/devices/d/sensors/none', { name: 'x' });
  assert.equal((await server.get('/devices/d')).name, null);
});

test('a deleted device is gone, with its history, until it speaks again', async (t) => {
  const { server, client } = await setup(t);
  await publishReading(client, 'd', 'x', 1);
  await server.rest('DELETE', '/devices/d');
  await refused(server, 404, undefined, 'GET', '/devices/d');
  await server.kill();
  await server.start();
  await refused(server, 404, undefined, 'GET', '/devices/d');
  const again = await mqttClient(t, server.mqtt);
  const time = Date.now();
  await publishReading(again, 'd', 'x', 2, time);
  const { points } = await server.get(`/devices/d/sensors/x/samples?from=0&to=${time + 1}`);
  assert.deepEqual(points, [[time, 2]]);
});

test('samples of a range come raw when they fit, from inclusive, to exclusive', async (t) => {
  const { server, client } = await setup(t);
  const base = 1_700_000_000_000;
  const values = [0.1, -0.0, 1e-310, 5e-324, 1.7976931348623157e308, 123456789.123456789, 1 / 3, 42];
  for (let i = 0; i < values.length; i++) await publishReading(client, 'd', 'x', values[i], base + i * 1000);
  const all = await server.get(`/devices/d/sensors/x/samples?from=${base}&to=${base + 8000}&points=100`);
  assert.equal(all.tier, 'raw');
  assert.deepEqual(all.points.map(([time]) => time), values.map((_, i) => base + i * 1000));
  all.points.forEach(([, value], i) => assert.ok(Object.is(value, values[i]) || (value === 0 && values[i] === 0), `${value} for ${values[i]}`));
  const part = await server.get(`/devices/d/sensors/x/samples?from=${base + 1000}&to=${base + 3000}`);
  assert.deepEqual(part.points.map(([time]) => time), [base + 1000, base + 2000]);
  const none = await server.get(`/devices/d/sensors/x/samples?from=${base + 100_000}&to=${base + 200_000}`);
  assert.deepEqual(none.points, []);
});

test('samples of a range that holds more than points come as buckets', async (t) => {
  const { server, client } = await setup(t);
  const base = 1_700_000_000_000;
  await Promise.all(Array.from({ length: 1000 }, (_, i) => publishReading(client, 'd', 'x', i, base + i * 1000)));
  const answer = await server.get(`/devices/d/sensors/x/samples?from=${base}&to=${base + 1_000_000}&points=100`);
  assert.notEqual(answer.tier, 'raw');
  assert.ok(answer.step >= 10_000, `step ${answer.step}`);
  assert.ok(answer.points.length <= 100 && answer.points.length >= 40, `${answer.points.length} buckets`);
  assert.equal(answer.points.reduce((sum, p) => sum + p[4], 0), 1000);
  for (const [time, min, max, mean, n] of answer.points) {
    const inside = Array.from({ length: 1000 }, (_, i) => i).filter((i) => base + i * 1000 >= time && base + i * 1000 < time + answer.step);
    assert.deepEqual([min, max, n], [inside[0], inside.at(-1), inside.length]);
    assert.ok(Math.abs(mean - (inside[0] + inside.at(-1)) / 2) < 1e-9);
  }
  const exact = await server.get(`/devices/d/sensors/x/samples?from=${base}&to=${base + 1_000_000}&points=1000`);
  assert.equal(exact.tier, 'raw');
  assert.equal(exact.points.length, 1000);
});

test('samples come as CSV on request', async (t) => {
  const { server, client } = await setup(t);
  const base = 1_700_000_000_000;
  await publishReading(client, 'd', 'x', 1.5, base);
  await publishReading(client, 'd', 'x', 2.25, base + 1000);
  const answer = await server.request('GET', `/api/v1/devices/d/sensors/x/samples?from=${base}&to=${base + 5000}`, undefined, { accept: 'text/csv' });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type'), /^text\/csv/);
  const [head, ...lines] = answer.text.trimEnd().split(/\r?\n/);
  assert.match(head, /time.*,.*value/i);
  assert.deepEqual(lines, [`${base},1.5`, `${base + 1000},2.25`]);
});

test('wrong questions for samples are refused by the name of the field', async (t) => {
  const { server, client } = await setup(t);
  await publishReading(client, 'd', 'x', 1);
  const samples = (query) => `/devices/d/sensors/x/samples?${query}`;
  await refused(server, 400, 'from', 'GET', samples('from=yesterday&to=5'));
  await refused(server, 400, 'to', 'GET', samples('from=1&to=x'));
  await refused(server, 400, undefined, 'GET', samples('from=10&to=5'));
  await refused(server, 400, 'points', 'GET', samples('from=0&to=5&points=0'));
  await refused(server, 400, 'points', 'GET', samples('from=0&to=5&points=100001'));
  await refused(server, 400, 'points', 'GET', samples('from=0&to=5&points=many'));
  await refused(server, 400, 'limit', 'GET', '/devices?limit=0');
  await refused(server, 400, 'limit', 'GET', '/devices?limit=ten');
  await refused(server, 404, undefined, 'GET', '/devices/d/sensors/none/samples?from=0&to=5');
  await refused(server, 404, undefined, 'GET', '/no/such/route');
  const wrongMethod = await server.request('PUT', '/api/v1/devices/d', {});
  assert.equal(wrongMethod.status, 405);
});

test('hostile ids are reached percent-encoded and by query, dots are refused', async (t) => {
  const { server, client } = await setup(t);
  const ids = ['../../x', '<img src=x onerror=alert(1)>', 'a/b?c#d%2F e', 'größe', '"quoted"\\'];
  const base = 1_700_000_000_000;
  for (const id of ids) await client.publishAsync('any/topic', JSON.stringify({ deviceId: id, sensorType: id, value: 1, timestamp: base }), { qos: 1 });
  for (const id of ids) {
    const e = encodeURIComponent(id);
    assert.equal((await server.get(`/devices/${e}`)).id, id);
    const byPath = await server.get(`/devices/${e}/sensors/${e}/samples?from=${base}&to=${base + 1}`);
    assert.deepEqual(byPath.points, [[base, 1]]);
    const byQuery = await server.get(`/samples?device=${e}&sensor=${e}&from=${base}&to=${base + 1}`);
    assert.deepEqual(byQuery.points, [[base, 1]]);
    await server.rest('PATCH', `/devices/${e}`, { name: id });
    assert.equal((await server.get(`/devices/${e}`)).name, id);
  }
  for (const path of ['/devices/%2e', '/devices/%2e%2e', '/devices/%2E%2e/sensors/x/samples', '/devices/%zz', '/devices/%ff']) {
    const answer = await server.request('GET', `/api/v1${path}`);
    assert.ok(answer.status === 400 || answer.status === 404, `${path}: ${answer.status}`);
  }
});

test('rules are made, listed, changed and deleted, durably', async (t) => {
  const { server } = await setup(t);
  const rule = { deviceId: 'd', sensorType: 'x', condition: 'greater_than', threshold: 30.5, severity: 'critical' };
  const made = await server.request('POST', '/api/v1/rules', rule);
  assert.equal(made.status, 201, made.text);
  const { id, ...rest } = made.body;
  assert.equal(typeof id, 'string');
  for (const [key, value] of Object.entries({ ...rule, enabled: true })) assert.deepEqual(rest[key], value, key);
  await server.kill();
  await server.start();
  assert.deepEqual(await server.get(`/rules/${id}`), made.body);
  assert.deepEqual((await server.get('/rules')).rules, [made.body]);
  await server.rest('PATCH', `/rules/${id}`, { threshold: 31, enabled: false });
  const changed = await server.get(`/rules/${id}`);
  assert.deepEqual([changed.threshold, changed.enabled, changed.condition], [31, false, 'greater_than']);
  await server.rest('DELETE', `/rules/${id}`);
  await refused(server, 404, undefined, 'GET', `/rules/${id}`);
  assert.deepEqual((await server.get('/rules')).rules, []);
});

test('a bad rule is refused by the name of the field', async (t) => {
  const { server } = await setup(t);
  const good = { deviceId: 'd', sensorType: 'x', condition: 'greater_than', threshold: 30, severity: 'info' };
  const wrong = [
    ['deviceId', { deviceId: undefined }], ['deviceId', { deviceId: '' }], ['deviceId', { deviceId: '..' }], ['deviceId', { deviceId: 5 }],
    ['sensorType', { sensorType: undefined }], ['condition', { condition: 'above' }], ['condition', { condition: undefined }],
    ['threshold', { threshold: '30' }], ['threshold', { threshold: null }], ['threshold', { threshold: undefined }],
    ['severity', { severity: 'fatal' }], ['enabled', { enabled: 'yes' }], ['extra', { extra: 1 }],
  ];
  for (const [field, change] of wrong) await refused(server, 400, field, 'POST', '/rules', { ...good, ...change });
  await refused(server, 400, undefined, 'POST', '/rules', '{"threshold":1e999}');
  await refused(server, 400, undefined, 'POST', '/rules', 'nonsense');
  assert.deepEqual((await server.get('/rules')).rules, []);
});

test('healthz is well and metrics are described', async (t) => {
  const { server } = await setup(t);
  assert.equal((await server.request('GET', '/healthz')).status, 200);
  const { text } = await server.request('GET', '/metrics');
  const names = ['telltale_messages_total', 'telltale_readings_total', 'telltale_dropped_total', 'telltale_clients',
    'telltale_store_readings', 'telltale_store_bytes', 'telltale_store_room_bytes', 'telltale_commit_seconds', 'telltale_ack_seconds', 'telltale_tick_seconds'];
  for (const name of names) {
    assert.match(text, new RegExp(`^# HELP ${name} \\S`, 'm'));
    assert.match(text, new RegExp(`^# TYPE ${name} (counter|gauge|histogram)$`, 'm'));
  }
  assert.match(text, /^telltale_queue_\w+ \d/m);
  for (const name of ['bytes', 'day_bytes', 'oldest_seconds', 'kept_seconds']) assert.match(text, new RegExp(`^telltale_store_tier_${name}\\{tier="minutes"\\} \\d+$`, 'm'));
  await until(async () => (await server.metrics()).get('telltale_store_measured_total') > 0, 'the sizes of the tiers to be measured');
  const described = new Set([...text.matchAll(/^# HELP (\S+) /gm)].map((m) => m[1]));
  for (const [, name] of text.matchAll(/^([a-z_]+)(?:\{.*\})? \S+$/gm)) {
    assert.ok(described.has(name) || described.has(name.replace(/_(bucket|sum|count)$/, '')), name);
  }
});

test('telltale_store_readings counts what is committed and distinct, over a restart too', async (t) => {
  const { server, client } = await setup(t);
  const base = 1_700_000_000_000;
  await Promise.all(Array.from({ length: 300 }, (_, i) => publishReading(client, 'd', `s${i % 3}`, i, base + Math.floor(i / 3))));
  assert.equal((await server.metrics()).get('telltale_store_readings'), 300);
  await server.kill();
  await server.start();
  assert.equal((await server.metrics()).get('telltale_store_readings'), 300);
});

test('every answer carries the security headers', async (t) => {
  const { server } = await setup(t);
  for (const path of ['/', '/api/v1/devices', '/healthz', '/api/v1/nothing']) {
    const { headers } = await server.request('GET', path);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
  }
  const page = await server.request('GET', '/');
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-security-policy'), /default-src 'self'|default-src 'none'/);
  assert.match(page.headers.get('content-security-policy'), /frame-ancestors/);
  assert.ok(page.headers.get('referrer-policy'));
});
