// SPDX-License-Identifier: Apache-2.0
// Mappings in the settings file: used from the start, changed by SIGHUP while messages come in, and
// kept when the new file is wrong.
import test from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Server, command, temporaryFolder } from '../support/server.mjs';
import { mqttClient } from '../support/clients.mjs';
import { until } from '../support/wait.mjs';

const settings = (scale) => `decode:
  mappings:
    - topic: plant/{device}/{sensor}
      location: Hall 3
      unit: bar
      scale: ${scale}
`;

test('mappings decode, change on SIGHUP without a lost message, and stay when the file is wrong', async (t) => {
  const server = await new Server(t, { config: settings(10) }).start();
  const file = join(server.folder, 'telltale.yaml');
  const client = await mqttClient(t, server.mqtt);
  const reload = async (text, said) => {
    const before = server.stderr.length;
    writeFileSync(file, text);
    server.child.kill('SIGHUP');
    await until(() => said.test(server.stderr.slice(before)), `${said} in the log`);
  };
  const count = async () => (await server.get('/devices/pump-1')).sensors.find((s) => s.id === 'pressure');

  await client.publishAsync('plant/pump-1/pressure', '3', { qos: 1 });
  const device = await until(() => server.get('/devices/pump-1'), 'the device');
  assert.equal(device.place, 'Hall 3');
  assert.equal((await until(count, 'the sensor')).value, 30);
  assert.equal((await count()).unit, 'bar');

  // Messages come in while the mappings change back and forth: each becomes exactly one reading.
  let sent = 1;
  let stop = false;
  const publishing = (async () => {
    while (!stop) {
      await Promise.all(Array.from({ length: 20 }, () => client.publishAsync('plant/pump-1/pressure', '3', { qos: 1 })));
      sent += 20;
    }
  })();
  for (let i = 0; i < 5; i++) await reload(settings(i % 2 ? 10 : 100), /1 mappings were read/);
  stop = true;
  await publishing;
  await client.publishAsync('plant/pump-1/pressure', '3', { qos: 1 }); // the others may all have come before the last reload
  sent += 1;
  const readings = async () => Number(/^telltale_readings_total (\d+)$/m.exec((await server.request('GET', '/metrics')).text)[1]);
  assert.equal(await readings(), sent);
  await until(async () => (await count()).value === 300, 'the new scale');

  await reload('decode:\n  mappings:\n    - topic: plant/#\n      scle: 1\n', /the mappings in use stay: .*telltale\.yaml:4:7: unknown key 'scle', did you mean 'scale'/);
  await client.publishAsync('plant/pump-1/pressure', '4', { qos: 1 });
  await until(async () => (await count()).value === 400, 'a reading by the old mapping');

  await reload('decode:\n  mappings: []\n', /0 mappings were read/);
  await client.publishAsync('plant/pump-1/pressure', '5', { qos: 1 });
  await until(() => server.get('/devices/plant%2Fpump-1'), 'the device that the topic names');
});

test('decode and check-config use the mappings of a settings file', (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'm.yaml');
  writeFileSync(file, settings(10));
  assert.equal(command(['check-config', '-c', file]).status, 0);
  const got = command(['decode', '-c', file], { input: '{"id":7,"topic":"plant/p/t","payload":"1.5"}\n' });
  assert.deepEqual(JSON.parse(got.stdout), {
    id: 7, records: [{ device: 'p', sensor: 't', value: 15, unit: 'bar', timestamp_ms: null }],
    meta: [{ device: 'p', place: 'Hall 3' }], decoder: 'mapping',
  });
  writeFileSync(file, settings('ten'));
  const refused = command(['check-config', '-c', file]);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /m\.yaml:6:14: scale: expected a number/);
});

test('a mapping is tried, saved, used at once, changed and deleted by REST, and outlives kill -9', async (t) => {
  const server = await new Server(t, { config: settings(10) }).start();
  const client = await mqttClient(t, server.mqtt);
  const publish = (topic, payload) => client.publishAsync(topic, payload, { qos: 1 });
  const ask = async (method, path, body) => {
    const answer = await server.request(method, `/api/v1${path}`, body);
    return { status: answer.status, body: answer.text ? JSON.parse(answer.text) : null };
  };
  const doors = { topic: 'doors/{device}', sensor: 'open', true: ['OPEN'], false: ['SHUT'] };
  for (const words of ['OPEN', 'SHUT', 'ajar']) await publish('doors/front', words);

  const trial = await ask('POST', '/mappings/test', { mapping: doors });
  assert.equal(trial.status, 200);
  assert.deepEqual(trial.body.messages.map((m) => [m.payload, m.dropped, m.then.records[0]?.value ?? m.then.dropped]),
    [['ajar', 'undecoded', 'undecoded'], ['SHUT', 'undecoded', 0], ['OPEN', 'undecoded', 1]], 'as they were and as they would be, the newest first');
  assert.deepEqual([trial.body.number, trial.body.gave, trial.body.others, trial.body.cut], [2, 2, 0, 0]);
  const shadowed = await ask('POST', '/mappings/test', { mapping: { topic: 'plant/#', device: 'all' } });
  assert.deepEqual(shadowed.body.messages, []);
  await publish('plant/pump-1/pressure', '3');
  assert.equal((await ask('POST', '/mappings/test', { mapping: { topic: 'plant/#', device: 'all' } })).body.others, 1, 'the file has it first');

  const refused = await ask('POST', '/mappings', { topic: 'doors/{device}', sensor: 'open', scale: 'much' });
  assert.equal(refused.status, 400);
  assert.equal(refused.body.error.field, 'scale');
  assert.match(refused.body.error.message, /expected a number/);
  assert.equal((await ask('POST', '/mappings/test', { mapping: { ...doors, offset: 'x' } })).body.error.field, 'offset');
  assert.match((await ask('POST', '/mappings', { topic: 'a', sensr: 'x' })).body.error.message, /did you mean 'sensor'/);
  assert.equal((await ask('POST', '/mappings', {})).status, 400);

  // Saved while messages come in: each of them becomes a reading before or after, none is lost.
  const made = await ask('POST', '/mappings', doors);
  assert.equal(made.status, 201);
  await publish('doors/front', 'OPEN');
  const sensor = async (device) => (await server.get(`/devices/${device}`)).sensors.find((s) => s.id === 'open');
  assert.equal((await until(() => sensor('front'), 'the sensor')).value, 1);
  const used = async () => (await ask('GET', '/mappings-in-use')).body.mappings;
  assert.deepEqual((await used()).map((m) => [m.number, m.from, m.id ?? null, m.mapping]), [
    [1, 'file', null, { topic: 'plant/{device}/{sensor}', location: 'Hall 3', unit: 'bar', scale: '10' }],
    [2, 'page', made.body.id, doors],
  ]);

  const changed = await ask('PUT', `/mappings/${made.body.id}`, { ...doors, sensor: 'ajar', version: made.body.version });
  assert.equal(changed.status, 200);
  assert.equal((await ask('PUT', `/mappings/${made.body.id}`, { ...doors, version: made.body.version })).status, 409, 'somebody was faster');
  server.child.kill('SIGHUP');
  await until(() => /1 mappings were read/.test(server.stderr), 'the file read again');
  await publish('doors/front', 'SHUT');
  await until(async () => (await server.get('/devices/front')).sensors.some((s) => s.id === 'ajar' && s.value === 0), 'a reading by the changed one');

  await server.kill();
  await server.start();
  const again = await mqttClient(t, server.mqtt);
  await again.publishAsync('doors/back', 'OPEN', { qos: 1 });
  await until(async () => (await server.get('/devices/back')).sensors.some((s) => s.id === 'ajar' && s.value === 1), 'a reading after kill -9');
  assert.equal((await ask('DELETE', `/mappings/${made.body.id}`)).status, 204);
  assert.equal((await used()).length, 1);
  await again.publishAsync('doors/cellar', 'OPEN', { qos: 1 });
  assert.equal((await server.request('GET', '/api/v1/devices/cellar')).status, 404);
});
