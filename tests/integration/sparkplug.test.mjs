// SPDX-License-Identifier: Apache-2.0
// Sparkplug B from the payload library that publishers use: births, data by alias, deaths, rebirth.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test from 'node:test';
import { mqttClient } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const { encodePayload, decodePayload } = createRequire(import.meta.url)('sparkplug-payload').get('spBv1.0');
const encode = (payload) => Buffer.from(encodePayload(payload));
const device = (server, id) => server.get(`/devices/${encodeURIComponent(id)}`);
const sensors = (d) => Object.fromEntries(d.sensors.map((s) => [s.id, s.value]));
const T = 1_700_000_000_000;

// An edge node as its library would make it: a will, a birth, a device.
async function edgeNode(t, server) {
  const bdSeq = { name: 'bdSeq', type: 'UInt64', value: 3 };
  const client = await mqttClient(t, server.mqtt, {
    will: { topic: 'spBv1.0/plant/NDEATH/edge', payload: encode({ timestamp: T, metrics: [bdSeq] }), qos: 1 },
  });
  let seq = 0;
  const publish = async (type, metrics, level = '') => {
    if (type === 'NBIRTH') seq = 0;
    const payload = { timestamp: T + seq, metrics, seq };
    seq = (seq + 1) % 256;
    await client.publishAsync(`spBv1.0/plant/${type}/edge${level}`, encode(payload), { qos: 1 });
  };
  return { client, publish, bdSeq };
}

test('a node and its device are born, send by alias, and die with the connection', async (t) => {
  const server = await startServer(t);
  const { client, publish, bdSeq } = await edgeNode(t, server);
  await publish('NBIRTH', [bdSeq,
    { name: 'Node Control/Rebirth', type: 'Boolean', value: false },
    { name: 'Supply', alias: 1, type: 'Float', value: 12.5 },
    { name: 'Properties/Hardware Model', type: 'String', value: 'Edge 1' }]);
  await publish('DBIRTH', [
    { name: 'Vib/X', alias: 2, type: 'Int8', value: -5 },
    { name: 'Vib/Y', alias: 3, type: 'Int16', value: -1234 },
    { name: 'Vib/Z', alias: 4, type: 'Int32', value: -70000 },
    { name: 'Count', alias: 5, type: 'Int64', value: -9007199254740991 },
    { name: 'Total', alias: 6, type: 'UInt64', value: 9007199254740991 },
    { name: 'Running', alias: 7, type: 'Boolean', value: true },
    { name: 'Level', alias: 8, type: 'Double', value: 1.25 },
    { name: 'Serviced', alias: 9, type: 'DateTime', value: T },
    { name: 'Serial', alias: 10, type: 'String', value: '20240117' },
    { name: 'Table', alias: 11, type: 'DataSet', value: { numOfColumns: 1, types: ['Int32'], columns: ['a'], rows: [[1]] } },
  ], '/press');
  const born = await until(() => device(server, 'plant/edge/press'), 'the device');
  assert.deepEqual(sensors(born), { 'Vib/X': -5, 'Vib/Y': -1234, 'Vib/Z': -70000, Count: -9007199254740991,
    Total: 9007199254740991, Running: 1, Level: 1.25, Serviced: T });
  assert.equal(born.status, 'online');
  const node = await device(server, 'plant/edge');
  assert.deepEqual(sensors(node), { Supply: 12.5 });
  assert.equal(node.model, 'Edge 1');

  await publish('DDATA', [{ alias: 2, type: 'Int8', value: -6 }, { alias: 7, type: 'Boolean', value: false },
    { alias: 8, type: 'Double', value: 2.5, timestamp: T + 500 }], '/press');
  await until(async () => sensors(await device(server, 'plant/edge/press')).Level === 2.5, 'data by alias');
  const fed = await device(server, 'plant/edge/press');
  assert.deepEqual([sensors(fed)['Vib/X'], sensors(fed).Running], [-6, 0]);

  client.stream.destroy();
  await until(async () => (await device(server, 'plant/edge')).status === 'offline', 'the death of the node');
  assert.equal((await device(server, 'plant/edge/press')).status, 'offline');
});

test('a node that sends before its birth is asked for it, only where the settings allow it', async (t) => {
  for (const allowed of [true, false]) {
    const server = await startServer(t, { config: `publish:\n  sparkplug_rebirth: ${allowed}\n` });
    const { client, publish } = await edgeNode(t, server);
    const commands = [];
    client.on('message', (topic, payload) => commands.push([topic, payload]));
    await client.subscribeAsync('spBv1.0/plant/NCMD/edge', { qos: 1 });
    await publish('DDATA', [{ alias: 2, type: 'Int8', value: -6 }], '/press');
    await until(async () => (await server.metrics()).get('telltale_dropped_total{reason="unknown_alias"}') === 1, 'the count');
    // A command of our own comes behind all that the data gave rise to.
    await client.publishAsync('spBv1.0/plant/NCMD/edge', 'the last', { qos: 1 });
    await until(() => commands.at(-1)?.[1].toString() === 'the last', 'the last command');
    const asked = commands.slice(0, -1).map(([topic, payload]) => [topic, ...decodePayload(payload).metrics.map((m) => [m.name, m.type, m.value])]);
    assert.deepEqual(asked, allowed ? [['spBv1.0/plant/NCMD/edge', ['Node Control/Rebirth', 'Boolean', true]]] : []);
  }
});
