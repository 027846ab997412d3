// SPDX-License-Identifier: Apache-2.0
// kill -9 at any moment: every reading that was acknowledged with QoS 1 is there after the restart.
// Ten rounds on one data folder, two hundred in the long run.
import assert from 'node:assert/strict';
import test from 'node:test';
import { mqttClient, reading } from '../support/clients.mjs';
import { Server, long, sanitized, temporaryFolder } from '../support/server.mjs';
import { within } from '../support/wait.mjs';

const ROUNDS = Number(process.env.TELLTALE_CRASH_ROUNDS ?? (long ? 200 : 10));
const DEVICES = 4;
const SENSORS = 3;
const IN_FLIGHT = 200;

let seed = Number(process.env.TELLTALE_SEED ?? Date.now() % 1_000_000);
function random(n) {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return Math.floor((seed / 2147483648) * n);
}

// Publishes with QoS 1, IN_FLIGHT at a time, until the connection is gone; calls `acked` for each
// reading whose acknowledgement came.
function publishUntilLost(client, next, acked) {
  let lost = false;
  client.once('close', () => { lost = true; });
  const lane = async () => {
    while (!lost) {
      const r = next();
      try {
        await client.publishAsync(`sensors/${r.device}/${r.sensor}`, reading(r.device, r.sensor, r.value, r.time), { qos: 1 });
      } catch {
        return;
      }
      acked(r);
    }
  };
  return Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

async function expectAll(server, acked, from, to) {
  for (let d = 0; d < DEVICES; d++) {
    for (let s = 0; s < SENSORS; s++) {
      const wanted = acked.get(`d${d}/s${s}`) ?? new Map();
      const stored = new Map();
      for (let at = from; at < to; at += 50_000) {
        const answer = await server.request('GET', `/api/v1/devices/d${d}/sensors/s${s}/samples?from=${at}&to=${Math.min(at + 50_000, to)}&points=100000`);
        if (answer.status === 404) break;
        assert.equal(answer.status, 200, answer.text);
        assert.equal(answer.body.tier, 'raw');
        for (const [time, value] of answer.body.points) stored.set(time, value);
      }
      const missing = [...wanted].filter(([time, value]) => stored.get(time) !== value);
      assert.deepEqual(missing.slice(0, 3), [], `${missing.length} acknowledged readings of d${d}/s${s} are missing`);
    }
  }
}

test(`${ROUNDS} times kill -9 lose nothing that was acknowledged`, { timeout: ROUNDS * 30_000 }, async (t) => {
  t.diagnostic(`seed ${seed}`);
  const folder = temporaryFolder(t);
  // A small journal, so that blocks are written and trimmed while the kills come.
  const server = new Server(t, { folder, config: 'store:\n  journal_bytes: 1MB\n  journal_age: 10s\n' });
  const acked = new Map();
  const base = Date.now() - 40_000_000;
  let n = 0;
  let total = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await server.start();
    const client = await mqttClient(t, server.mqtt);
    const goal = total + 1 + random(sanitized ? 3000 : 12_000);
    let reached;
    const enough = new Promise((resolve) => { reached = resolve; });
    const publishing = publishUntilLost(client, () => {
      const i = n++;
      // Some come late, so that patches are made as well. No time of a series comes twice (5000 is no multiple
      // of 12): a later reading of the same time, stored and not acknowledged yet, would rightly replace it.
      const time = base + i - (i % 17 === 0 ? 5000 : 0);
      return { device: `d${i % DEVICES}`, sensor: `s${i % SENSORS}`, value: i / 10, time };
    }, (r) => {
      const key = `${r.device}/${r.sensor}`;
      if (!acked.has(key)) acked.set(key, new Map());
      acked.get(key).set(r.time, r.value);
      if (++total >= goal) reached();
    });
    await within(enough, `${goal - total} acknowledgements`, 30_000);
    await server.kill();
    client.end(true);
    await within(publishing, 'the publisher to notice');
    if (round % 5 === 4 || round === ROUNDS - 1) {
      await server.start();
      await expectAll(server, acked, base - 10_000, base + n + 1);
      assert.equal((await server.request('GET', '/healthz')).status, 200);
      await server.kill();
    }
  }
  t.diagnostic(`${total} acknowledged readings`);
});
