// SPDX-License-Identifier: Apache-2.0
// From a device's message to the mail in the sink: the alert, its commit, the plan, the commit of its
// rows, SMTP over a warm connection. Every alert is the first of its group. Runs alone:
//
//   node bench/notify.mjs [alerts]
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../tests/package.json', import.meta.url));
const mqtt = require('mqtt');
const COUNT = Number(process.argv[2] ?? 300);
const LIMIT_MS = 50;
const folder = mkdtempSync(join(tmpdir(), 'telltale-bench-'));

// A mail server that takes everything; tells when each message was whole.
const waiting = new Map();
const sink = createServer((socket) => {
  let input = '';
  let inData = false;
  socket.write('220 sink\r\n');
  socket.on('error', () => {});
  socket.on('data', (data) => {
    input += data.toString('latin1');
    for (;;) {
      const end = input.indexOf(inData ? '\r\n.\r\n' : '\r\n');
      if (end < 0) return;
      const part = input.slice(0, end);
      input = input.slice(end + (inData ? 5 : 2));
      if (inData) {
        const device = /^Subject: \w+ ([\w-]+):/m.exec(part)?.[1];
        waiting.get(device)?.(performance.now());
        inData = false;
        socket.write('250 ok\r\n');
      } else {
        inData = part === 'DATA';
        socket.write(inData ? '354 go\r\n' : part.startsWith('EHLO') ? '250 sink\r\n' : '250 ok\r\n');
      }
    }
  });
});
await new Promise((resolve) => { sink.listen(0, '127.0.0.1', resolve); });

writeFileSync(join(folder, 'telltale.yaml'), `notify:\n  smtp_server: 127.0.0.1\n  smtp_port: ${sink.address().port}\n  smtp_security: none\n  mail_from: telltale@example.org\n`);
const child = spawn(process.env.TELLTALE ?? new URL('../build/telltale', import.meta.url).pathname,
  ['serve', '--no-auth', '--data', join(folder, 'data'), '--http', '127.0.0.1:0', '--mqtt', '127.0.0.1:0', '-c', join(folder, 'telltale.yaml')],
  { stdio: ['ignore', 'pipe', 'inherit'], cwd: folder });
const ports = await new Promise((resolve, reject) => {
  let out = '';
  child.once('exit', () => reject(new Error('the server ended')));
  child.stdout.on('data', (data) => {
    out += data;
    const http = /^http listening on .*:(\d+)$/m.exec(out)?.[1];
    const broker = /^mqtt listening on .*:(\d+)$/m.exec(out)?.[1];
    if (http && broker) resolve({ http, broker });
  });
});
const rest = async (method, path, body) => {
  const answer = await fetch(`http://127.0.0.1:${ports.http}/api/v1${path}`, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
};

try {
  await rest('PUT', '/channels/mail', { type: 'email', to: ['ops@example.org'], budget: 64 });
  await rest('PUT', '/routes/all', { to: ['email'], group: 'device' });
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${ports.broker}`, { protocolVersion: 4 });
  const took = [];
  for (let i = 0; i < COUNT; i += 1) {
    // A budget holds an hour's mails together: enough channels that none comes near its own.
    if (i % 50 === 0) {
      await rest('PUT', `/channels/mail${i}`, { type: 'email', to: ['ops@example.org'], budget: 64 });
      await rest('PUT', '/routes/all', { to: [`channel:mail${i}`], group: 'device' });
    }
    const device = `bench-${i}`;
    await rest('POST', '/rules', { deviceId: device, sensorType: 't', condition: 'greater_than', threshold: 30, severity: 'critical' });
    const arrived = new Promise((resolve) => { waiting.set(device, resolve); });
    const begin = performance.now();
    client.publish(`sensors/${device}/t`, JSON.stringify({ deviceId: device, sensorType: 't', value: 40, timestamp: Date.now() }), { qos: 1 });
    const at = await Promise.race([arrived, new Promise((_, reject) => { setTimeout(() => reject(new Error(`no mail about ${device}`)), 10_000).unref(); })]);
    if (i > 0) took.push(at - begin); // the first one loads libcurl and connects
  }
  await client.endAsync(true);
  took.sort((a, b) => a - b);
  const at = (q) => took[Math.min(took.length - 1, Math.floor(q * took.length))];
  console.log(`publish to mail sink, ${took.length} alerts, connection warm: p50 ${at(0.5).toFixed(1)} ms, p99 ${at(0.99).toFixed(1)} ms, most ${took.at(-1).toFixed(1)} ms; limit ${LIMIT_MS} ms p99: ${at(0.99) <= LIMIT_MS ? 'held' : 'NOT held'}`);
} finally {
  child.removeAllListeners('exit');
  child.kill('SIGTERM');
  await new Promise((resolve) => { child.once('exit', resolve); });
  sink.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
