// SPDX-License-Identifier: Apache-2.0
// Runs the real program for a test: free ports, a data folder of its own, ready lines awaited, and
// at the end a check that it went without a word from a sanitizer.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PATIENCE_MS, within } from './wait.mjs';

export const top = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const build = process.env.TELLTALE_BUILD ?? join(top, 'build');
export const telltale = join(build, 'telltale');
export const sanitized = /address|thread/.test(build);
// Which way the sends of every server go, when it is not the test's to say (`make test-sends`).
const sends = process.env.TELLTALE_TEST_SENDS;
export const long = Boolean(process.env.TELLTALE_TEST_LONG);

// A folder that goes with the test.
export function temporaryFolder(t) {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

// Runs a command of the program to its end: { status, stdout, stderr }.
export function command(args, options = {}) {
  const result = spawnSync(telltale, args, { encoding: 'utf8', timeout: 60_000, ...options });
  assert.ok(!result.error, `telltale ${args[0]}: ${result.error}`);
  assert.doesNotMatch(result.stderr, /Sanitizer|runtime error:/);
  return result;
}

export class Server {
  // options: data (folder), config (YAML text), args, noAuth (true unless given), http, mqtt (ports).
  constructor(t, options = {}) {
    this.folder = options.folder ?? temporaryFolder(t);
    this.data = options.data ?? join(this.folder, 'data');
    this.options = options;
    this.child = null;
    this.stderr = '';
    this.stdout = '';
    t.after(() => this.stop());
  }

  async start(extra = {}) {
    const o = { ...this.options, ...extra };
    const args = ['serve', '--data', this.data,
      '--http', `127.0.0.1:${o.http ?? 0}`, '--mqtt', `127.0.0.1:${o.mqtt ?? 0}`];
    if (o.noAuth ?? true) args.push('--no-auth');
    if (o.config || sends) {
      const file = join(this.folder, 'telltale.yaml');
      writeFileSync(file, o.config?.includes('sends:') || !sends ? o.config : `sends: ${sends}\n${o.config ?? ''}`);
      args.push('-c', file);
    }
    args.push(...(o.args ?? []));
    this.child = spawn(telltale, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: this.folder, env: { ...process.env, ...o.env } });
    const child = this.child;
    this.ended = new Promise((resolve) => { child.once('close', (code, signal) => resolve({ code, signal })); });
    child.stderr.on('data', (data) => { this.stderr += data; });
    await within(this.#ready(child), `the ready lines of telltale ${args.join(' ')}`);
    this.base = `http://127.0.0.1:${this.http}`;
    return this;
  }

  #ready(child) {
    return new Promise((resolve, reject) => {
      this.stdout = '';
      child.stdout.on('data', (data) => {
        this.stdout += data;
        this.http = Number(/^http listening on 127\.0\.0\.1:(\d+)$/m.exec(this.stdout)?.[1]);
        this.mqtt = Number(/^mqtt listening on 127\.0\.0\.1:(\d+)$/m.exec(this.stdout)?.[1]);
        if (this.http && this.mqtt) resolve();
      });
      child.once('error', reject);
      child.once('close', (code, signal) => reject(new Error(`ended with ${signal ?? code} before it was ready:\n${this.stderr}`)));
    });
  }

  get running() {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
  }

  // SIGTERM, and the promise of the design: it drains, makes everything durable and exits 0.
  async stop() {
    if (!this.running) return;
    this.child.kill('SIGTERM');
    const { code, signal } = await within(this.ended, 'the end after SIGTERM', 3 * PATIENCE_MS).catch((error) => {
      this.child.kill('SIGKILL');
      throw error;
    });
    assert.doesNotMatch(this.stderr, /Sanitizer|runtime error:/);
    assert.deepEqual({ code, signal }, { code: 0, signal: null }, this.stderr);
  }

  async kill() {
    this.child.kill('SIGKILL');
    await within(this.ended, 'the end after SIGKILL');
    assert.doesNotMatch(this.stderr, /Sanitizer|runtime error:/);
  }

  // One request: { status, headers, text, body } with body parsed when it is JSON.
  async request(method, path, body, headers = {}) {
    const response = await fetch(`${this.base}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...(body === undefined || typeof body === 'string' ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, text, body: json && text ? JSON.parse(text) : undefined };
  }

  // The body of a REST answer that must be a success.
  async rest(method, path, body, headers) {
    const answer = await this.request(method, `/api/v1${path}`, body, headers);
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  }

  get(path) {
    return this.rest('GET', path);
  }

  // All metrics as a map from `name` or `name{labels}` to the number.
  async metrics(headers) {
    const answer = await this.request('GET', '/metrics', undefined, headers);
    assert.equal(answer.status, 200);
    return parseMetrics(answer.text);
  }

  async dropped(reason) {
    return (await this.metrics()).get(`telltale_dropped_total{reason="${reason}"}`) ?? 0;
  }

  // Resident memory without what files and other processes share, bytes.
  memory() {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return 1024 * Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)[1]);
  }
}

export function parseMetrics(text) {
  const values = new Map();
  for (const line of text.split('\n')) {
    const sample = /^([a-zA-Z_:][\w:]*(?:\{.*\})?) (\S+)$/.exec(line);
    if (sample) values.set(sample[1], sample[2] === '+Inf' ? Infinity : Number(sample[2]));
  }
  return values;
}

export function startServer(t, options) {
  return new Server(t, options).start();
}
