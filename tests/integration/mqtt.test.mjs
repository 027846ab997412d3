// SPDX-License-Identifier: Apache-2.0
// Devices in over MQTT: what they may say, how a device's status follows, and what others get.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import test from 'node:test';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { Raw, mqttConnect } from '../support/raw.mjs';
import { startServer } from '../support/server.mjs';
import { until, within } from '../support/wait.mjs';

const device = (server, id) => server.get(`/devices/${encodeURIComponent(id)}`);
const sensorOf = (d, id) => d.sensors.find((s) => s.id === id);

test('a device appears by itself with its first reading', async (t) => {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  const before = Date.now();
  const timestamp = before - 60_000;
  await publishReading(client, 'pump-1', 'temperature', 21.375, timestamp, { unit: 'C' });
  const d = await until(() => device(server, 'pump-1'), 'the device');
  assert.equal(d.status, 'online');
  assert.equal(d.cause, 'data');
  assert.ok(d.lastSeen >= before && d.lastSeen <= Date.now(), 'lastSeen is our arrival time');
  assert.equal(d.location, null);
  assert.deepEqual(d.tags, []);
  const { id, value, timestamp: time, unit, kind } = sensorOf(d, 'temperature');
  assert.deepEqual({ id, value, time, unit, kind }, { id: 'temperature', value: 21.375, time: timestamp, unit: '°C', kind: 'number' });
});

test('every plain shape of a payload is understood', async (t) => {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  const send = (topic, payload) => client.publishAsync(topic, payload, { qos: 1 });
  await send('sensors/bare/level', '3.5');
  await send('sensors/bare/open', 'true');
  await send('sensors/many/climate', '{"temperature":20.5,"humidity":61,"deep":{"co2":415}}');
  await send('plant/line/7', '{"deviceId":"named","speed":12,"load":0.5}');
  await send('devices/said/status', 'offline');
  await send('devices/asked/status', '{"status":"online","battery":81}');
  const bare = await device(server, 'bare');
  assert.equal(sensorOf(bare, 'level').value, 3.5);
  assert.equal(sensorOf(bare, 'open').value, 1);
  const many = await device(server, 'many');
  assert.deepEqual(many.sensors.map((s) => [s.id, s.value]).sort(),
    [['climate.deep.co2', 415], ['climate.humidity', 61], ['climate.temperature', 20.5]]);
  const named = await device(server, 'named');
  assert.deepEqual(named.sensors.map((s) => [s.id, s.value]).sort(), [['load', 0.5], ['speed', 12]]);
  const said = await device(server, 'said');
  assert.deepEqual([said.status, said.cause], ['offline', 'reported']);
  const asked = await device(server, 'asked');
  assert.equal(asked.status, 'online');
  assert.equal(sensorOf(asked, 'battery').value, 81);
});

test('a reading after an offline message makes the device online again', async (t) => {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  await client.publishAsync('devices/d/status', 'offline', { qos: 1 });
  assert.equal((await device(server, 'd')).status, 'offline');
  await publishReading(client, 'd', 'x', 1);
  const d = await device(server, 'd');
  assert.deepEqual([d.status, d.cause], ['online', 'data']);
});

test('a will makes its device offline with that cause', async (t) => {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt,
    { will: { topic: 'devices/w/status', payload: Buffer.from('offline'), qos: 1, retain: false } });
  await publishReading(client, 'w', 'x', 1);
  client.stream.destroy();
  const d = await until(async () => {
    const now = await device(server, 'w');
    return now.status === 'offline' && now;
  }, 'the will to be taken');
  assert.equal(d.cause, 'will');
});

test('a lost connection makes its one device offline, that of a gateway its devices unknown', async (t) => {
  const server = await startServer(t);
  const single = await mqttClient(t, server.mqtt, { clientId: 'single' });
  const gateway = await mqttClient(t, server.mqtt, { clientId: 'gateway' });
  const polite = await mqttClient(t, server.mqtt, { clientId: 'polite' });
  await publishReading(single, 'alone', 'x', 1);
  await publishReading(gateway, 'behind-1', 'x', 1);
  await publishReading(gateway, 'behind-2', 'x', 1);
  await publishReading(polite, 'goodbye', 'x', 1);
  await polite.endAsync();
  single.stream.destroy();
  gateway.stream.destroy();
  await until(async () => (await device(server, 'alone')).cause === 'connection lost', 'the loss to be told', 20_000);
  assert.equal((await device(server, 'alone')).status, 'offline');
  await until(async () => (await device(server, 'behind-2')).cause === 'gateway lost', 'the loss of the gateway', 20_000);
  assert.equal((await device(server, 'behind-1')).status, 'unknown');
  assert.equal((await device(server, 'goodbye')).status, 'online', 'a clean DISCONNECT says nothing');
});

test('F24: the latest value is the newest by the device\'s own time', async (t) => {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  const now = Date.now();
  await publishReading(client, 'd', 'x', 2, now - 1000);
  await publishReading(client, 'd', 'x', 1, now - 2000);
  assert.equal(sensorOf(await device(server, 'd'), 'x').value, 2);
  await publishReading(client, 'd', 'x', 3, now - 1000);
  assert.equal(sensorOf(await device(server, 'd'), 'x').value, 3, 'at one time the later arrival wins');
});

test('F24: times ahead of ours or before 2001 become the time of arrival, counted', async (t) => {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  const before = Date.now();
  await publishReading(client, 'd', 'ahead', 1, before + 3_600_000);
  await publishReading(client, 'd', 'unset', 1, 946684800000);
  const d = await device(server, 'd');
  for (const sensor of d.sensors) assert.ok(sensor.timestamp >= before && sensor.timestamp <= Date.now(), sensor.id);
  const metrics = await server.metrics();
  assert.equal(metrics.get('telltale_corrected_total{reason="time_ahead"}'), 1);
  assert.equal(metrics.get('telltale_corrected_total{reason="time_unset"}'), 1);
});

test('mosquitto_sub gets what a device and mosquitto_pub publish', async (t) => {
  const server = await startServer(t);
  const args = ['-h', '127.0.0.1', '-p', String(server.mqtt)];
  const sub = spawn('stdbuf', ['-oL', 'mosquitto_sub', ...args, '-q', '1', '-v', '-t', 'sensors/+/temperature', '-t', 'other/#', '-C', '3', '-d'],
    { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => sub.kill());
  let text = '';
  const subscribed = new Promise((resolve) => {
    sub.stdout.on('data', (data) => {
      text += data;
      if (/SUBACK|Subscribed/.test(text)) resolve();
    });
  });
  const ended = new Promise((resolve) => { sub.once('close', resolve); });
  await within(subscribed, 'SUBACK');
  const client = await mqttClient(t, server.mqtt);
  await client.publishAsync('sensors/a/humidity', '50', { qos: 1 });
  await client.publishAsync('sensors/a/temperature', '20', { qos: 1 });
  const pub = spawnSync('mosquitto_pub', [...args, '-t', 'other/deep/topic', '-m', 'not for a decoder', '-q', '1'], { encoding: 'utf8', timeout: 8000 });
  assert.equal(pub.status, 0, pub.stderr);
  await client.publishAsync('sensors/b/temperature', '21', { qos: 0 });
  await within(ended, 'mosquitto_sub to have its three messages');
  for (const line of ['sensors/a/temperature 20', 'other/deep/topic not for a decoder', 'sensors/b/temperature 21']) {
    assert.ok(text.split('\n').includes(line), `${line} in\n${text}`);
  }
  assert.doesNotMatch(text, /^sensors\/a\/humidity/m);
  assert.equal(await server.dropped('undecoded'), 1);
});

test('a client that unsubscribed gets nothing more', async (t) => {
  const server = await startServer(t);
  const listener = await mqttClient(t, server.mqtt);
  const got = [];
  listener.on('message', (topic) => got.push(topic));
  await listener.subscribeAsync(['a/#', 'b/#'], { qos: 1 });
  await listener.unsubscribeAsync('a/#');
  const client = await mqttClient(t, server.mqtt);
  await client.publishAsync('a/1', '1', { qos: 1 });
  const last = new Promise((resolve) => { listener.on('message', (topic) => topic === 'b/1' && resolve()); });
  await client.publishAsync('b/1', '1', { qos: 1 });
  await within(last, 'the message of the other filter');
  assert.deepEqual(got, ['b/1']);
});

test('a client that stays quiet beyond its keep-alive is closed', async (t) => {
  const server = await startServer(t);
  const raw = new Raw(t, server.mqtt);
  raw.send(mqttConnect('quiet', 1));
  await raw.when(() => raw.bytes.length >= 4, 'CONNACK');
  assert.equal(raw.bytes.toString('hex'), '20020000');
  const connected = Date.now();
  await raw.end(10_000);
  assert.ok(Date.now() - connected >= 1400, 'not before one and a half times the keep-alive');
});

test('a second connection with the same client id takes over', async (t) => {
  const server = await startServer(t);
  const first = await mqttClient(t, server.mqtt, { clientId: 'same' });
  const closed = new Promise((resolve) => { first.once('close', resolve); });
  const second = await mqttClient(t, server.mqtt, { clientId: 'same' });
  await within(closed, 'the first connection to be closed');
  await publishReading(second, 'd', 'x', 1);
});

test('what is acknowledged is counted once as message, reading and stored reading', async (t) => {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  const base = Date.now() - 100_000;
  await Promise.all(Array.from({ length: 500 }, (_, i) => publishReading(client, `d${i % 5}`, 'x', i, base + i)));
  await publishReading(client, 'd0', 'x', -1, base);
  const metrics = await until(async () => {
    const now = await server.metrics();
    return now.get('telltale_readings_total') === 501 && now;
  }, 'the counters');
  assert.equal(metrics.get('telltale_messages_total'), 501);
  assert.equal(metrics.get('telltale_devices'), 5);
  assert.equal(metrics.get('telltale_series'), 5);
});
