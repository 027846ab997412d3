// SPDX-License-Identifier: Apache-2.0
// The JavaScript package against the program: devices, series without gaps over lost connections and
// crashes, alerts, the fleet, and what ends with the last listener.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Telltale, throttle } from '../../clients/js/dist/index.js';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { startProxy } from '../support/proxy.mjs';
import { startServer } from '../support/server.mjs';
import { within } from '../support/wait.mjs';

function connect(t, base, options = {}) {
  const client = new Telltale(base, { socket: { transports: ['websocket'], forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 100 }, ...options });
  t.after(() => client.close());
  return client;
}

// Listens to a store for the whole test; `when(question)` resolves with the first state for which it holds.
function watch(t, store) {
  const waiting = new Set();
  const stop = store.subscribe(() => { for (const look of [...waiting]) look(); });
  t.after(stop);
  return {
    stop,
    get: () => store.get(),
    when: (question, what) => within(new Promise((resolve) => {
      const look = () => {
        if (!question(store.get())) return;
        waiting.delete(look);
        resolve(store.get());
      };
      waiting.add(look);
      look();
    }), what),
  };
}

async function stored(server, device, sensor, from, to) {
  const answer = await server.get(`/samples?device=${device}&sensor=${sensor}&from=${from}&to=${to}&points=5000`);
  return answer.points;
}

test('a device is told with its newest values, and goes stale with its connection', async (t) => {
  const server = await startServer(t);
  const publisher = await mqttClient(t, server.mqtt);
  const client = connect(t, server.base);
  const pump = watch(t, client.device('pump', { interval: 0 }));
  await pump.when((d) => !d.known && client.stream.get().state === 'live', 'an unknown device');
  await publishReading(publisher, 'pump', 'pressure', 2.5, Date.now(), { unit: 'bar' });
  const known = await pump.when((d) => d.sensors[0]?.value === 2.5 && d.status === 'online', 'the first reading');
  assert.deepEqual([known.sensors[0].id, known.sensors[0].unit, known.sensors[0].stale], ['pressure', 'bar', false]);
  await publisher.publishAsync('devices/pump/status', 'offline', { qos: 1 });
  await pump.when((d) => d.status === 'offline' && d.sensors[0].stale, 'a stale value of an offline device');
  await publishReading(publisher, 'pump', 'pressure', 2.6);
  await pump.when((d) => d.sensors[0].value === 2.6 && !d.sensors[0].stale, 'a new value');
  const state = watch(t, client.stream);
  await server.kill();
  await state.when((s) => s.state === 'reconnecting', 'the lost connection');
  assert.equal(pump.get().sensors[0].stale, true);
  assert.equal(pump.get().sensors[0].value, 2.6);
});

test('a series has no gap and no double after the network was away', async (t) => {
  const server = await startServer(t);
  const publisher = await mqttClient(t, server.mqtt);
  const network = await startProxy(t, server.http);
  const begin = Date.now() - 5000;
  const send = (i) => publishReading(publisher, 'd', 'x', i, begin + i * 10);
  for (let i = 0; i < 100; i++) await send(i);
  const client = connect(t, `http://127.0.0.1:${network.port}`);
  const series = watch(t, client.series('d', 'x', { interval: 0 }));
  await series.when((s) => !s.loading && s.t.length === 100, 'the history');
  for (let i = 100; i < 150; i++) await send(i);
  await series.when((s) => s.t.length === 150, 'what is live');
  network.hold();
  for (let i = 150; i < 220; i++) await send(i);
  assert.equal(series.get().t.length, 150);
  network.release();
  for (let i = 220; i < 240; i++) await send(i);
  const after = await series.when((s) => s.t.length === 240 && !s.stale, 'the filled gap');
  assert.deepEqual(after.t.map((time, i) => [time, after.v[i]]), await stored(server, 'd', 'x', begin, begin + 10_000));
  // The server kept the session, so nothing had to be asked of the store.
  assert.deepEqual([client.socket.recovered, after.filled], [true, []]);
});

test('a series is whole after the server was killed and began another epoch', async (t) => {
  const server = await startServer(t);
  let publisher = await mqttClient(t, server.mqtt);
  const ports = { http: server.http, mqtt: server.mqtt };
  const begin = Date.now() - 5000;
  const client = connect(t, server.base);
  const series = watch(t, client.series('d', 'x', { interval: 0 }));
  await series.when((s) => !s.loading, 'the empty history');
  for (let i = 0; i < 50; i++) await publishReading(publisher, 'd', 'x', i, begin + i);
  await series.when((s) => s.t.length === 50, 'what is live');
  await server.kill();
  await server.start(ports);
  publisher = await mqttClient(t, server.mqtt);
  for (let i = 50; i < 90; i++) await publishReading(publisher, 'd', 'x', i, begin + i);
  const after = await series.when((s) => s.t.length === 90 && !s.stale, 'all of them');
  assert.deepEqual(after.v, Array.from({ length: 90 }, (_, i) => i));
  assert.deepEqual(after.filled.map((f) => [f.from, f.step]), [[begin + 49, 0]]);
});

test('a long history comes as buckets, and what is live goes on behind them', async (t) => {
  const server = await startServer(t);
  const publisher = await mqttClient(t, server.mqtt);
  const begin = Date.now() - 3_000_000;
  for (let i = 0; i < 300; i++) publisher.publish('sensors/d/x', JSON.stringify({ deviceId: 'd', sensorType: 'x', value: i % 7, timestamp: begin + i * 10_000 }), { qos: 1 });
  await publishReading(publisher, 'd', 'x', 1, begin + 2_999_000);
  const client = connect(t, server.base);
  const series = watch(t, client.series('d', 'x', { points: 50, window: 3_600_000 }));
  const first = await series.when((s) => !s.loading, 'the history');
  assert.ok(first.t.length > 20 && first.t.length <= 50, `${first.t.length} rows`);
  assert.ok(first.min.some((min, i) => min < first.max[i]));
  await publishReading(publisher, 'd', 'x', 99);
  const after = await series.when((s) => s.v.at(-1) === 99, 'the live reading');
  assert.equal(after.t.length, first.t.length + 1);
  assert.ok(after.t.every((time, i) => i === 0 || time > after.t[i - 1]));
});

test('alerts open, are acknowledged and go', async (t) => {
  const server = await startServer(t);
  const publisher = await mqttClient(t, server.mqtt);
  const client = connect(t, server.base);
  const alerts = watch(t, client.alerts);
  await server.rest('POST', '/rules', { deviceId: 'd', sensorType: 'x', condition: 'greater_than', threshold: 10, severity: 'critical' });
  await publishReading(publisher, 'd', 'x', 11);
  const [alert] = await alerts.when((list) => list.length === 1, 'the alert');
  assert.deepEqual([alert.deviceId, alert.severity, alert.acknowledged], ['d', 'critical', false]);
  await client.acknowledge(alert.id);
  await alerts.when((list) => list[0]?.acknowledged, 'the acknowledgement');
  await assert.rejects(client.acknowledge('nothing'), { name: 'TelltaleError', code: 'not_found' });
  await publishReading(publisher, 'd', 'x', 9);
  await alerts.when((list) => list.length === 0, 'the end of the alert');
});

test('the fleet comes whole and moves each second, for as long as somebody listens', async (t) => {
  const server = await startServer(t);
  const publisher = await mqttClient(t, server.mqtt);
  await publishReading(publisher, 'a', 'x', 1);
  const client = connect(t, server.base);
  const fleet = watch(t, client.fleet);
  await fleet.when((f) => f.devices.get('a')?.sensors[0]?.value === 1, 'the fleet');
  await publishReading(publisher, 'b', 'y', 2);
  await publishReading(publisher, 'a', 'x', 3);
  await fleet.when((f) => f.devices.get('b')?.sensors[0]?.value === 2 && f.devices.get('a').sensors[0].value === 3, 'the update');
  assert.equal(fleet.get().devices.get('a').sensors[0].stale, false);
  await server.rest('DELETE', '/devices/b');
  await fleet.when((f) => !f.devices.has('b'), 'the deleted device');
  const said = [];
  client.socket.onAnyOutgoing((event, ...args) => said.push([event, args[0]]));
  fleet.stop();
  assert.deepEqual(said, [['subscribe-fleet', { format: 'none', dashboard: false }]]);
});

test('no value of the fleet passes for new once the server is gone', async (t) => {
  const server = await startServer(t);
  const publisher = await mqttClient(t, server.mqtt);
  await publishReading(publisher, 'a', 'x', 1);
  const client = connect(t, server.base);
  const fleet = watch(t, client.fleet);
  await fleet.when((f) => f.devices.get('a')?.sensors[0]?.stale === false, 'a new value');
  await server.kill();
  await fleet.when((f) => f.devices.get('a').sensors[0].stale, 'a stale value');
  assert.equal(fleet.get().devices.get('a').sensors[0].value, 1);
});

test('a wrong token is told as such', async (t) => {
  const server = await startServer(t, { noAuth: false });
  const client = connect(t, server.base, { token: 'A'.repeat(43) });
  const stream = watch(t, client.stream);
  await stream.when((s) => s.state === 'unauthorized', 'the refusal');
});

test('throttle calls at once, then with the newest, and never loses the last', async () => {
  const calls = [];
  await within(new Promise((resolve) => {
    const throttled = throttle((n) => {
      calls.push(n);
      if (n === 9) resolve();
    }, 20);
    for (let i = 0; i < 10; i++) throttled(i);
    assert.deepEqual(calls, [0]);
  }), 'the last call');
  assert.deepEqual(calls, [0, 9]);
});
