// SPDX-License-Identifier: Apache-2.0
// Histories of many series in one question: columns in JSON and binary, gaps, steps, bounds, tags.
import assert from 'node:assert/strict';
import test from 'node:test';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';

const base = 1_700_000_040_000;

async function setup(t) {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  return { server, client };
}

async function fill(client, device, sensor, count, step, from = base) {
  await Promise.all(Array.from({ length: count }, (_, i) => publishReading(client, device, sensor, i / 4, from + i * step)));
}

// Takes the binary answer apart as docs/protocol/history.md describes it.
function readColumns(buffer) {
  const view = new DataView(buffer);
  assert.equal(view.getUint32(0, true), 1);
  let at = 40;
  const column = (n) => {
    const values = new Float64Array(buffer, at, n);
    at += n * 8;
    return [...values];
  };
  const series = [];
  for (let i = view.getUint32(4, true); i > 0; i--) {
    const [tier, rows, gaps, decimals] = [0, 4, 8, 12].map((o) => view.getInt32(at + o, true));
    const [step, interval] = [16, 24].map((o) => view.getFloat64(at + o, true));
    at += 32;
    const names = tier === 0 ? ['t', 'v'] : ['t', 'min', 'max', 'mean', 'n'];
    series.push({ tier, decimals, step, interval, ...Object.fromEntries(names.map((name) => [name, column(rows)])), gaps: column(2 * gaps) });
  }
  assert.equal(at, buffer.byteLength);
  return { from: view.getFloat64(8, true), to: view.getFloat64(16, true), seq: view.getFloat64(32, true), series };
}

async function getColumns(server, path) {
  const answer = await fetch(`${server.base}${path}`, { headers: { accept: 'application/vnd.telltale.columns' } });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'application/vnd.telltale.columns');
  return readColumns(await answer.arrayBuffer());
}

test('many series come in one answer, in the order of the question', async (t) => {
  const { server, client } = await setup(t);
  await fill(client, 'a', 'x', 20, 1000);
  await fill(client, 'a', 'y', 10, 2000);
  await fill(client, 'b', 'z', 5, 1000);
  const answer = await server.get(`/history?device=b&device=a&sensor=y&sensor=x&from=${base}&to=${base + 60_000}`);
  assert.deepEqual(answer.series.map((s) => `${s.device}/${s.sensor}`), ['b/z', 'a/y', 'a/x']);
  assert.deepEqual(answer.series[1].t, Array.from({ length: 10 }, (_, i) => base + i * 2000));
  assert.deepEqual(answer.series[2].v, Array.from({ length: 20 }, (_, i) => i / 4));
  assert.equal(answer.series[2].interval, 1000);
  assert.equal(answer.series[2].decimals, 2);
  assert.deepEqual(answer.series[2].range, [0, 4.75]);
  assert.match(answer.seq, /^\d+\.\d+$/);
});

test('binary columns hold what JSON holds', async (t) => {
  const { server, client } = await setup(t);
  await fill(client, 'a', 'x', 100, 1000);
  await fill(client, 'a', 'y', 30, 1000);
  const path = `/history?device=a&from=${base}&to=${base + 200_000}&points=50`;
  const json = await server.get(path);
  const binary = await getColumns(server, `/api/v1${path}`);
  assert.equal(binary.series.length, 2);
  assert.equal(binary.from, base);
  for (const [i, name] of [[0, 'min'], [0, 'max'], [0, 'mean'], [0, 'n'], [0, 't'], [1, 'v'], [1, 't']]) {
    assert.deepEqual(binary.series[i][name], json.series[i][name], name);
  }
  assert.equal(binary.series[0].tier, 1);
  assert.equal(binary.series[0].step, json.series[0].step);
  assert.equal(binary.series[1].tier, 0);
});

test('a pause is told as a gap', async (t) => {
  const { server, client } = await setup(t);
  await fill(client, 'a', 'x', 20, 1000);
  await fill(client, 'a', 'x', 20, 1000, base + 100_000);
  const { gaps } = await server.get(`/devices/a/sensors/x/samples?from=${base}&to=${base + 200_000}`);
  assert.deepEqual(gaps, [[base + 19_000, base + 100_000]]);
  const buckets = await server.get(`/devices/a/sensors/x/samples?from=${base}&to=${base + 200_000}&step=10000`);
  assert.deepEqual(buckets.gaps, [[base + 20_000, base + 100_000]]);
});

test('a step gives just these buckets', async (t) => {
  const { server, client } = await setup(t);
  await fill(client, 'a', 'x', 120, 1000);
  const answer = await server.get(`/devices/a/sensors/x/samples?from=${base}&to=${base + 120_000}&step=60000`);
  assert.equal(answer.tier, 'buckets');
  assert.deepEqual(answer.points, [[base, 0, 14.75, 7.375, 60], [base + 60_000, 15, 29.75, 22.375, 60]]);
});

test('F37: questions that ask for too much are refused at once', async (t) => {
  const { server, client } = await setup(t);
  await fill(client, 'a', 'x', 1, 1000);
  const century = 100 * 365.25 * 86_400_000;
  const refused = async (status, field, path) => {
    const answer = await server.request('GET', `/api/v1${path}`);
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.body.error.field, field, answer.text);
    assert.ok(answer.body.error.message.length > 10);
  };
  await refused(400, 'step', `/devices/a/sensors/x/samples?from=0&to=${century}&step=1000`);
  await refused(400, 'step', `/history?device=a&from=0&to=${century}&step=1000`);
  await refused(400, 'step', '/devices/a/sensors/x/samples?step=0');
  await refused(413, undefined, `/history?device=a${'&sensor=x'.repeat(65)}&points=1`);
  await refused(400, 'points', `/history?device=a${'&sensor=x'.repeat(64)}&points=5000`);
  await refused(400, 'device', '/history');
  await refused(400, 'sensor', '/history?sensor=x');
  await refused(404, undefined, '/history?device=nobody');
  await refused(404, undefined, '/history?device=a&sensor=nothing');
  const long = await server.request('GET', `/api/v1/history?device=a${'&sensor=x'.repeat(10_000)}`);
  assert.equal(long.status, 431);
  const all = await server.get(`/devices/a/sensors/x/samples?from=${-century}&to=${century}&points=10`);
  assert.deepEqual(all.points, [[base, 0]]);
});

test('a closed range has a tag and is not sent twice', async (t) => {
  const { server, client } = await setup(t);
  await fill(client, 'a', 'x', 10, 1000);
  const path = `/api/v1/devices/a/sensors/x/samples?from=${base}&to=${base + 60_000}`;
  const first = await server.request('GET', path);
  const tag = first.headers.get('etag');
  assert.match(tag, /^"[0-9a-f]{16}"$/);
  assert.match(first.headers.get('cache-control'), /max-age/);
  await fill(client, 'a', 'other', 1, 1000);
  const same = await server.request('GET', path, undefined, { 'if-none-match': tag });
  assert.equal(same.status, 304);
  await publishReading(client, 'a', 'x', 9, base + 20_500);
  const changed = await server.request('GET', path, undefined, { 'if-none-match': tag });
  assert.equal(changed.status, 200);
  assert.equal(changed.body.points.length, 11);
  const open = await server.request('GET', '/api/v1/devices/a/sensors/x/samples');
  assert.equal(open.headers.get('etag'), null);
  assert.equal(open.headers.get('cache-control'), 'no-store');
});

test('many series come as CSV with their names', async (t) => {
  const { server, client } = await setup(t);
  await publishReading(client, 'a', 'x', 1.5, base);
  await publishReading(client, 'say "hi"', 'y', 2, base);
  const device = encodeURIComponent('say "hi"');
  const answer = await server.request('GET', `/api/v1/history?device=a&device=${device}&from=${base}&to=${base + 1}`, undefined, { accept: 'text/csv' });
  assert.equal(answer.text, `device,sensor,time_ms,min,max,mean,n\r\n"a","x",${base},1.5,1.5,1.5,1\r\n"say ""hi""","y",${base},2,2,2,1\r\n`);
});

test('a gap of a device that was offline tells why', async (t) => {
  const { server, client } = await setup(t);
  const now = Date.now();
  await fill(client, 'a', 'x', 20, 100, now - 3000);
  await client.publishAsync('devices/a/status', JSON.stringify({ status: 'offline' }), { qos: 1 });
  const back = Date.now() + 2000;
  await fill(client, 'a', 'x', 20, 100, back);
  const path = `/devices/a/sensors/x/samples?from=${now - 10_000}&to=${back + 60_000}`;
  const { gaps, events } = await server.get(path);
  const states = events.map((e) => e.status);
  assert.deepEqual(states, ['online', 'offline', 'online'], JSON.stringify(events));
  assert.equal(gaps.length, 1);
  assert.deepEqual(gaps[0].slice(0, 2), [now - 1100, back]);
  assert.equal(gaps[0][2], 'offline');
  assert.equal(typeof gaps[0][3], 'string');
});

test('the alerts of a range are told with its history', async (t) => {
  const { server, client } = await setup(t);
  const rule = await server.rest('POST', '/rules', { deviceId: 'a', sensorType: 'x', condition: 'greater_than', threshold: 100, severity: 'warning' });
  const now = Date.now() - 60_000;
  for (const [i, value] of [1, 101, 1, 102].entries()) await publishReading(client, 'a', 'x', value, now + i * 1000);
  await publishReading(client, 'b', 'x', 101, now);
  const alertsOf = async (from, to, device = 'a') => (await server.get(`/history?device=${device}&from=${from}&to=${to}`)).alerts;
  const both = await alertsOf(now, now + 10_000);
  assert.deepEqual(both.map((a) => [a.deviceId, a.ruleId, a.value, a.createdAt, a.resolvedAt]), [
    ['a', rule.id, 102, now + 3000, null],
    ['a', rule.id, 101, now + 1000, now + 2000],
  ]);
  assert.deepEqual((await alertsOf(now, now + 2500)).map((a) => a.value), [101]);
  assert.deepEqual((await alertsOf(now + 2500, now + 3000)), []);
  assert.deepEqual((await alertsOf(now + 5000, now + 6000)).map((a) => a.value), [102]);
  assert.deepEqual(await alertsOf(now, now + 10_000, 'b'), []);
  assert.equal((await server.get(`/devices/a/sensors/x/samples?from=${now}&to=${now + 10_000}`)).alerts.length, 2);
});

test('what is usual for a series is learned from its last month, without its outliers', async (t) => {
  const { server, client } = await setup(t);
  const now = Date.now();
  const values = Array.from({ length: 2000 }, (_, i) => 20 + Math.round(50 * Math.sin(i / 50)) / 10);
  values[700] = 9000;
  await Promise.all(values.map((v, i) => publishReading(client, 'a', 'x', v, now - (values.length - i) * 10_000)));
  await publishReading(client, 'a', 'old', 5, now - 40 * 86_400_000);
  await publishReading(client, 'a', 'one', 5, now - 86_400_000);
  const { series } = await server.get('/learned?device=a');
  const { interval, ...x } = series[0];
  assert.deepEqual(x, { device: 'a', sensor: 'x', unit: '', decimals: 1, range: [15, 25] });
  assert.ok(Math.abs(interval - 10_000) < 200, `${interval} ms`);
  assert.deepEqual(series[1], { device: 'a', sensor: 'old', unit: '' });
  assert.deepEqual(series[2], { device: 'a', sensor: 'one', unit: '', decimals: 0, range: [5, 5] });
  assert.equal((await server.request('GET', '/api/v1/learned')).status, 400);
});

test('sixty sparklines of sixty points come in one answer', async (t) => {
  const { server, client } = await setup(t);
  await Promise.all(Array.from({ length: 60 }, (_, s) => fill(client, `d${s}`, 'x', 90, 1000)));
  const question = Array.from({ length: 60 }, (_, s) => `device=d${s}&sensor=x`).join('&');
  const { series } = await server.get(`/history?${question}&from=${base}&to=${base + 90_000}&points=60`);
  assert.equal(series.length, 60);
  assert.ok(series.every((s) => s.tier === 'buckets' && s.t.length > 20 && s.t.length <= 60));
});
