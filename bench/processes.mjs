// SPDX-License-Identifier: Apache-2.0
// The processes of a measurement: ours, the peers, the load. Each is ended by its own id.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const tools = join(top, 'build/bench');

export function buildLoad() {
  mkdirSync(tools, { recursive: true });
  for (const file of readdirSync(join(top, 'bench/load')).filter((name) => name.endsWith('.c'))) {
    execFileSync('gcc', ['-std=c17', '-D_GNU_SOURCE', '-O2', `-I${join(top, 'src')}`, '-o', join(tools, file.slice(0, -2)),
      join(top, 'bench/load', file), join(top, 'src/base/base.c')], { stdio: 'inherit' });
  }
}

// CPU seconds of a process so far, in steps of 10 ms.
export function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

export function folderBytes(folder) {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

// A tool or peer that prints lines of JSON.
export class Run {
  constructor(name, args) {
    const path = name.includes('/') ? name : join(tools, name);
    this.child = spawn(path, args.map(String), { stdio: ['ignore', 'pipe', 'inherit'] });
    this.pid = this.child.pid;
    this.text = '';
    this.taken = 0;
    this.child.stdout.on('data', (data) => { this.text += data; this.child.emit('text'); });
    this.closed = new Promise((resolve) => { this.child.once('close', resolve); });
    this.name = name;
  }

  // The next line that it prints.
  async line() {
    for (;;) {
      const lines = this.text.split('\n').slice(0, -1);
      if (lines.length > this.taken) return JSON.parse(lines[this.taken++]);
      if (this.child.exitCode !== null) throw new Error(`${this.name} ended with ${this.child.exitCode}`);
      await new Promise((resolve) => {
        this.child.once('text', resolve);
        this.child.once('close', resolve);
      });
    }
  }

  // Its last line, once it has ended.
  async end() {
    const code = await this.closed;
    if (code !== 0) throw new Error(`${this.name} ended with ${code}`);
    return JSON.parse(this.text.trim().split('\n').pop());
  }

  async stop() {
    if (this.child.exitCode === null) this.child.kill('SIGTERM');
    await this.closed;
  }
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

// mosquitto: the machine's own, or the one that the bootstrap unpacked.
export async function broker() {
  const unpacked = join(top, 'build/broker');
  const own = join(unpacked, 'usr/sbin/mosquitto');
  const path = existsSync(own) ? own : '/usr/sbin/mosquitto';
  const libraries = join(unpacked, 'usr/lib');
  const env = existsSync(own) ? { ...process.env, LD_LIBRARY_PATH: [libraries, ...readdirSync(libraries).map((n) => join(libraries, n))].join(':') } : process.env;
  const folder = mkdtempSync(join(tmpdir(), 'telltale-bench-'));
  const port = await freePort();
  writeFileSync(join(folder, 'm.conf'), `listener ${port} 127.0.0.1\nallow_anonymous true\nlog_dest stderr\nuser root\n`);
  const child = spawn(path, ['-c', join(folder, 'm.conf')], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => reject(new Error('mosquitto did not start')));
    child.stderr.on('data', (data) => { if (/running/.test(data)) resolve(); });
  });
  const closed = new Promise((resolve) => { child.once('close', resolve); });
  return { port, pid: child.pid, stop: async () => { child.kill('SIGTERM'); await closed; rmSync(folder, { recursive: true }); } };
}

// The stack that people build by hand: mosquitto, mqtt.js and socket.io on Node.
export async function nodeStack() {
  const mosquitto = await broker();
  const node = new Run(process.execPath, [join(top, 'bench/peers/socketio.mjs'), mosquitto.port]);
  const { port } = await node.line();
  return { http: port, mqtt: mosquitto.port, pid: node.pid, stop: async () => { await node.stop(); await mosquitto.stop(); } };
}

// Our server on free ports with an empty folder. `settings`: the text of its settings file.
export async function program({ settings = '' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-bench-'));
  const data = join(folder, 'data');
  writeFileSync(join(folder, 'telltale.yaml'), `log: warn\n${settings}`);
  const child = spawn(process.env.TELLTALE ?? join(top, 'build/telltale'), ['serve', '--no-auth', '--data', data, '--http', '127.0.0.1:0', '--mqtt', '127.0.0.1:0'],
    { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = new Promise((resolve) => { child.once('close', resolve); });
  let text = '';
  const ports = await new Promise((resolve, reject) => {
    child.once('close', (code) => reject(new Error(`telltale ended with ${code}`)));
    child.stdout.on('data', (part) => {
      text += part;
      const http = /http listening on .*:(\d+)/.exec(text);
      const mqtt = /mqtt listening on .*:(\d+)/.exec(text);
      if (http && mqtt) resolve({ http: Number(http[1]), mqtt: Number(mqtt[1]) });
    });
  });
  const metrics = async () => (await fetch(`http://127.0.0.1:${ports.http}/metrics`)).text();
  const metric = async (name) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await metrics())?.[1]);
  return {
    ...ports,
    data,
    pid: child.pid,
    cpu: async () => cpuOf(child.pid),
    memory: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) * 1024,
    // Readings in the store, once they are `wanted` or no more come for three seconds.
    stored: async (wanted) => {
      let last = -1;
      let since = Date.now();
      for (;;) {
        const now = await metric('telltale_store_readings');
        if (now >= wanted || (now === last && Date.now() - since > 3000)) return now;
        if (now !== last) since = Date.now();
        last = now;
        await new Promise((resolve) => { setTimeout(resolve, 50); });
      }
    },
    settled: async () => { await metrics(); },
    stop: async ({ keep = false } = {}) => {
      child.kill('SIGTERM');
      await closed;
      if (!keep) rmSync(folder, { recursive: true });
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
