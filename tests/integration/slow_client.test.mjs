// SPDX-License-Identifier: Apache-2.0
// Clients that read nothing for a minute at 1,000 readings a second: each costs at most 64 kB of
// our memory, then gets the newest values, in order. Two dozen of them, so that the sum stands out
// from what else the program allocates meanwhile.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ask, liveClient, mqttClient, reading } from '../support/clients.mjs';
import { sanitized, startServer } from '../support/server.mjs';

const CLIENTS = 24;
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

test(`clients that read nothing for ${SECONDS} s are cheap, then up to date, in order`, { timeout: 240_000 }, async (t) => {
  const server = await startServer(t, { config: 'live:\n  ping_timeout: 120s\n' });
  const publisher = await mqttClient(t, server.mqtt);
  const state = { n: 0, value: [] };
  const sockets = [];
  for (let i = 0; i < CLIENTS; i++) {
    const socket = await liveClient(t, server.base);
    await ask(socket, 'subscribe-fleet', { interval: 0 });
    for (let d = 0; d < 10; d++) await ask(socket, 'subscribe-device', `d${d}`, { interval: 0 });
    sockets.push(socket);
  }
  // The first seconds fill what is there without any slow client: blocks, rings, pools.
  await publishFor(publisher, 5, state);
  const before = server.memory();
  const streams = sockets.map((socket) => socket.io.engine.transport.ws._socket);
  for (const stream of streams) stream.pause();
  await publishFor(publisher, SECONDS, state);
  await publisher.publishAsync('sensors/last/x', reading('last', 'x', 1), { qos: 1 });
  const cost = (server.memory() - before) / CLIENTS;
  t.diagnostic(`${Math.round(cost / 1024)} kB a client that did not read`);
  if (!sanitized) assert.ok(cost <= LIMIT_BYTES, `${cost} bytes a client`);

  const resumed = sockets.map((socket) => socket.events.events.length);
  for (const stream of streams) stream.resume();
  for (const [i, socket] of sockets.entries()) {
    const newest = new Map();
    const complete = () => {
      for (const event of socket.events.events.slice(resumed[i])) {
        const update = event.name === 'device-update' ? event.args[0] : null;
        if (update && 'value' in update) newest.set(`${update.deviceId}/${update.sensorType}`, update.value);
      }
      return state.value.every((value, series) => newest.get(`d${series % 10}/s${Math.floor(series / 10)}`) === value);
    };
    await socket.events.when(complete, `the newest values of client ${i}`, 30_000);
    const last = new Map();
    for (const event of socket.events.of('device-update')) {
      const { deviceId, sensorType, value } = event.args[0];
      if (value === undefined) continue;
      const key = `${deviceId}/${sensorType}`;
      assert.ok(value > (last.get(key) ?? 0), `${key} went from ${last.get(key)} to ${value}`);
      last.set(key, value);
    }
    assert.equal(socket.connected, true);
  }
});
