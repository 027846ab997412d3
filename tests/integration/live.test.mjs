// SPDX-License-Identifier: Apache-2.0
// The live stream as a stock Socket.IO client sees it: shapes, rooms, intervals, positions.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ask, liveClient, mqttClient, publishReading } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const POSITION = /^\d+\.\d+$/;
const seqOf = (position) => Number(position.split('.')[1]);

async function setup(t, options) {
  const server = await startServer(t, options);
  const client = await mqttClient(t, server.mqtt);
  return { server, client };
}

test('a client gets the dashboard on connect', async (t) => {
  const { server, client } = await setup(t);
  await publishReading(client, 'd1', 'temperature', 20.5, Date.now() - 1000);
  const socket = await liveClient(t, server.base);
  const { args } = await socket.events.next('dashboard:data');
  const [data] = args;
  assert.deepEqual(Object.keys(data).sort(),
    ['alerts', 'build', 'counts', 'devices', 'latest', 'seq', 'serverTime', 'total', 'truncated']);
  assert.match(data.seq, POSITION);
  assert.ok(Math.abs(data.serverTime - Date.now()) < 60_000);
  assert.equal(data.total, 1);
  assert.equal(data.truncated, false);
  assert.deepEqual(data.devices.map((d) => [d.id, d.status, d.cause]), [['d1', 'online', 'data']]);
  assert.equal('value' in data.devices[0].sensors[0], false, 'values are in `latest` alone');
  assert.deepEqual(data.latest.device, ['d1']);
  assert.deepEqual(data.latest.sensor, ['temperature']);
  assert.deepEqual(data.latest.v, [20.5]);
  assert.deepEqual(data.alerts, []);
});

test('an update comes each second, also when nothing changed', async (t) => {
  const { server } = await setup(t);
  const socket = await liveClient(t, server.base);
  await socket.events.when(() => socket.events.of('dashboard:update').length >= 3, 'three updates');
  const [first, , third] = socket.events.of('dashboard:update');
  assert.ok(third.at - first.at >= 1500 && third.at - first.at < 4000, `${third.at - first.at} ms between three`);
  assert.match(first.args[0].seq, POSITION);
  assert.deepEqual(Object.keys(first.args[0]).sort(), Object.keys(socket.events.of('dashboard:data')[0].args[0]).sort());
});

test('an update holds only what changed since the one before', async (t) => {
  const { server, client } = await setup(t);
  await publishReading(client, 'quiet', 'x', 1);
  const socket = await liveClient(t, server.base);
  await socket.events.next('dashboard:update');
  await publishReading(client, 'busy', 'x', 2);
  const { args } = await socket.events.next('dashboard:update', (u) => u.latest.device.includes('busy'));
  assert.deepEqual(args[0].latest.device, ['busy']);
  assert.deepEqual(args[0].devices.map((d) => d.id), ['busy']);
});

test('a client that chose nothing gets each reading as sensor-data', async (t) => {
  const { server, client } = await setup(t);
  const socket = await liveClient(t, server.base);
  await socket.events.next('dashboard:data');
  const timestamp = Date.now() - 5000;
  const sent = Date.now();
  await publishReading(client, 'd1', 'temperature', 36.6, timestamp, { unit: 'C' });
  const { args } = await socket.events.next('sensor-data', (d) => 'value' in d.data);
  assert.equal(args.length, 2);
  assert.match(args[1], POSITION);
  assert.deepEqual(Object.keys(args[0]).sort(), ['data', 'timestamp', 'topic']);
  assert.equal(args[0].topic, 'sensors/d1/temperature');
  assert.deepEqual(args[0].data, { deviceId: 'd1', sensorType: 'temperature', value: 36.6, timestamp, unit: '°C' });
  assert.ok(args[0].timestamp >= sent && args[0].timestamp <= Date.now());
});

test('a room of a device gets its readings and statuses, and no other\'s', async (t) => {
  const { server, client } = await setup(t);
  const socket = await liveClient(t, server.base);
  const ack = await ask(socket, 'subscribe-device', 'd1');
  assert.equal(ack.error, undefined, JSON.stringify(ack));
  await publishReading(client, 'd2', 'x', 1);
  await publishReading(client, 'd1', 'x', 7.25, 1700000000000);
  const { args } = await socket.events.next('device-update', (u) => 'value' in u);
  assert.deepEqual(args[0], { deviceId: 'd1', sensorType: 'x', value: 7.25, timestamp: 1700000000000 });
  assert.match(args[1], POSITION);
  await client.publishAsync('devices/d1/status', 'offline', { qos: 1 });
  const told = await socket.events.next('device-update', (u) => u.status === 'offline');
  assert.deepEqual(Object.keys(told.args[0]).sort(), ['cause', 'deviceId', 'lastSeen', 'status', 'timestamp']);
  await client.publishAsync('devices/d1/status', 'offline', { qos: 1 });
  await socket.events.when(() => socket.events.of('device-update').filter((e) => e.args[0].status === 'offline').length === 2,
    'the repeated status');
  assert.ok(socket.events.of('device-update').every((e) => e.args[0].deviceId === 'd1'));
});

test('subscribing answers with the device and its latest values', async (t) => {
  const { server, client } = await setup(t);
  await publishReading(client, 'd1', 'x', 4.5, 1700000000000);
  const socket = await liveClient(t, server.base);
  const ack = await ask(socket, 'subscribe-device', 'd1', { interval: 0 });
  const device = ack.device ?? ack;
  assert.equal(device.id, 'd1');
  assert.deepEqual(device.sensors.map((s) => [s.id, s.value, s.timestamp]), [['x', 4.5, 1700000000000]]);
});

test('with interval 0 every reading is an event of its own, in order', async (t) => {
  const { server, client } = await setup(t);
  const socket = await liveClient(t, server.base);
  await ask(socket, 'subscribe-device', 'd', { interval: 0 });
  await ask(socket, 'subscribe-fleet', 'none');
  const base = Date.now() - 10_000;
  await Promise.all(Array.from({ length: 1000 }, (_, i) => publishReading(client, 'd', 'x', i, base + i)));
  const values = () => socket.events.of('device-update').filter((e) => 'value' in e.args[0]).map((e) => e.args[0].value);
  await socket.events.when(() => values().length >= 1000, 'a thousand readings');
  assert.deepEqual(values(), Array.from({ length: 1000 }, (_, i) => i));
  const positions = socket.events.of('device-update').map((e) => seqOf(e.args.at(-1)));
  assert.deepEqual(positions, [...positions].sort((a, b) => a - b), 'positions never go back');
});

test('with an interval the first comes at once, the newest last and little between', async (t) => {
  const { server, client } = await setup(t);
  const socket = await liveClient(t, server.base);
  await ask(socket, 'subscribe-fleet', 'none');
  await ask(socket, 'subscribe-device', 'd', { interval: 1000 });
  const base = Date.now() - 10_000;
  const started = Date.now();
  await Promise.all(Array.from({ length: 200 }, (_, i) => publishReading(client, 'd', 'x', i, base + i)));
  const values = () => socket.events.of('device-update').filter((e) => 'value' in e.args[0]);
  await socket.events.when(() => values().at(-1)?.args[0].value === 199, 'the newest reading');
  const got = values();
  assert.ok(got.length <= 2 + (Date.now() - started) / 1000 + 1, `${got.length} events of one series at 1 Hz`);
  assert.equal(got[0].args[0].value < 199, true);
  const times = got.map((e) => e.args[0].timestamp);
  assert.deepEqual(times, [...times].sort((a, b) => a - b), 'nothing older after newer');
});

test('readings come as columns to a client that chose batches, of the fleet and of a device', async (t) => {
  const { server, client } = await setup(t);
  const socket = await liveClient(t, server.base);
  const ack = await ask(socket, 'subscribe-fleet', { format: 'batch', interval: 0 });
  assert.deepEqual([ack.format, ack.interval], ['batch', 0]);
  const room = await liveClient(t, server.base);
  await ask(room, 'subscribe-fleet', 'none');
  assert.equal((await ask(room, 'subscribe-device', 'd1', { format: 'batch', interval: 0 })).format, 'batch');
  const base = Date.now() - 10_000;
  await Promise.all(Array.from({ length: 300 }, (_, i) => publishReading(client, `d${i % 3}`, 'x', i, base + i)));
  const rows = ({ events }) => events.of('sensor-batch').flatMap(({ args: [b] }) =>
    b.v.map((v, i) => [b.devices[b.d[i]], b.sensors[b.s[i]], v, b.t0 + b.t[i]]));
  await socket.events.when(() => rows(socket).length >= 300, 'every reading of the fleet');
  await room.events.when(() => rows(room).length >= 100, 'every reading of the device');
  const sent = Array.from({ length: 300 }, (_, i) => [`d${i % 3}`, 'x', i, base + i]);
  assert.deepEqual(rows(socket), sent);
  assert.deepEqual(rows(room), sent.filter(([id]) => id === 'd1'));
  assert.equal(socket.events.of('sensor-data').some((e) => 'value' in e.args[0].data), false);
});

test('a watched set is replaced by one message, and answers with its newest values', async (t) => {
  const { server, client } = await setup(t);
  await publishReading(client, 'a', 'x', 1.5, 1700000000000);
  const socket = await liveClient(t, server.base);
  await ask(socket, 'subscribe-fleet', 'none');
  const first = await ask(socket, 'watch', { series: [['a', 'x'], { device: 'b', sensor: 'y' }], interval: 0 });
  assert.deepEqual([first.ok, first.series, first.interval, first.format], [true, 2, 0, 'batch']);
  assert.deepEqual(first.latest, { device: ['a'], sensor: ['x'], v: [1.5], t: [1700000000000] });
  await publishReading(client, 'b', 'x', 2);
  await publishReading(client, 'b', 'y', 3);
  const { args: [batch] } = await socket.events.next('sensor-batch');
  assert.deepEqual([batch.devices, batch.sensors, batch.v], [['b'], ['y'], [3]]);
  await ask(socket, 'watch', { series: [['a', 'x']], interval: 0, format: 'json' });
  await publishReading(client, 'b', 'y', 4);
  await publishReading(client, 'a', 'x', 5);
  await socket.events.next('device-update', (u) => u.deviceId === 'a' && u.value === 5);
  assert.equal(socket.events.of('sensor-batch').length, 1);
  assert.ok((await ask(socket, 'watch', { series: 'all' })).error);
});

test('an area of the map tells its devices, then what changed, and clusters above the ceiling', async (t) => {
  const { server, client } = await setup(t);
  const place = async (id, lat, lng) => {
    await publishReading(client, id, 'location.latitude', lat);
    await publishReading(client, id, 'location.longitude', lng);
  };
  await place('roof', 48.2, 16.37);
  await place('far', -33.9, 151.2);
  const socket = await liveClient(t, server.base);
  await ask(socket, 'subscribe-fleet', 'none');
  const view = { south: 46, west: 9, north: 49, east: 17, zoom: 6, ceiling: 500, interval: 250 };
  const ack = await ask(socket, 'subscribe-area', view);
  assert.deepEqual([ack.ok, ack.interval, ack.complete, ack.devices.id], [true, 250, true, ['roof']]);
  assert.ok(ack.bounds.south <= 46 && ack.bounds.north >= 49);
  await client.publishAsync('devices/roof/status', 'offline', { qos: 1 });
  const { args: [update] } = await socket.events.next('area-update', (u) => u.devices.status[0] === 'offline');
  assert.deepEqual([update.area, update.devices.n], [ack.area, ack.devices.n]);
  for (let i = 0; i < 20; i++) await place(`x${i}`, 47, 10 + i / 50);
  const world = await ask(socket, 'subscribe-area', { south: -85, west: -180, north: 85, east: 180, zoom: 1, ceiling: 16 });
  assert.equal(world.clusters.count.reduce((a, b) => a + b), 22);
  assert.ok(world.clusters.worst.includes('offline'));
  assert.ok((await ask(socket, 'subscribe-area', { ...view, south: 50 })).error);
  assert.equal((await ask(socket, 'unsubscribe-area')).ok, true);
});

test('the time of the server comes with each ping, and the build with the first message', async (t) => {
  const { server } = await setup(t, { config: 'live:\n  ping_interval: 300ms\n' });
  const socket = await liveClient(t, server.base);
  const { args: [data] } = await socket.events.next('dashboard:data');
  assert.match(data.build, /^\d+\.\d+\.\d+\+[\w-]+$/);
  await ask(socket, 'subscribe-fleet', 'none');
  await socket.events.when(() => socket.events.of('server-time').length >= 2, 'the time, twice');
  for (const { args: [{ serverTime }], at } of socket.events.of('server-time')) {
    assert.ok(Math.abs(serverTime - at) < 1000, `${serverTime} at ${at}`);
  }
  assert.equal((await server.metrics()).has('telltale_live_tick_microseconds'), true);
});

test('a subscription to some sensors brings no others', async (t) => {
  const { server, client } = await setup(t);
  const socket = await liveClient(t, server.base);
  await ask(socket, 'subscribe-device', 'd', { interval: 0, sensors: ['b'] });
  await publishReading(client, 'd', 'a', 1);
  await publishReading(client, 'd', 'b', 2);
  await socket.events.next('device-update', (u) => u.sensorType === 'b');
  assert.equal(socket.events.of('device-update').some((e) => e.args[0].sensorType === 'a'), false);
});

test('unsubscribing ends a room', async (t) => {
  const { server, client } = await setup(t);
  const socket = await liveClient(t, server.base);
  await ask(socket, 'subscribe-device', 'a', { interval: 0 });
  await ask(socket, 'subscribe-device', 'b', { interval: 0 });
  const ack = await ask(socket, 'unsubscribe-device', 'a');
  assert.equal(ack.error, undefined);
  await publishReading(client, 'a', 'x', 1);
  await publishReading(client, 'b', 'x', 1);
  await socket.events.next('device-update', (u) => u.deviceId === 'b');
  assert.equal(socket.events.of('device-update').some((e) => e.args[0].deviceId === 'a'), false);
});

test('subscribe-fleet answers with what it chose, rounded up', async (t) => {
  const { server } = await setup(t);
  const socket = await liveClient(t, server.base);
  const chosen = await ask(socket, 'subscribe-fleet', { interval: 300 });
  assert.equal(chosen.ok, true);
  assert.equal(chosen.interval, 500);
  assert.equal(chosen.format, 'json');
  assert.match(chosen.seq, POSITION);
  assert.equal((await ask(socket, 'subscribe-fleet', { interval: 99_000 })).interval, 60_000);
  assert.equal((await ask(socket, 'subscribe-fleet', { format: 'none' })).format, 'none');
});

test('subscribe-fleet "none" ends readings and updates', async (t) => {
  const { server, client } = await setup(t);
  const chatty = await liveClient(t, server.base);
  const quiet = await liveClient(t, server.base);
  await quiet.events.next('dashboard:data');
  const ack = await ask(quiet, 'subscribe-fleet', 'none');
  assert.deepEqual([ack.ok, ack.format], [true, 'none']);
  const before = quiet.events.events.length;
  await publishReading(client, 'd', 'x', 1);
  await chatty.events.next('sensor-data');
  const seen = chatty.events.of('dashboard:update').length;
  await chatty.events.when(() => chatty.events.of('dashboard:update').length >= seen + 2, 'two more updates elsewhere');
  assert.deepEqual(quiet.events.events.slice(before).map((e) => e.name), []);
  await ask(quiet, 'subscribe-fleet', { dashboard: true, format: 'none' });
  await quiet.events.next('dashboard:update');
});

test('wrong arguments are answered with an error and change nothing', async (t) => {
  const { server, client } = await setup(t);
  const socket = await liveClient(t, server.base);
  for (const args of [[''], [42], [null], ['..'], ['x', { interval: -1 }], ['x', { interval: 'fast' }], ['x', { sensors: 'a' }],
    ['x'.repeat(300)]]) {
    const ack = await ask(socket, 'subscribe-device', ...args);
    assert.ok(ack.error, `subscribe-device ${JSON.stringify(args)}: ${JSON.stringify(ack)}`);
  }
  for (const args of [['all'], [42], [{ format: 'xml' }], [{ interval: null }]]) {
    const ack = await ask(socket, 'subscribe-fleet', ...args);
    assert.ok(ack.error, `subscribe-fleet ${JSON.stringify(args)}: ${JSON.stringify(ack)}`);
  }
  assert.ok((await ask(socket, 'no-such-event', 1)).error);
  await publishReading(client, 'd', 'x', 1);
  await socket.events.next('sensor-data');
});

test('a client that never chose gets at most 200 readings a second, and is told', async (t) => {
  const { server, client } = await setup(t);
  const socket = await liveClient(t, server.base);
  await socket.events.next('dashboard:data');
  const started = Date.now();
  for (let round = 0; round < 14; round++) {
    await Promise.all(Array.from({ length: 300 }, (_, i) => publishReading(client, `d${i}`, 'x', round, Date.now())));
  }
  await socket.events.next('stream-level');
  const seconds = Math.max(1, Math.ceil((Date.now() - started) / 1000));
  const got = socket.events.of('sensor-data').length;
  assert.ok(got <= 200 * (seconds + 1), `${got} readings in ${seconds} s`);
  const level = socket.events.of('stream-level')[0].args[0];
  assert.equal(typeof level, 'object');
});

test('polling alone brings the same', async (t) => {
  const { server, client } = await setup(t);
  const socket = await liveClient(t, server.base, { transports: ['polling'] });
  await ask(socket, 'subscribe-device', 'd', { interval: 0 });
  const base = Date.now() - 10_000;
  await Promise.all(Array.from({ length: 300 }, (_, i) => publishReading(client, 'd', 'ü', i, base + i)));
  const values = () => socket.events.of('device-update').filter((e) => 'value' in e.args[0]);
  await socket.events.when(() => values().length >= 300, 'every reading');
  assert.deepEqual(values().map((e) => e.args[0].value), Array.from({ length: 300 }, (_, i) => i));
  assert.equal(values()[0].args[0].sensorType, 'ü');
});

test('a namespace that does not exist is refused with the error of the protocol', async (t) => {
  const { server } = await setup(t);
  await assert.rejects(liveClient(t, `${server.base}/admin`), /Invalid namespace/);
});

test('clients are counted while they are there', async (t) => {
  const { server } = await setup(t);
  const a = await liveClient(t, server.base);
  await liveClient(t, server.base);
  assert.equal((await server.metrics()).get('telltale_clients'), 2);
  a.disconnect();
  await until(async () => (await server.metrics()).get('telltale_clients') === 1, 'one client to be gone');
});
