// SPDX-License-Identifier: Apache-2.0
// Rules become alerts: one while the condition lasts, live at once, kept over a restart.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ask, liveClient, mqttClient, publishReading } from '../support/clients.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const RULE = { deviceId: 'd', sensorType: 'temperature', condition: 'greater_than', threshold: 30, severity: 'warning' };
const alerts = async (server, state = 'all') => (await server.get(`/alerts?state=${state}`)).alerts;

async function setup(t) {
  const server = await startServer(t);
  const client = await mqttClient(t, server.mqtt);
  return { server, client };
}

test('an alert is raised once, told live, acknowledged, and resolved', async (t) => {
  const { server, client } = await setup(t);
  const socket = await liveClient(t, server.base);
  await ask(socket, 'subscribe-fleet', 'none');
  const rule = await server.rest('POST', '/rules', RULE);
  await publishReading(client, 'd', 'temperature', 29);
  const before = Date.now();
  await publishReading(client, 'd', 'temperature', 35);
  const created = await socket.events.next('alert-created');
  const [alert, position] = created.args;
  assert.match(position, /^\d+\.\d+$/);
  assert.deepEqual([alert.deviceId, alert.sensorType, alert.value, alert.ruleId, alert.severity, alert.acknowledged],
    ['d', 'temperature', 35, rule.id, 'warning', false]);
  assert.equal(alert.message, 'temperature greater_than 30. Current: 35');
  assert.ok(alert.createdAt >= before && alert.createdAt <= Date.now());
  await publishReading(client, 'd', 'temperature', 36);
  await publishReading(client, 'd', 'temperature', 37);
  assert.equal((await alerts(server, 'open')).length, 1, 'one alert while the condition lasts');

  await server.rest('POST', `/alerts/${alert.id}/acknowledge`, { note: 'mine' });
  const released = await server.rest('DELETE', `/alerts/${alert.id}/acknowledge`);
  assert.deepEqual([released.state, released.acknowledgedBy, released.acknowledgedAt, released.note], ['firing', null, null, null]);
  await server.rest('POST', `/alerts/${alert.id}/acknowledge`);
  const updated = await socket.events.next('alert-updated');
  assert.equal(updated.args[0].id, alert.id);
  assert.equal(updated.args[0].acknowledged, true);

  await publishReading(client, 'd', 'temperature', 30);
  const resolved = await socket.events.next('alert-resolved');
  assert.equal(resolved.args[0].id, alert.id);
  assert.deepEqual(await alerts(server, 'open'), []);
  const [past] = await until(async () => {
    const all = await alerts(server);
    return all.length === 1 && all;
  }, 'the alert among the past');
  assert.deepEqual([past.id, past.acknowledged, past.resolvedAt >= past.createdAt], [alert.id, true, true]);
  assert.equal(socket.events.of('alert-created').length, 1);
});

test('acknowledging needs no body, whatever its content type, and may be repeated', async (t) => {
  const { server, client } = await setup(t);
  await server.rest('POST', '/rules', RULE);
  await publishReading(client, 'd', 'temperature', 35);
  const [alert] = await alerts(server, 'open');
  for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
    const answer = await server.request('POST', `/api/v1/alerts/${alert.id}/acknowledge`, '', { 'content-type': type });
    assert.equal(answer.status, 200, `${type}: ${answer.text}`);
  }
  const missing = await server.request('POST', '/api/v1/alerts/nothing/acknowledge');
  assert.equal(missing.status, 404);
});

test('every condition compares as it says', async (t) => {
  const { server, client } = await setup(t);
  const table = {
    greater_than: [[31, true], [30, false]], less_than: [[29, true], [30, false]], equals: [[30, true], [31, false]],
    not_equals: [[31, true], [30, false]], greater_or_equal: [[30, true], [29, false]], less_or_equal: [[30, true], [31, false]],
  };
  for (const [condition, cases] of Object.entries(table)) {
    await server.rest('POST', '/rules', { ...RULE, deviceId: condition, condition });
    for (const [value, raised] of [...cases, cases[0]]) {
      await publishReading(client, condition, 'temperature', value);
      const open = (await alerts(server, 'open')).filter((a) => a.deviceId === condition);
      assert.equal(open.length, raised ? 1 : 0, `${condition} 30 with ${value}`);
    }
  }
});

test('a new rule looks at the latest value at once, a deleted one resolves its alert', async (t) => {
  const { server, client } = await setup(t);
  await publishReading(client, 'd', 'temperature', 50);
  const rule = await server.rest('POST', '/rules', RULE);
  await until(async () => (await alerts(server, 'open')).length === 1, 'the alert of the latest value');
  await server.rest('DELETE', `/rules/${rule.id}`);
  await until(async () => (await alerts(server, 'open')).length === 0, 'its end');
});

test('a disabled rule raises nothing', async (t) => {
  const { server, client } = await setup(t);
  const rule = await server.rest('POST', '/rules', { ...RULE, enabled: false });
  await publishReading(client, 'd', 'temperature', 50);
  assert.deepEqual(await alerts(server), []);
  await server.rest('PATCH', `/rules/${rule.id}`, { enabled: true });
  await until(async () => (await alerts(server, 'open')).length === 1, 'the alert once it is enabled');
});

test('an open alert goes on after a crash, without a duplicate', async (t) => {
  const { server, client } = await setup(t);
  await server.rest('POST', '/rules', RULE);
  await publishReading(client, 'd', 'temperature', 35);
  const [alert] = await alerts(server, 'open');
  await server.rest('POST', `/alerts/${alert.id}/acknowledge`);
  await server.kill();
  await server.start();
  const again = await mqttClient(t, server.mqtt);
  await publishReading(again, 'd', 'temperature', 36);
  const open = await alerts(server, 'open');
  assert.deepEqual(open.map((a) => [a.id, a.acknowledged, a.value]), [[alert.id, true, 35]]);
  const socket = await liveClient(t, server.base);
  const { args } = await socket.events.next('dashboard:data');
  assert.deepEqual(args[0].alerts.map((a) => a.id), [alert.id]);
  await publishReading(again, 'd', 'temperature', 20);
  await socket.events.next('alert-resolved', (a) => a.id === alert.id);
});

test('late values change nothing about now, and what they tell is labelled and told to nobody', async (t) => {
  const { server, client } = await setup(t);
  const hourAgo = Date.now() - 3_600_000;
  await publishReading(client, 'd', 'temperature', 20, Date.now() - 1000);
  await server.rest('POST', '/rules', RULE);
  await publishReading(client, 'd', 'temperature', 99, hourAgo);
  const [late] = await until(async () => {
    const open = await alerts(server, 'open');
    return open.length === 1 && open;
  }, 'the alert of the late reading');
  assert.deepEqual([late.late, late.muted, late.since, late.value], [true, 'late', hourAgo, 99]);
  await publishReading(client, 'd', 'temperature', 20, hourAgo + 60_000);
  const [past] = await until(async () => {
    const all = await alerts(server);
    return all[0].state === 'resolved' && all;
  }, 'its end, by the next late reading');
  assert.deepEqual([past.id, past.resolvedAt], [late.id, hourAgo + 60_000]);
});

test('a rule over a tag follows devices as they get and lose it, each with its own limit', async (t) => {
  const { server, client } = await setup(t);
  for (const [device, limit] of [['a', 10], ['b', 50], ['c', 10]]) {
    await publishReading(client, device, 'temperature', 30);
    await server.rest('PATCH', `/devices/${device}`, { attributes: { max: limit }, tags: device === 'c' ? [] : ['cold'] });
  }
  const rule = await server.rest('POST', '/rules', {
    name: 'too warm', scope: { tag: 'cold' }, severity: 'critical', message: '{device}: {value} above {threshold}',
    when: { sensor: 'temperature', condition: 'greater_than', threshold: { attribute: 'max' } },
  });
  assert.deepEqual(rule.scope, { tag: 'cold' });
  const open = async () => (await alerts(server, 'open')).map((a) => `${a.deviceId} ${a.state} ${a.message}`).sort();
  assert.deepEqual(await until(async () => (await open()).length === 1 && open(), 'the alert of a'), ['a firing a: 30 above 10']);
  await server.rest('PATCH', '/devices/c', { tags: ['cold'] });
  await until(async () => (await open()).length === 2, 'the alert of c');
  await server.rest('PATCH', '/devices/a', { attributes: { max: 40 } });
  await publishReading(client, 'a', 'temperature', 31);
  await server.rest('PATCH', '/devices/c', { tags: [] });
  assert.deepEqual(await until(async () => (await open()).length === 0 && open(), 'their ends'), []);
});

test('a condition must last, is shown as pending, and goes on after a crash under the same id', async (t) => {
  const { server, client } = await setup(t);
  const socket = await liveClient(t, server.base);
  await server.rest('POST', '/rules', { ...RULE, for: '4s' });
  await publishReading(client, 'd', 'temperature', 35);
  const [pending] = (await socket.events.next('alert-pending')).args;
  assert.deepEqual([pending.state, pending.firedAt], ['pending', null]);
  assert.equal(socket.events.of('alert-created').length, 0);
  await until(async () => (await alerts(server)).length === 1, 'it in the store');
  await server.kill();
  await server.start();
  const [fired] = await until(async () => {
    const open = await alerts(server, 'open');
    return open.length === 1 && open[0].state === 'firing' && open;
  }, 'the alert that was pending');
  assert.deepEqual([fired.id, fired.since], [pending.id, pending.since]);
  assert.ok(fired.firedAt - fired.since >= 4000, `fired after ${fired.firedAt - fired.since} ms`);
});

test('silence and status raise alerts with their cause', async (t) => {
  const { server } = await setup(t);
  const dying = await mqttClient(t, server.mqtt, { will: { topic: 'devices/d/status', payload: 'offline' } });
  await publishReading(dying, 'd', 'temperature', 20);
  await server.rest('POST', '/rules', { scope: { all: true }, when: { condition: 'status', status: 'offline' }, severity: 'critical' });
  await server.rest('POST', '/rules', {
    scope: { device: 'd' }, when: { sensor: 'temperature', condition: 'no_data', window: '2s' }, severity: 'warning',
  });
  const silent = await until(async () => (await alerts(server, 'open')).find((a) => a.condition === 'no_data'), 'the silence');
  assert.deepEqual([silent.cause, silent.message], ['silent', 'temperature no_data for 2s. Cause: silent']);
  dying.stream.destroy();
  const offline = await until(async () => (await alerts(server, 'open')).find((a) => a.condition === 'status'), 'the status');
  assert.deepEqual([offline.cause, offline.message], ['will', 'status offline. Cause: will']);
  const again = await mqttClient(t, server.mqtt);
  await publishReading(again, 'd', 'temperature', 20);
  await until(async () => (await alerts(server, 'open')).length === 0, 'both ends');
});

test('a rule that can not be valid names the member and why', async (t) => {
  const { server } = await setup(t);
  const base = { scope: { device: 'd' }, severity: 'info' };
  const leaf = { sensor: 's', condition: 'greater_than', threshold: 1 };
  const table = [
    [{ ...base, when: { all: [leaf, { any: [{ ...leaf, threshold: 'x' }] }] } }, 'when.all[1].any[0].threshold'],
    [{ ...base, when: { ...leaf, hysteresis: -1 } }, 'when.hysteresis'],
    [{ ...base, when: leaf, for: '5 minutes' }, 'for'],
    [{ ...base, when: leaf, message: '{nothing}' }, 'message'],
    [{ ...base, when: { sensor: 's', condition: 'between', low: 3 } }, 'when.high'],
    [{ ...base, when: { ...leaf, sensor: undefined } }, 'when.sensor'],
    [{ ...base, when: { sensor: 's', condition: 'no_data' } }, 'when.window'],
    [{ ...base, when: leaf, escalate_at: 0.5 }, 'escalate_at'],
    [{ ...base, scope: { tag: '' }, when: leaf }, 'scope.tag'],
    [{ ...base, when: leaf, fro: '5m' }, 'fro'],
    [{ when: leaf, severity: 'info' }, 'deviceId'],
  ];
  for (const [rule, field] of table) {
    const answer = await server.request('POST', '/api/v1/rules', JSON.stringify(rule), { 'content-type': 'application/json' });
    const { error } = JSON.parse(answer.text);
    assert.deepEqual([answer.status, error.field], [400, field], JSON.stringify(error));
    assert.ok(error.message.length > 5);
  }
});

test('a silence is a document that mutes alerts until it is taken away, also over a restart', async (t) => {
  const { server, client } = await setup(t);
  await server.rest('POST', '/rules', RULE);
  await publishReading(client, 'd', 'temperature', 35);
  const muted = async () => (await alerts(server, 'open')).map((a) => [a.muted, a.mutedBy, a.mutedUntil]);
  assert.deepEqual(await muted(), [[null, null, null]]);
  const bad = await server.request('POST', '/api/v1/silences', JSON.stringify({ matchers: { device: 'd' } }), { 'content-type': 'application/json' });
  assert.deepEqual([bad.status, JSON.parse(bad.text).error.field], [400, 'end']);
  const end = Date.now() + 3_600_000;
  const silence = await server.rest('POST', '/silences', { matchers: { device: 'd' }, end, reason: 'cleaning', author: 'me' });
  assert.deepEqual(await muted(), [['silence', silence.id, end]]);
  await server.kill();
  await server.start();
  const again = await mqttClient(t, server.mqtt);
  await publishReading(again, 'd', 'temperature', 20);
  await publishReading(again, 'd', 'temperature', 36);
  assert.deepEqual(await until(async () => (await muted()).length === 1 && muted(), 'the next alert'), [['silence', silence.id, end]]);
  await server.rest('DELETE', `/silences/${silence.id}`);
  assert.deepEqual(await muted(), [[null, null, null]]);
});

test('a maintenance window recurs by the clock of its zone', async (t) => {
  const { server, client } = await setup(t);
  await server.rest('POST', '/rules', RULE);
  await publishReading(client, 'd', 'temperature', 35);
  const put = (window) => server.request('POST', '/api/v1/silences', JSON.stringify({ matchers: { device: 'd' }, window }), { 'content-type': 'application/json' });
  for (const [window, field] of [
    [{ time: '25:00', duration: '1h' }, 'window.time'], [{ time: '10:00', duration: '9d' }, 'window.duration'],
    [{ time: '10:00', duration: '1h', zone: '../../etc/passwd' }, 'window.zone'], [{ time: '10:00', duration: '1h', days: ['moon'] }, 'window.days'],
  ]) {
    const bad = await put(window);
    assert.deepEqual([bad.status, JSON.parse(bad.text).error.field], [400, field]);
  }
  // It began an hour ago in Berlin, whatever the season.
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit', hour12: false });
  const began = Math.floor((Date.now() - 3_600_000) / 60_000) * 60_000;
  const made = await put({ time: parts.format(began), duration: '2h', zone: 'Europe/Berlin' });
  assert.equal(made.status, 201, made.text);
  const [alert] = await alerts(server, 'open');
  assert.deepEqual([alert.muted, alert.mutedUntil], ['maintenance', began + 7_200_000]);
});

test('a rule is tried on the past before it is saved, and compared with the saved one', async (t) => {
  const { server, client } = await setup(t);
  const from = Date.now() - 600_000;
  const values = [20, 31, 32, 33, 20, 50, 20];
  for (const [i, v] of values.entries()) {
    await publishReading(client, 'd', 'temperature', v, from + i * 60_000);
    await publishReading(client, 'e', 'temperature', 0, from + i * 60_000);
  }
  const saved = await server.rest('POST', '/rules', { ...RULE, threshold: 49 });
  const answer = await server.rest('POST', '/rules/test', {
    rule: { scope: { all: true }, when: { sensor: 'temperature', condition: 'greater_than', threshold: 30 }, for: '2m', severity: 'info' },
    from, to: from + 600_000, compare: saved.id,
  });
  assert.deepEqual(answer.firings, [{ device: 'd', from: from + 180_000, to: from + 240_000, peak: 33 }]);
  assert.deepEqual([answer.count, answer.total_ms, answer.longest_ms, answer.devices, answer.readings], [1, 60_000, 60_000, 2, 14]);
  assert.deepEqual([answer.saved.count, answer.saved.total_ms], [1, 60_000]);
  for (let i = 0; i < 10; i++) await publishReading(client, 'd', 'pressure', i < 4 ? 1 : 5, from + i * 60_000 + 1);
  const limit = (sensor, threshold) => ({ sensor, condition: 'greater_than', threshold });
  const both = await server.rest('POST', '/rules/test', {
    rule: { scope: { device: 'd' }, when: { all: [limit('temperature', 30), limit('pressure', 2)] }, severity: 'info' }, from, to: from + 600_000,
  });
  assert.deepEqual(both.firings.map((f) => [f.from - from, f.to - from]), [[300_000, 360_000]], 'two sensors of one device');
  const one = await server.rest('POST', '/rules/test', { rule: RULE, from, to: from + 600_000, device: 'd' });
  assert.deepEqual(one.firings.map((f) => [f.from - from, f.to - from, f.peak]), [[60_000, 240_000, 33], [300_000, 360_000, 50]]);
  const bad = await server.request('POST', '/api/v1/rules/test', JSON.stringify({ rule: { ...RULE, threshold: 'x' } }), { 'content-type': 'application/json' });
  assert.deepEqual([bad.status, JSON.parse(bad.text).error.field], [400, 'rule.threshold']);
  assert.deepEqual(await alerts(server), [], 'a test raises nothing');
});

test('what a rule had seen before a crash counts after it', async (t) => {
  const { server, client } = await setup(t);
  const since = Date.now() - 60_000;
  await server.rest('POST', '/rules', { ...RULE, for: '62s' });
  await publishReading(client, 'd', 'temperature', 35, since);
  await publishReading(client, 'd', 'temperature', 36, since + 60_000);
  await server.kill();
  await server.start();
  const [fired] = await until(async () => {
    const open = await alerts(server, 'open');
    return open.length === 1 && open[0].state === 'firing' && open;
  }, 'the alert');
  assert.equal(fired.since, since);
});
