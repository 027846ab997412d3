// SPDX-License-Identifier: Apache-2.0
// `make bench`: each line beside its peer or limit, measured in the same run. usage: node run.mjs [SECTION...]
// (in, broker, store, idle). Results are printed and kept under bench/results/. The live stream is measured by live.mjs.
import { buildLoad, broker, cpuOf, program, Run, folderBytes } from './processes.mjs';
import { number, Results } from './table.mjs';

const sections = process.argv.slice(2);
const wanted = (name) => sections.length === 0 || sections.includes(name);
const results = new Results(...sections);

// One row: what, offered, achieved, CPU of each process as a share of one core, the peer, the ratio.
function row({ what, offered, achieved, cpu, peer, ratio }) {
  results.say(`${what.padEnd(52)} | ${offered.padStart(18)} | ${achieved.padStart(22)} | ${cpu.padEnd(38)} | ${peer.padEnd(46)} | ${ratio}`);
}

function head(title) {
  results.say(`\n${title}`);
  row({ what: 'what', offered: 'offered', achieved: 'achieved', cpu: 'CPU, share of a core', peer: 'peer or limit, same run', ratio: 'ratio' });
}

const share = (cpu, seconds) => (cpu / seconds).toFixed(2);

// ---- MQTT in --------------------------------------------------------------------------------------

async function nullSubscriber(args) {
  const receiver = new Run('mqtt_null', ['--connections', '4']);
  const { port } = await receiver.line();
  const sender = new Run('mqtt_publish', ['--port', port, ...args]);
  await sender.end();
  return receiver.end();
}

async function intoTelltale(args) {
  const server = await program();
  const sender = new Run('mqtt_publish', ['--port', server.mqtt, ...args]);
  await sender.line();
  const before = await server.cpu();
  const begin = performance.now();
  const sent = await sender.end();
  const stored = await server.stored(sent.readings);
  const seconds = (performance.now() - begin) / 1000;
  const cpu = await server.cpu() - before;
  const rss = server.memory();
  await server.stop();
  return { sent, stored, seconds, cpu, rss };
}

async function throughMosquitto(messages) {
  const mosquitto = await broker();
  const receiver = new Run('mqtt_subscribe', ['--port', mosquitto.port, '--messages', messages]);
  await receiver.line();
  const before = cpuOf(mosquitto.pid);
  const sender = new Run('mqtt_publish', ['--port', mosquitto.port, '--messages', messages, '--connections', 1, '--devices', 100]);
  await sender.end();
  const got = await receiver.end();
  const cpu = cpuOf(mosquitto.pid) - before;
  await mosquitto.stop();
  return { rate: got.messages / got.seconds, received: got.messages, cpu, seconds: got.seconds };
}

async function mqttIn() {
  head('MQTT in: from the socket to the store');
  const mosquitto = await throughMosquitto(300_000);
  // What comes last of QoS 0 waits up to a second for its commit, so these last long enough for it to be little.
  for (const [values, rate, qos, lasts] of [[1, 300_000, 0, 10], [1, 0, 0, 10], [1, 0, 1, 0], [5, 0, 0, 10]]) {
    const args = ['--messages', 1_000_000, '--values', values, '--rate', rate, '--qos', qos, '--seconds', lasts];
    const limit = await nullSubscriber(['--messages', 3_000_000, '--values', values]);
    const ours = await intoTelltale(args);
    const { messages, readings } = ours.sent;
    const achieved = messages / ours.seconds;
    row({
      what: `${number(messages)} messages of ${values} value${values > 1 ? 's' : ''}, QoS ${qos}, ${number(ours.stored)} stored`,
      offered: rate ? `${number(rate)}/s` : 'no limit',
      achieved: `${number(achieved)}/s`,
      cpu: `telltale ${share(ours.cpu, ours.seconds)}, generator ${share(ours.sent.cpu, ours.sent.seconds)}, ${number(ours.rss / 1e6)} MB`,
      peer: `null subscriber ${number(limit.messages / limit.seconds)}/s`,
      ratio: `${(achieved / (limit.messages / limit.seconds)).toFixed(2)} of it; ${(achieved / mosquitto.rate).toFixed(1)} x mosquitto`,
    });
    if (ours.stored !== readings) results.say(`  LOST: ${number(readings - ours.stored)} readings`);
  }
  results.say(`  mosquitto, one publisher to one subscriber, QoS 0: ${number(mosquitto.rate)}/s received (${number(mosquitto.received)} of 300,000), ${share(mosquitto.cpu, mosquitto.seconds)} of a core`);
}

// ---- the listener as a broker ---------------------------------------------------------------------

// A broker's CPU and what 1,000 subscribers to one topic got of it. rate 0: as fast as it goes.
async function toSubscribers(port, pid, rate) {
  const readers = new Run('mqtt_fanout', ['--port', port, '--clients', 1000, '--seconds', 5, '--topic', '#']);
  await readers.line();
  const before = cpuOf(pid);
  const sender = rate
    ? new Run('mqtt_ticker', ['--port', port, '--rate', rate, '--seconds', 6, '--devices', 1])
    : new Run('mqtt_publish', ['--port', port, '--messages', 2_000_000, '--connections', 1, '--devices', 1]);
  const got = await readers.end();
  const cpu = cpuOf(pid) - before;
  await sender.stop();
  return { rate: got.messages / got.seconds, each: cpu / got.messages * 1e6, cpu: cpu / got.seconds };
}

async function brokerFanout() {
  for (const rate of [50, 200, 0]) {
    const mosquitto = await broker();
    const theirs = await toSubscribers(mosquitto.port, mosquitto.pid, rate);
    await mosquitto.stop();
    const server = await program();
    const ours = await toSubscribers(server.mqtt, server.pid, rate);
    await server.stop();
    row({
      what: 'one topic to 1,000 MQTT subscribers, QoS 0',
      offered: rate ? `${number(rate * 1000)}/s` : 'no limit',
      achieved: `${number(ours.rate)}/s`,
      cpu: `telltale ${ours.cpu.toFixed(2)}; ${ours.each.toFixed(2)} us a delivery`,
      peer: `mosquitto ${number(theirs.rate)}/s, ${theirs.cpu.toFixed(2)}; ${theirs.each.toFixed(2)} us`,
      ratio: `${(ours.rate / theirs.rate).toFixed(2)} x its rate, ${(ours.each / theirs.each).toFixed(2)} of its CPU`,
    });
  }
}

async function idleConnections() {
  const count = 9000;
  const server = await program();
  await server.settled();
  const before = server.memory();
  const clients = new Run('mqtt_fanout', ['--port', server.mqtt, '--clients', count]);
  await clients.line();
  const each = (server.memory() - before) / count;
  await clients.stop();
  await server.stop();
  row({ what: `${number(count)} idle MQTT connections`, offered: '', achieved: `${number(each)} bytes each`, cpu: '', peer: 'limit 1,024 bytes', ratio: (each / 1024).toFixed(2) });
}

// Each message's own wait, as its sender sees it.
async function acknowledgements() {
  for (const rate of [100_000, 0]) {
    const server = await program();
    const sender = new Run('mqtt_publish', ['--port', server.mqtt, '--messages', 1_000_000, '--rate', rate, '--qos', 1]);
    const sent = await sender.end();
    await server.stop();
    row({
      what: `QoS 1 to PUBACK, after the commit${rate ? '' : ', 40,000 in flight'}`,
      offered: rate ? `${number(rate)}/s` : 'no limit',
      achieved: `${number(1_000_000 / sent.seconds)}/s`,
      cpu: '',
      peer: rate ? 'limit p99 20 ms' : '',
      ratio: `p50 ${sent.p50_ms.toFixed(1)} ms, p90 ${sent.p90_ms.toFixed(1)} ms, p99 ${sent.p99_ms.toFixed(1)} ms, longest ${sent.max_ms.toFixed(0)} ms`,
    });
  }
}

async function brokerSection() {
  head('the listener as a broker');
  await acknowledgements();
  await idleConnections();
  await brokerFanout();
}

// ---- the store's size, and an empty server --------------------------------------------------------

async function store() {
  head('store: 100 devices x 5 sensors, every 10 s +- 13 ms, a message of 5 values');
  const messages = 864_000;
  const server = await program();
  const sender = new Run('mqtt_publish', ['--port', server.mqtt, '--messages', messages, '--values', 5, '--devices', 100, '--interval', 10_000, '--jitter', 13, '--qos', 1]);
  const sent = await sender.end();
  await server.stored(messages * 5);
  const folder = server.data;
  await server.stop({ keep: true });
  const bytes = folderBytes(folder);
  server.remove();
  row({
    what: `${number(messages * 5)} readings, folder after a clean stop`,
    offered: '',
    achieved: `${number(bytes)} bytes`,
    cpu: `loaded in ${sent.seconds.toFixed(1)} s, QoS 1`,
    peer: 'limit 2.5 bytes a reading',
    ratio: `${(bytes / messages / 5).toFixed(2)} bytes a reading`,
  });
}

async function idle() {
  head('an empty server');
  const server = await program();
  await server.settled();
  const rss = server.memory();
  await server.stop();
  row({ what: 'resident memory', offered: '', achieved: `${number(rss / 1e6, 1)} MB`, cpu: '', peer: 'limit 20 MB', ratio: (rss / 20e6).toFixed(2) });
}

buildLoad();
if (wanted('idle')) await idle();
if (wanted('in')) await mqttIn();
if (wanted('broker')) await brokerSection();
if (wanted('store')) await store();
results.keep();
