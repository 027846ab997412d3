// SPDX-License-Identifier: Apache-2.0
// A stock Socket.IO client that is cut off, whatever the way, ends with exactly the readings that
// the store has: none missing, and none told twice while one server lives.
import assert from 'node:assert/strict';
import test from 'node:test';
import { io } from 'socket.io-client';
import { ask, liveClient, mqttClient, publishReading } from '../support/clients.mjs';
import { startProxy } from '../support/proxy.mjs';
import { command, startServer } from '../support/server.mjs';
import { until, within } from '../support/wait.mjs';

const DEVICE = 'pump';
const SENSORS = ['temperature', 'pressure'];

// What a program does that wants every reading of a device, by docs/protocol/live.md, "Coming back".
class Follower {
  rows = new Map(SENSORS.map((sensor) => [sensor, new Map()]));
  doubled = 0;
  answers = [];
  resyncs = [];
  position = undefined;
  last = undefined;

  // `recovers`: takes the connection state recovery that the stock client asks for by itself.
  constructor(t, port, { recovers }) {
    this.socket = io(`http://127.0.0.1:${port}`, {
      transports: ['websocket'], forceNew: true, reconnectionDelay: 10, reconnectionDelayMax: 50,
    });
    t.after(() => this.socket.disconnect());
    this.socket.on('connect', () => this.#subscribe());
    this.socket.on('disconnect', () => { if (!recovers) this.socket._pid = undefined; });
    this.socket.on('device-update', (update, position) => {
      if ('value' in update) this.#take(update.sensorType, update.timestamp, update.value);
      this.position = position;
    });
    this.socket.on('resync', (resync, position) => this.#resync(resync, position));
  }

  #subscribe() {
    const since = this.position === undefined ? {} : { since: this.position, last: this.last };
    this.socket.emit('subscribe-device', DEVICE, { interval: 0, ...since }, (answer) => {
      this.answers.push(answer);
      this.position ??= answer.seq;
    });
  }

  #take(sensor, time, value) {
    const rows = this.rows.get(sensor);
    if (rows.has(time)) this.doubled++;
    rows.set(time, value);
    this.last = Math.max(this.last ?? 0, time);
  }

  #resync(resync, position) {
    this.resyncs.push(resync);
    for (const series of resync.history?.series ?? []) {
      assert.equal(series.tier, 'raw');
      series.t.forEach((time, i) => {
        this.rows.get(series.sensor).set(time, series.v[i]);
        this.last = Math.max(this.last ?? 0, time);
      });
    }
    this.position = position;
  }

  count(sensor) { return this.rows.get(sensor).size; }
}

async function stored(server, sensor) {
  const answer = await server.rest('GET', `/samples?device=${DEVICE}&sensor=${sensor}&from=0&points=100000`);
  assert.equal(answer.tier, 'raw');
  return new Map(answer.points);
}

// Readings with times that rise by a millisecond, each acknowledged.
function publisher(client) {
  let time = Date.now() - 600_000;
  return async (count) => {
    const sent = [];
    for (let i = 0; i < count; i++) {
      time++;
      sent.push(publishReading(client, DEVICE, SENSORS[time % 2], time % 1000, time));
      if (i % 3 === 2) await Promise.all(sent.splice(0));
    }
    await Promise.all(sent);
  };
}

async function equalsTheStore(server, follower) {
  for (const sensor of SENSORS) {
    const want = await stored(server, sensor);
    await until(() => follower.count(sensor) >= want.size, `${want.size} readings of ${sensor}, not ${follower.count(sensor)}`);
    assert.deepEqual([...follower.rows.get(sensor)].sort((a, b) => a[0] - b[0]), [...want]);
  }
}

for (const recovers of [false, true]) test(`a client whose network is cut at any byte gets each reading once${recovers ? ', with its session too' : ''}`, async (t) => {
  const server = await startServer(t);
  const publish = publisher(await mqttClient(t, server.mqtt));
  await publish(2);
  const proxy = await startProxy(t, server.http);
  const follower = new Follower(t, proxy.port, { recovers });
  await until(() => follower.answers.length === 1, 'the first answer');
  const before = new Map();
  for (const sensor of SENSORS) before.set(sensor, await stored(server, sensor));
  for (let cut = 1; cut <= 15; cut++) {
    proxy.cutAfter(1 + Math.floor(Math.random() * 3000));
    await publish(40);
    await until(() => follower.answers.length > cut, `the answer after cut ${cut}`);
  }
  assert.ok(follower.answers.slice(1).every((answer) => answer.resume === 'exact'), JSON.stringify(follower.answers.at(-1)));
  for (const sensor of SENSORS) for (const [time, value] of before.get(sensor)) follower.rows.get(sensor).set(time, value);
  await equalsTheStore(server, follower);
  assert.equal(follower.doubled, 0);
  assert.deepEqual(follower.resyncs, []);
  assert.ok((await server.metrics()).get('telltale_live_ring_bytes') > 0);
});

test('a client whose server is killed gets what it missed from the store', async (t) => {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt, { reconnectPeriod: 50 });
  const publish = publisher(client);
  const follower = new Follower(t, server.http, { recovers: true });
  await until(() => follower.answers.length === 1, 'the first answer');
  for (let life = 1; life <= 3; life++) {
    await publish(30);
    const more = publish(60);
    await server.kill();
    await server.start({ http: server.http, mqtt: server.mqtt });
    await within(more, 'the rest, sent again');
    await until(() => follower.answers.length > life, `the answer in life ${life + 1}`);
    const answer = follower.answers.at(-1);
    assert.deepEqual([answer.resume, answer.reason], ['resync', 'epoch']);
    await until(() => follower.resyncs.length === life, 'resync');
    assert.equal(follower.resyncs.at(-1).deviceId, DEVICE);
  }
  await publish(20);
  await equalsTheStore(server, follower);
});

test('a gap with too many readings comes as buckets that say so', async (t) => {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  await publishReading(client, DEVICE, 'temperature', 1);
  const first = await liveClient(t, server.base);
  const { seq } = await ask(first, 'subscribe-device', DEVICE, { interval: 0 });
  first.disconnect();
  const from = Date.now() - 3_000_000;
  const lines = [];
  for (let i = 0; i < 25_000; i++) lines.push(`burst,host=${DEVICE} v=${i} ${from + i * 100}`);
  const wrote = await server.request('POST', '/api/v1/write?precision=ms', lines.join('\n'));
  assert.equal(wrote.status, 204, wrote.text);
  const socket = await liveClient(t, server.base);
  const devices = await server.rest('GET', '/devices');
  const device = devices.devices.find((d) => d.sensors.some((s) => s.id.includes('v'))).id;
  const answer = await ask(socket, 'subscribe-device', device, { interval: 0, since: seq, last: from });
  assert.equal(answer.resume, 'exact');
  const { args: [resync] } = await socket.events.next('resync');
  assert.equal(resync.reason, 'many');
  const series = resync.history.series.find((s) => s.tier === 'buckets');
  assert.ok(series.step > 0 && series.n.length <= 10_000);
  assert.equal(series.n.reduce((a, b) => a + b, 0), 25_000);
  await publishReading(client, DEVICE, 'temperature', 2);
});

// A stock client that reconnects by itself, with what it got in its rooms.
function recovering(t, port, options = {}) {
  const socket = io(`http://127.0.0.1:${port}`, {
    transports: ['websocket'], forceNew: true, reconnectionDelay: 10, reconnectionDelayMax: 50, ...options,
  });
  socket.got = [];
  socket.connects = 0;
  socket.on('connect', () => { socket.connects++; });
  socket.onAny((name, payload, position) => { if (name !== 'dashboard:update') socket.got.push({ name, payload, position }); });
  t.after(() => socket.disconnect());
  return socket;
}

const values = (socket, name) => socket.got.filter((e) => e.name === name && 'value' in (e.payload.data ?? e.payload))
  .map((e) => (e.payload.data ?? e.payload).value);

async function untilConnects(socket, count) {
  await until(() => socket.connects >= count && socket.connected, `connection ${count}`);
}

for (const transports of [['websocket'], ['polling']]) {
  test(`a stock client recovers its session by ${transports[0]}, with its rooms and what it missed`, async (t) => {
    const server = await startServer(t);
    const client = await mqttClient(t, server.mqtt);
    const socket = recovering(t, server.http, { transports });
    await untilConnects(socket, 1);
    await ask(socket, 'subscribe-fleet', 'none');
    await ask(socket, 'subscribe-device', DEVICE, { interval: 0 });
    await ask(socket, 'watch', { series: [['other', 'x']], interval: 0 });
    await publishReading(client, DEVICE, 'x', 1, 1_700_000_000_001);
    await until(() => values(socket, 'device-update').length === 1, 'the first reading');
    const id = socket.id;
    for (let round = 1; round <= 3; round++) {
      socket.io.engine.close();
      for (let i = 0; i < 5; i++) await publishReading(client, DEVICE, 'x', 10 * round + i, 1_700_000_000_000 + 10 * round + i);
      await publishReading(client, 'other', 'x', round, 1_700_000_000_000 + round);
      await untilConnects(socket, round + 1);
      assert.deepEqual([socket.recovered, socket.id], [true, id]);
      await until(() => values(socket, 'device-update').length >= 1 + 5 * round, 'what it missed');
    }
    assert.deepEqual(values(socket, 'device-update'), [1, 10, 11, 12, 13, 14, 20, 21, 22, 23, 24, 30, 31, 32, 33, 34]);
    const watched = () => socket.got.filter((e) => e.name === 'sensor-batch').flatMap((e) => e.payload.v);
    await until(() => watched().length >= 3, 'what was watched');
    assert.deepEqual(watched(), [1, 2, 3]);
    assert.equal(socket.got.filter((e) => e.name === 'dashboard:data').length, 1);
    const metrics = await server.metrics();
    assert.deepEqual([metrics.get('telltale_clients_returned_total'), metrics.get('telltale_clients_away'), metrics.get('telltale_clients')], [3, 0, 1]);
  });
}

test('a client that chose nothing recovers the stream and the alerts that it missed', async (t) => {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  await publishReading(client, DEVICE, 'x', 1);
  await server.rest('POST', '/rules', { deviceId: DEVICE, sensorType: 'x', condition: 'greater_than', threshold: 50 });
  const socket = recovering(t, server.http);
  await untilConnects(socket, 1);
  await publishReading(client, DEVICE, 'x', 2);
  await until(() => values(socket, 'sensor-data').at(-1) === 2, 'a reading');
  socket.io.engine.close();
  await publishReading(client, DEVICE, 'x', 99);
  await publishReading(client, DEVICE, 'x', 3);
  await untilConnects(socket, 2);
  assert.equal(socket.recovered, true);
  await until(() => socket.got.some((e) => e.name === 'alert-resolved'), 'the alert');
  const alerts = socket.got.filter((e) => e.name.startsWith('alert-')).map((e) => e.name);
  assert.deepEqual(alerts, ['alert-created', 'alert-resolved']);
  await until(() => values(socket, 'sensor-data').at(-1) === 3, 'the newest reading');
});

test('nobody else returns to a session, and nobody to one that ended', async (t) => {
  const server = await startServer(t, { noAuth: false });
  const token = (role) => /^[A-Za-z0-9_-]{43}$/m.exec(command(['token', 'create', '--role', role, '--data', server.data]).stdout)[0];
  const [viewer, other, publisher] = ['viewer', 'viewer', 'operator'].map(token);
  const client = await mqttClient(t, server.mqtt, { username: 'x', password: publisher });
  const socket = recovering(t, server.http, { auth: { token: viewer } });
  await untilConnects(socket, 1);
  await publishReading(client, DEVICE, 'x', 1);
  await until(() => socket.got.some((e) => e.name === 'sensor-data'), 'a reading');
  const { _pid: pid, _lastOffset: offset } = socket;
  assert.ok(pid && offset);
  // A thief has the pid, even while the owner is connected.
  const thief = recovering(t, server.http, { auth: { token: other, pid, offset } });
  await untilConnects(thief, 1);
  assert.notEqual(thief._pid, pid);
  assert.ok(socket.connected);
  // Who says good-bye begins anew.
  const id = socket.id;
  socket.disconnect();
  socket.connect();
  await untilConnects(socket, 2);
  assert.equal(socket.recovered, false);
  assert.notEqual(socket.id, id);
  // An offset that nobody told.
  socket._lastOffset = 'nonsense';
  socket.io.engine.close();
  await untilConnects(socket, 3);
  assert.equal(socket.recovered, false);
  // Another process.
  await publishReading(client, DEVICE, 'x', 2);
  await until(() => values(socket, 'sensor-data').includes(2), 'another reading');
  await client.endAsync(true);
  await server.kill();
  await server.start({ http: server.http });
  await untilConnects(socket, 4);
  assert.equal(socket.recovered, false);
});

test('a position must be one, and a device that nobody knows is a valid room to come back to', async (t) => {
  const server = await startServer(t);
  const socket = await liveClient(t, server.base);
  const wrong = await ask(socket, 'subscribe-device', DEVICE, { since: 'yesterday' });
  assert.deepEqual([wrong.error.code, wrong.error.field], ['invalid', 'since']);
  const fleet = await ask(socket, 'subscribe-fleet', { interval: 0, since: '1.1' });
  assert.deepEqual([fleet.resume, fleet.reason], ['resync', 'epoch']);
  await socket.events.next('resync', (r) => r.deviceId === null);
  const unknown = await ask(socket, 'subscribe-device', 'nobody', { since: '1.1', last: 5 });
  assert.equal(unknown.resume, 'resync');
  const { args: [resync] } = await socket.events.next('resync', (r) => r.deviceId === 'nobody');
  assert.equal(resync.history, null);
});
