// SPDX-License-Identifier: Apache-2.0
// `make bench-live`: the live stream beside its targets and its peers of the same run: socket.io on Node, a bare send()
// loop, ourselves by send and by io_uring, with one event a send and with several.
// usage: node live.mjs [SECTION...] (fanout, shared, frames, idle, latency, watch, slow).
import { buildLoad, cpuOf, nodeStack, program, Run } from './processes.mjs';
import { number, Table } from './table.mjs';

const sections = process.argv.slice(2);
const table = new Table('live', ...sections);
const wanted = (name) => sections.length === 0 || sections.includes(name);

const CLIENTS = 1000;
const EVERY_READING = '42["subscribe-fleet",{"interval":0,"dashboard":false}]';
const us = (x) => `${x.toFixed(2)} us`;

// Of `count` clients and a publisher: what arrived, and what it cost the server (`pid`). The publisher comes last, since
// a server that is full of work lets nobody in; or `early`, where the server is to know the devices before.
async function deliver({ http, mqtt, pid }, { clients = [], ticker = [], count = CLIENTS, seconds = 4, early = false }) {
  const publish = () => new Run('mqtt_ticker', ['--port', mqtt, '--seconds', 3600, ...ticker]);
  let sender = early ? publish() : undefined;
  const readers = new Run('live_clients', ['--port', http, '--clients', count, '--seconds', seconds, ...clients]);
  await readers.line();
  sender ??= publish();
  const before = cpuOf(pid);
  const got = await readers.end();
  const cpu = cpuOf(pid) - before;
  await sender.stop();
  return { ...got, server: cpu, each: cpu / got.events * 1e6, rate: got.events / got.seconds, load: cpu / got.seconds };
}

// As deliver, on a server of its own.
async function measured(start, wish) {
  const server = await start();
  try {
    return await deliver(server, wish);
  } finally {
    await server.stop();
  }
}

const telltale = (sends) => () => program({ settings: `sends: ${sends}\n` });

async function bareSend(args) {
  const run = new Run('bare_send', ['--clients', CLIENTS, ...args]);
  await run.line();
  const got = await run.end();
  return { ...got, each: got.cpu / got.sends * 1e6, rate: got.sends / got.seconds };
}

// ---- a message to 1000 clients ----

// Raises the load until one of the two is saturated: it has no core left, or does not keep up.
async function untilSaturated(start, clients, rates) {
  const steps = [];
  for (const rate of rates) {
    const got = await measured(start, { seconds: 3, clients, ticker: ['--rate', rate, '--devices', 50] });
    steps.push({ ...got, offered: rate });
    if (got.load > 0.95 || got.rate < 0.95 * rate * CLIENTS || got.cpu / got.seconds > 0.95) break;
  }
  return steps;
}

const ofRate = (steps, rate) => steps.find((s) => s.offered === rate);
const say = (s) => `${number(s.rate)}/s (${(s.events / s.reads).toFixed(1)} a read), ${us(s.each)} a delivery, ${s.load.toFixed(2)} of a core`;
const part = (a, b) => `1/${(b.each / a.each).toFixed(1)}`;

async function fanout() {
  const ours = ['--emit', EVERY_READING];
  const rates = [20, 50, 100, 200, 400];
  const node = await untilSaturated(nodeStack, [], rates);
  const send = await untilSaturated(telltale('send'), ours, rates);
  const uring = await untilSaturated(telltale('io_uring'), ours, rates);
  for (const rate of rates) {
    const [theirs, a, b] = [node, send, uring].map((steps) => ofRate(steps, rate));
    if (!theirs && !a && !b) break;
    const bare = await bareSend(['--bytes', 190, '--seconds', 1, '--rate', rate]);
    const beside = (x) => `${say(x)}: ${(x.each / bare.each).toFixed(2)} of bare${theirs ? `, ${part(x, theirs)}` : ''}`;
    table.row(`1 message -> ${number(CLIENTS)} clients, ${rate} messages/s: bare send at this pace`, `${us(bare.each)} a delivery`, 'the limit of the same run');
    if (theirs) table.row('  socket.io on Node', say(theirs), 'the peer of the same run');
    if (a) table.row('  ours by send', beside(a), '');
    if (b) table.row('  ours by io_uring', beside(b), '');
  }
  const bare = await bareSend(['--bytes', 190, '--seconds', 2]);
  table.row('bare send without a pause', `${number(bare.rate)}/s, ${us(bare.each)} a delivery`, 'the limit of the same run');
  const [n, a, b] = [node, send, uring].map((steps) => steps.at(-1));
  table.row('load raised until one side was saturated: socket.io', say(n), 'the peer of the same run');
  table.row('  ours by send', `${say(a)}: ${part(a, n)}`, '<= 1/2.5 of socket.io', n.each / a.each >= 2.5);
  table.row('  ours by io_uring', `${say(b)}: ${part(b, n)}`, '<= 1/4 of socket.io', n.each / b.each >= 4);
}

// ---- several events a send ----

async function shared() {
  const rate = 100;
  const clients = ['--emit', EVERY_READING];
  const burst = ['--rate', rate, '--devices', 50, '--burst', 4];
  const node = await measured(nodeStack, { ticker: burst });
  const alone = await measured(telltale('send'), { clients, ticker: ['--rate', rate, '--devices', 50] });
  table.row(`${rate} messages/s -> ${number(CLIENTS)} clients, 4 at once: socket.io`, say(node), 'the peer of the same run');
  table.row('  ours by send, the same messages one by one', `${say(alone)}: ${part(alone, node)}`, 'for comparison');
  for (const how of ['send', 'io_uring']) {
    const got = await measured(telltale(how), { clients, ticker: burst });
    const events = got.events / got.reads;
    table.row(`  ours by ${how}`, `${say(got)}: ${part(got, node)}`, '<= 1/8 of socket.io', events >= 4 && node.each / got.each >= 8);
  }
}

// ---- 100 readings a frame ----

async function frames() {
  const forms = [
    ['100 events a send', undefined, 'sensor-data', EVERY_READING, []],
    ['100 readings a sensor-batch', true, 'sensor-batch', '42["subscribe-fleet",{"interval":0,"format":"batch","dashboard":false}]', ['--column', 'v']],
  ];
  for (const [words, judged, event, emit, more] of forms) {
    let best;
    for (const bursts of [40, 80, 160, 320]) {
      const got = await measured(telltale('auto'), { seconds: 3, clients: ['--event', event, '--emit', emit, ...more], ticker: ['--rate', bursts * 100, '--devices', 100, '--burst', 100] });
      const updates = (got.values || got.events) / got.seconds;
      if (!best || updates > best.updates) best = { ...got, updates, bytesEach: got.bytes / (got.values || got.events) };
      if (got.load > 1.2 || updates < 0.9 * bursts * 100 * CLIENTS) break;
    }
    const bare = await bareSend(['--bytes', Math.round(best.bytesEach * 100), '--seconds', 2]);
    const limit = bare.rate * 100;
    table.row(`${words} -> ${number(CLIENTS)} clients, ${number(best.bytesEach * 100)} bytes`, `${number(best.updates)} updates/s, server ${best.load.toFixed(2)}, clients ${(best.cpu / best.seconds).toFixed(2)} of a core`, judged ? '>= 6,000,000 updates/s' : 'for comparison', judged && best.updates >= 6e6);
    const ours = best.server / best.updates / best.seconds;
    const theirs = bare.cpu / bare.sends / 100;
    table.row('  bare send of as many bytes', `${number(limit)} updates/s; updates a second of CPU: ${number(1 / ours)}, ${(theirs / ours).toFixed(2)} of its`, judged ? '>= 0.8 of a bare send' : 'the limit of the same run', judged && theirs / ours >= 0.8);
  }
}

// ---- idle ----

// What `count` clients cost in memory, and in CPU for `seconds` once they are all in and settled.
async function idleFor(server, emit, count, seconds) {
  const settle = 1;
  const before = server.memory();
  const clients = new Run('live_clients', ['--port', server.http, '--clients', count, '--seconds', seconds + settle, '--emit', emit, '--event', 'dashboard:update']);
  await clients.line();
  await new Promise((resolve) => { setTimeout(resolve, settle * 1000); });
  const each = (server.memory() - before) / count;
  const began = performance.now();
  const cpu = cpuOf(server.pid);
  const got = await clients.end();
  return { each, load: (cpuOf(server.pid) - cpu) / (performance.now() - began) * 1000, rate: got.events / got.seconds };
}

async function idle() {
  const count = 9000; // what 20,000 descriptors of one process leave for live clients, less some
  const bare = await bareSend(['--clients', count, '--bytes', 190, '--rate', 1, '--seconds', 4]);
  table.row(`bare send to ${number(count)} sockets once a second`, `${us(bare.each)} each: ${(bare.each * count / 1e4).toFixed(2)} % of a core`, 'the limit of the same run');
  for (const [words, emit, limit, seconds] of [
    ['without dashboard:update', '42["subscribe-fleet","none"]', 0.005, 25], // the pings of all of them
    ['with dashboard:update', '42["subscribe-fleet",{"format":"none","dashboard":true}]', 0.06, 10],
  ]) {
    const server = await program();
    await server.settled();
    const got = await idleFor(server, emit, count, seconds);
    await server.stop();
    const here = limit * count / 10_000;
    table.row(`${number(count)} idle clients ${words}: memory`, `${number(got.each)} bytes each`, '<= 1,500 bytes each', got.each <= 1500);
    table.row(`  CPU for ${number(seconds)} s${got.rate > 1 ? `, ${number(got.rate)} updates/s` : ''}`, `${(got.load * 100).toFixed(2)} % of a core`, `<= ${limit * 100} % at 10,000: ${(here * 100).toFixed(2)} % at ${number(count)}`, got.load <= here);
  }
}

// ---- latency ----

const ms = (r) => `p50 ${r.p50_ms.toFixed(3)} p90 ${r.p90_ms.toFixed(3)} p99 ${r.p99_ms.toFixed(3)} ms`;

async function latency() {
  const wish = { count: 10, seconds: 6, ticker: ['--rate', 100, '--devices', 50] };
  const theirs = await measured(nodeStack, { ...wish, clients: ['--latency', 1] });
  table.row('10 clients, 100 messages/s, publish to client: socket.io', ms(theirs), 'the peer of the same run');
  for (const how of ['auto', 'io_uring']) {
    const got = await measured(telltale(how), { ...wish, clients: ['--latency', 1, '--emit', EVERY_READING] });
    table.row(`  ours, sends: ${how}`, ms(got), 'p50 <= 0.5 ms, p99 <= 3 ms', got.p50_ms <= 0.5 && got.p99_ms <= 3);
  }
}

// ---- many clients that watch a part of much ----

async function watch() {
  const tick = 100;
  const got = await measured(telltale('auto'), {
    count: 2000,
    seconds: 6,
    early: true,
    clients: ['--event', 'sensor-batch', '--column', 'v', '--latency', 1, '--watch', 4, '--sensors', 5, '--of', 2000, '--interval', tick, '--emit', '42["subscribe-fleet","none"]'],
    ticker: ['--rate', 200_000, '--devices', 2000, '--sensors', 5, '--burst', 200],
  });
  table.row('2,000 clients x 20 of 10,000 series at 10 Hz, 200,000 readings/s in', `${number(got.values / got.seconds)} values/s, ${ms(got)}`, `p99 <= tick + 15 ms = ${tick + 15} ms`, got.p99_ms <= tick + 15 && got.values / got.seconds > 0.9 * 400_000);
  table.row('  CPU', `server ${got.load.toFixed(2)}, clients ${(got.cpu / got.seconds).toFixed(2)} of a core`, 'for comparison');
}

// ---- one stalled client ----

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const spread = (list) => Math.max(...list) - Math.min(...list);

async function slow() {
  const server = await telltale('auto')();
  const runs = { without: [], with: [] };
  const memory = [];
  for (let pair = 0; pair < 5; pair++) {
    for (const kind of ['without', 'with']) {
      const got = await deliver(server, { seconds: 3, clients: ['--latency', 1, '--emit', EVERY_READING, '--stalled', kind === 'with' ? 1 : 0], ticker: ['--rate', 20, '--devices', 50] });
      runs[kind].push(got.p99_ms);
      memory.push(server.memory());
    }
  }
  await server.stop();
  const moved = Math.abs(median(runs.with) - median(runs.without));
  table.row(`1 stalled client among ${number(CLIENTS)}: others' p99, five pairs`, `without ${runs.without.map((x) => x.toFixed(1)).join(' ')}; with ${runs.with.map((x) => x.toFixed(1)).join(' ')} ms`, 'medians differ by less than the spread without');
  table.row('  the medians', `moved by ${moved.toFixed(3)} ms, spread ${spread(runs.without).toFixed(3)} ms`, 'moved < spread', moved < spread(runs.without));
  table.row('  resident memory after each run', `${memory.map((x) => (x / 1e6).toFixed(1)).join(' ')} MB`, 'flat: the last 5 within 2 MB', spread(memory.slice(5)) <= 2e6);
}

buildLoad();
const began = performance.now();
if (wanted('fanout')) await fanout();
if (wanted('shared')) await shared();
if (wanted('frames')) await frames();
if (wanted('idle')) await idle();
if (wanted('latency')) await latency();
if (wanted('watch')) await watch();
if (wanted('slow')) await slow();
table.say(`in ${number((performance.now() - began) / 1000)} s`);
table.keep();
