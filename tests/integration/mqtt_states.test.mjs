// SPDX-License-Identifier: Apache-2.0
// Every packet in every state of a session, in both versions: what is answered, what ends the
// connection, and what never happens twice (C6: no sequence of packets does harm).
import assert from 'node:assert/strict';
import test from 'node:test';
import { TYPES, Wire, packet } from '../support/mqtt_wire.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

// Both, in either order: what others did and what is owed to oneself have none.
async function hearBoth(peer, ...names) {
  assert.deepEqual([(await peer.next()).name, (await peer.next()).name].sort(), names);
}

// What a peer does to be in a state; then the packet is sent, with packet id 1.
const states = {
  new: async () => {},
  connected: async (peer) => { await peer.connect(); },
  subscribed: async (peer) => {
    await peer.connect();
    await peer.subscribe('own/#', 2);
  },
  // It sent QoS 2 with id 1 and got PUBREC.
  received: async (peer) => {
    await peer.connect();
    peer.say('PUBLISH', { qos: 2, id: 1 });
    await peer.hear('PUBREC');
  },
  // It was sent QoS 1 with id 1 and has not acknowledged.
  owed1: async (peer) => {
    await peer.connect();
    await peer.subscribe('own/#', 1);
    peer.say('PUBLISH', { topic: 'own/x', qos: 1, id: 9 });
    await hearBoth(peer, 'PUBACK', 'PUBLISH');
  },
  // It was sent QoS 2 with id 1 and has not answered.
  owed2: async (peer) => {
    await peer.connect();
    await peer.subscribe('own/#', 2);
    peer.say('PUBLISH', { topic: 'own/x', qos: 2, id: 9 });
    await hearBoth(peer, 'PUBLISH', 'PUBREC');
  },
  // It was sent QoS 2 with id 1, answered PUBREC, and was sent PUBREL.
  released: async (peer) => {
    await peer.connect();
    await peer.subscribe('own/#', 2);
    peer.say('PUBLISH', { topic: 'own/x', qos: 2, id: 9 });
    await hearBoth(peer, 'PUBLISH', 'PUBREC');
    peer.say('PUBREL', { id: 9 }).say('PUBREC', { id: 1 });
    await hearBoth(peer, 'PUBCOMP', 'PUBREL');
  },
};

// What comes back, by packet: names with codes of 5.0; 'end' is a connection closed, in 5.0 with that
// reason. `in` says where a state makes a difference.
const END = (reason) => ({ 4: ['closed'], 5: [`DISCONNECT ${reason.toString(16)}`, 'closed'] });
const SAME = (...names) => ({ 4: names, 5: names });
const connected = {
  CONNECT: END(0x82),
  CONNACK: END(0x82),
  PUBLISH: SAME(),
  PUBLISH1: { 4: ['PUBACK 0'], 5: ['PUBACK 10'] },
  PUBLISH2: { 4: ['PUBREC 0'], 5: ['PUBREC 10'], in: { received: SAME('PUBREC 0') } },
  PUBACK: SAME(),
  PUBREC: { 4: ['PUBREL 0'], 5: ['PUBREL 92'], in: { owed2: SAME('PUBREL 0'), released: SAME('PUBREL 0') } },
  PUBREL: { 4: ['PUBCOMP 0'], 5: ['PUBCOMP 92'], in: { received: SAME('PUBCOMP 0') } },
  PUBCOMP: SAME(),
  SUBSCRIBE: SAME('SUBACK 0'),
  SUBACK: END(0x82),
  UNSUBSCRIBE: { 4: ['UNSUBACK 1'], 5: ['UNSUBACK 11'] },
  UNSUBACK: END(0x82),
  PINGRESP: END(0x82),
  DISCONNECT: SAME('closed'),
  AUTH: { 4: ['closed'], 5: ['DISCONNECT 8c', 'closed'] },
};

function expected(state, name, version) {
  if (state === 'new') return name === 'CONNECT' ? ['CONNACK 0'] : ['closed'];
  const row = connected[name];
  return (row.in?.[state] ?? row)[version];
}

const variants = [...Object.keys(TYPES).filter((n) => n !== 'PINGREQ'), 'PUBLISH1', 'PUBLISH2'];

function bytesOf(version, name) {
  const qos = Number(/^PUBLISH([12])$/.exec(name)?.[1] ?? 0);
  if (name.startsWith('PUBLISH')) return packet(version, 'PUBLISH', { topic: 'nobody/here', qos, id: 1, dup: qos === 2 });
  return packet(version, name, { id: 1, filter: 'other/#' });
}

for (const version of [4, 5]) {
  test(`every packet in every session state, MQTT ${version === 4 ? '3.1.1' : '5.0'}`, async (t) => {
    const server = await startServer(t);
    const wrong = [];
    for (const [state, prepare] of Object.entries(states)) {
      for (const name of variants) {
        const peer = new Wire(t, server.mqtt, version);
        await prepare(peer);
        peer.send(bytesOf(version, name));
        const heard = (await peer.rest()).map((p) => (p === 'closed' ? p : `${p.name} ${(p.code ?? 0).toString(16)}`));
        if (version === 4 && name === 'UNSUBSCRIBE' && heard[0]) heard[0] = heard[0].replace(/ .*/, ' 1');
        const wanted = expected(state, name, version);
        if (JSON.stringify(heard) !== JSON.stringify(wanted)) wrong.push(`${name} when ${state}: ${heard} instead of ${wanted}`);
        peer.socket.destroy();
      }
    }
    assert.deepEqual(wrong, []);
    assert.equal((await server.request('GET', '/healthz')).status, 200);
  });

  test(`a message of QoS 2 arrives once over cut connections, MQTT ${version}`, async (t) => {
    const server = await startServer(t);
    const session = { client: 'sender', clean: false, expiry: 100 };
    const watcher = new Wire(t, server.mqtt, version);
    await watcher.connect({ client: 'watcher' });
    await watcher.subscribe('sensors/#', 0);
    const message = { topic: 'sensors/d/x', payload: '7', qos: 2, id: 77 };
    let sender = new Wire(t, server.mqtt, version);
    assert.equal((await sender.connect(session)).present, 0);
    sender.say('PUBLISH', message);
    await sender.hear('PUBREC');
    sender.cut();
    sender = new Wire(t, server.mqtt, version);
    assert.equal((await sender.connect(session)).present, 1);
    sender.say('PUBLISH', { ...message, dup: true });
    assert.equal((await sender.hear('PUBREC')).code, 0);
    sender.say('PUBREL', { id: 77 });
    await sender.hear('PUBCOMP');
    sender.cut();
    sender = new Wire(t, server.mqtt, version);
    await sender.connect(session);
    sender.say('PUBREL', { id: 77 });
    await sender.hear('PUBCOMP');
    const got = (await watcher.rest()).map((p) => p.payload);
    assert.deepEqual(got, ['7']);
    assert.equal((await server.metrics()).get('telltale_dropped_total{reason="mqtt_duplicate"}'), 1);
  });

  test(`a subscriber of QoS 2 that is cut off gets each message once, MQTT ${version}`, async (t) => {
    const server = await startServer(t);
    const session = { client: 'reader', clean: false, expiry: 100 };
    const sender = new Wire(t, server.mqtt, version);
    await sender.connect({ client: 'sender' });
    let reader = new Wire(t, server.mqtt, version);
    await reader.connect(session);
    await reader.subscribe('t', 2);
    sender.say('PUBLISH', { topic: 't', payload: 'one', qos: 2, id: 1 });
    await sender.hear('PUBREC');
    const first = await reader.hear('PUBLISH');
    assert.equal(first.dup, false);
    reader.cut();
    reader = new Wire(t, server.mqtt, version);
    assert.equal((await reader.connect(session)).present, 1);
    const again = await reader.hear('PUBLISH');
    assert.deepEqual([again.id, again.dup, again.payload], [first.id, true, 'one']);
    reader.say('PUBREC', { id: first.id });
    await reader.hear('PUBREL');
    reader.cut();
    reader = new Wire(t, server.mqtt, version);
    await reader.connect(session);
    assert.equal((await reader.hear('PUBREL')).id, first.id, 'the message itself does not come again');
    reader.say('PUBCOMP', { id: first.id });
    assert.deepEqual(await reader.rest(), []);
    reader.cut();
    reader = new Wire(t, server.mqtt, version);
    await reader.connect(session);
    assert.deepEqual(await reader.rest(), []);
  });

  test(`F23: a DUP of QoS 1 after a cut connection is acknowledged and goes nowhere, MQTT ${version}`, async (t) => {
    const server = await startServer(t);
    const watcher = new Wire(t, server.mqtt, version);
    await watcher.connect({ client: 'watcher' });
    await watcher.subscribe('sensors/#', 0);
    const message = { topic: 'sensors/d/x', payload: '7', qos: 1, id: 5 };
    let sender = new Wire(t, server.mqtt, version);
    await sender.connect({ client: 'sender' });
    sender.say('PUBLISH', message);
    await sender.hear('PUBACK');
    sender.cut();
    sender = new Wire(t, server.mqtt, version);
    await sender.connect({ client: 'sender' });
    sender.say('PUBLISH', { ...message, dup: true });
    await sender.hear('PUBACK');
    sender.say('PUBLISH', { ...message, payload: '8', dup: true });
    await sender.hear('PUBACK');
    sender.say('PUBLISH', message);
    await sender.hear('PUBACK');
    const got = (await watcher.rest()).map((p) => p.payload);
    assert.deepEqual(got, ['7', '8', '7'], 'only the DUP that is the same message is one');
    assert.equal((await server.metrics()).get('telltale_dropped_total{reason="mqtt_duplicate"}'), 1);
  });

  test(`C11: a subscriber of QoS 1 that never acknowledges is closed at 1,000 messages and its session kept, MQTT ${version}`, async (t) => {
    const server = await startServer(t);
    const session = { client: 'stuck', clean: false, expiry: 100, keepAlive: 0 };
    let stuck = new Wire(t, server.mqtt, version);
    await stuck.connect(session);
    await stuck.subscribe('t', 1);
    const sender = new Wire(t, server.mqtt, version);
    await sender.connect({ client: 'sender' });
    for (let i = 1; i <= 1500; i += 1) {
      sender.say('PUBLISH', { topic: 't', payload: String(i), qos: 1, id: i });
      if (i % 50 === 0) await sender.rest();
    }
    let end;
    for (let p = await stuck.next(); p; p = await stuck.next()) end = p;
    if (version === 5) assert.deepEqual([end.name, end.code], ['DISCONNECT', 0x97]);
    assert.ok((await server.metrics()).get('telltale_dropped_total{reason="session_full"}') >= 400);
    // The gauge is set a few times a second, also while the queue still filled.
    const queued = async () => (await server.metrics()).get('telltale_queue_sessions');
    const owed = await until(async () => { const n = await queued(); return n >= 1000 ? n : null; }, '1,000 to be owed');
    assert.ok(owed <= 1050, `${owed} are kept`);
    stuck = new Wire(t, server.mqtt, version);
    assert.equal((await stuck.connect(session)).present, 1);
    for (let i = 1; i <= 1000; i += 1) {
      const p = await stuck.hear('PUBLISH');
      assert.equal(p.payload, String(i), 'in the order of publishing, none missing');
      stuck.say('PUBACK', { id: p.id });
    }
    for (;;) {
      const rest = await stuck.rest();
      for (const p of rest) stuck.say('PUBACK', { id: p.id });
      if (rest.length === 0) break;
    }
    await until(async () => (await server.metrics()).get('telltale_queue_sessions') === 0, 'nothing to be owed');
  });
}
