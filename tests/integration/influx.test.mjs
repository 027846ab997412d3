// SPDX-License-Identifier: Apache-2.0
// Stock clients of InfluxDB 1 and 2 write to us as they are.
import assert from 'node:assert/strict';
import test from 'node:test';
import { InfluxDB, Point } from '@influxdata/influxdb-client';
import influx from 'influx';
import { command, startServer } from '../support/server.mjs';

const now = Date.now();

async function setup(t) {
  const server = await startServer(t, { noAuth: false });
  const token = (role) => command(['token', 'create', '--role', role, '--data', server.data]).stdout.trim();
  return { server, operator: token('operator'), viewer: token('viewer') };
}

async function valueOf({ server, viewer }, device, sensor) {
  const found = await server.rest('GET', `/devices/${device}`, undefined, { authorization: `Bearer ${viewer}` });
  return found.sensors.find((s) => s.id === sensor)?.value;
}

test('the client of InfluxDB 1 pings, makes its database and writes', async (t) => {
  const place = await setup(t);
  const client = new influx.InfluxDB({ host: '127.0.0.1', port: place.server.http, database: 'house', username: 'anybody', password: place.operator });
  const [host] = await client.ping(5000);
  assert.deepEqual([host.online, host.version], [true, '1.8-telltale']);
  if (!(await client.getDatabaseNames()).includes('house')) await client.createDatabase('house');
  for (const [precision, unit] of [['n', 1_000_000], ['u', 1000], ['ms', 1], ['s', 1 / 1000]]) {
    const timestamp = String(Math.floor(now * unit));
    await client.writePoints([{ measurement: 'room', tags: { device: `by-${precision}` }, fields: { temperature: 21.5, open: true }, timestamp }], { precision });
    assert.equal(await valueOf(place, `by-${precision}`, 'room.temperature'), 21.5);
    assert.equal(await valueOf(place, `by-${precision}`, 'room.open'), 1);
  }
  await assert.rejects(client.query('SELECT * FROM room'), /history/);
  const viewer = new influx.InfluxDB({ host: '127.0.0.1', port: place.server.http, database: 'house', username: 'anybody', password: place.viewer });
  await assert.rejects(viewer.writePoints([{ measurement: 'room', tags: { device: 'no' }, fields: { value: 1 } }]), /403|Forbidden/);
});

test('the client of InfluxDB 2 writes, compressed too', async (t) => {
  const place = await setup(t);
  const client = new InfluxDB({ url: place.server.base, token: place.operator });
  for (const [precision, gzipThreshold] of [['ns', 1], ['us', 1], ['ms', 1_000_000], ['s', 1_000_000]]) {
    const writer = client.getWriteApi('org', 'bucket', precision, { gzipThreshold, maxRetries: 0, flushInterval: 0 });
    writer.writePoint(new Point('room').tag('device', `by-${precision}`).floatField('temperature', 20.25).intField('people', 3).timestamp(new Date(now)));
    await writer.close();
    assert.equal(await valueOf(place, `by-${precision}`, 'room.temperature'), 20.25);
    assert.equal(await valueOf(place, `by-${precision}`, 'room.people'), 3);
  }
  const health = await (await fetch(`${place.server.base}/health`)).json();
  assert.deepEqual([health.name, health.status], ['telltale', 'pass']);
  const stranger = new InfluxDB({ url: place.server.base, token: 'x'.repeat(43) }).getWriteApi('org', 'bucket', 'ms', { maxRetries: 0, flushInterval: 0 });
  stranger.writePoint(new Point('room').tag('device', 'no').floatField('value', 1));
  await assert.rejects(stranger.close(), /401|Unauthorized/);
});

test('a user and a token as password are a credential, and anything else is none', async (t) => {
  const { server, operator } = await setup(t);
  const basic = (text) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
  const write = async (headers) => (await fetch(`${server.base}/write?db=x`, { method: 'POST', body: 'm,device=a value=1', headers })).status;
  assert.equal(await write(basic(`anybody:${operator}`)), 204);
  assert.equal(await write(basic(`:${operator}`)), 204);
  for (const text of [operator, `${operator}:`, 'anybody:', '', `anybody:${operator}x`, 'x'.repeat(900)]) assert.equal(await write(basic(text)), 401, text);
  assert.equal(await write({ authorization: 'Basic %%%' }), 401);
});
