// SPDX-License-Identifier: Apache-2.0
// Clients that read nothing for a minute at 1,000 readings a second: each costs at most 64 kB of
// our memory, then gets the newest values, in order. Four dozen of them, so that the sum stands out
// from what else the program allocates meanwhile.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ask, liveClient, mqttClient, reading } from '../support/clients.mjs';
import { sanitized, startServer } from '../support/server.mjs';
import { within } from '../support/wait.mjs';

const CLIENTS = 48;
const SECONDS = sanitized ? 10 : 60;
const LIMIT_BYTES = 64 * 1024;

// Publishes 1,000 readings a second over 50 series for `seconds`; the value counts per series.
function publishFor(client, seconds, state) {
  return new Promise((resolve) => {
    const started = Date.now();
    let sent = 0;
    const timer = setInterval(() => {
      const due = Math.min(seconds * 1000, Date.now() - started);
      for (; sent < due; sent++) {
        const series = state.n++ % 50;
        state.value[series] = (state.value[series] ?? 0) + 1;
        client.publish(`sensors/d${series % 10}/s${Math.floor(series / 10)}`,
          reading(`d${series % 10}`, `s${Math.floor(series / 10)}`, state.value[series]));
      }
      if (due === seconds * 1000) {
        clearInterval(timer);
        resolve();
      }
    }, 20);
  });
}

// Follows the readings of a client: keeps the newest value a series, and complains when one goes back.
function follow(socket) {
  const followed = { newest: new Map(), backwards: [], wanted: null, done: null };
  const complete = () => followed.wanted && [...followed.wanted].every(([key, value]) => followed.newest.get(key) === value);
  socket.on('device-update', ({ deviceId, sensorType, value }) => {
    if (value === undefined) return;
    const key = `${deviceId}/${sensorType}`;
    const last = followed.newest.get(key) ?? 0;
    if (value <= last) followed.backwards.push(`${key} went from ${last} to ${value}`);
    followed.newest.set(key, value);
    if (followed.wanted?.get(key) === value && complete()) followed.done();
  });
  followed.until = (wanted) => new Promise((resolve) => {
    followed.wanted = wanted;
    followed.done = resolve;
    if (complete()) resolve();
  });
  return followed;
}

test(`F12, C11: clients that read nothing for ${SECONDS} s are cheap, then up to date, in order`, { timeout: 240_000 }, async (t) => {
  const server = await startServer(t, { config: 'live:\n  ping_timeout: 120s\n' });
  const publisher = await mqttClient(t, server.mqtt);
  const state = { n: 0, value: [] };
  // The first seconds fill what is there without any slow client: blocks, pools, what a commit holds.
  await publishFor(publisher, 10, state);
  const clients = [];
  for (let i = 0; i < CLIENTS; i++) {
    const socket = await liveClient(t, server.base);
    await ask(socket, 'subscribe-fleet', 'none');
    const followed = follow(socket);
    for (let d = 0; d < 10; d++) await ask(socket, 'subscribe-device', `d${d}`, { interval: 0 });
    clients.push({ socket, followed, stream: socket.io.engine.transport.ws._socket });
  }
  // What was told and what came are remembered whether a client is slow or not.
  const memory = async () => {
    const metrics = await server.metrics();
    return server.memory() - metrics.get('telltale_live_ring_bytes') - metrics.get('telltale_messages_kept_bytes');
  };
  const before = await memory();
  for (const { stream } of clients) stream.pause();
  await publishFor(publisher, SECONDS, state);
  await publisher.publishAsync('sensors/last/x', reading('last', 'x', 1), { qos: 1 });
  const cost = (await memory() - before) / CLIENTS;
  t.diagnostic(`${Math.round(cost / 1024)} kB a client that did not read`);
  if (!sanitized) assert.ok(cost <= LIMIT_BYTES, `${cost} bytes a client`);
  assert.equal((await server.metrics()).get('telltale_clients_behind'), CLIENTS);

  const wanted = new Map(state.value.map((value, series) => [`d${series % 10}/s${Math.floor(series / 10)}`, value]));
  for (const { stream } of clients) stream.resume();
  for (const [i, { socket, followed }] of clients.entries()) {
    await within(followed.until(wanted), `the newest values of client ${i}`, 30_000);
    assert.deepEqual(followed.backwards, []);
    assert.equal(socket.connected, true);
  }
});
