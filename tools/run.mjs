// SPDX-License-Identifier: Apache-2.0
// What `make run` does after the build: starts the program with its data under build/run, and the
// simulated fleet against it; gives the fleet its names, places and alert rules over REST; prints
// the one address to open. Ctrl-C ends both. A second run goes on where the first ended.
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const telltale = process.env.TELLTALE_BIN ?? join(top, 'build/telltale');
const folder = process.env.TELLTALE_RUN_DIR ?? join(top, 'build/run');
const devices = process.env.TELLTALE_RUN_DEVICES ?? '50';
const history = process.env.TELLTALE_RUN_HISTORY ?? '1d';

const say = (text) => process.stdout.write(`${text}\n`);

const children = [];
let stopping = false;

// Ends what was started, newest first, and waits: the server's last act is to make all durable.
async function stop(code) {
  if (stopping) return;
  stopping = true;
  for (const child of [...children].reverse()) {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => { child.once('exit', resolve); });
      child.kill('SIGTERM');
      await ended;
    }
  }
  process.exit(code);
}

function fail(text) {
  process.stderr.write(`run: ${text}\n`);
  return stop(1);
}

// Starts a program in a process group of its own, so that the terminal's Ctrl-C reaches only us.
function start(name, args, stdout) {
  const log = join(folder, `${name}.log`);
  const child = spawn(telltale, args, { stdio: ['ignore', stdout, openSync(log, 'a')], detached: true });
  children.push(child);
  child.on('error', (error) => fail(`${telltale}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (stopping || (name === 'simulate' && code === 0)) return;
    const words = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-5).join('\n');
    fail(`${name} ended (${signal ?? `exit code ${code}`}); the end of ${log}:\n${words}`);
  });
  return child;
}

function isFree(port, host) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => resolve(error.code !== 'EADDRINUSE' && error.code !== 'EACCES'));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

// The first port from `wanted` on that nobody has on localhost, by either protocol version.
async function freePort(wanted, what) {
  for (let port = wanted; port < wanted + 1000; port++) {
    if (await isFree(port, '127.0.0.1') && await isFree(port, '::1')) {
      if (port !== wanted) say(`Port ${wanted} is taken; ${what} is on ${port} instead.`);
      return port;
    }
  }
  return fail(`no free port for ${what} from ${wanted} on`);
}

// Resolves once the program has printed each of `lines` on its standard output.
function printed(child, lines) {
  return new Promise((resolve) => {
    let text = '';
    child.stdout.on('data', (data) => {
      text += data;
      if (lines.every((line) => text.split('\n').includes(line))) resolve();
    });
  });
}

function output(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(telltale, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (data) => { text += data; });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(text) : reject(new Error(`${args[0]}: exit code ${code}`))));
  });
}

async function request(base, method, path, body) {
  const response = await fetch(`${base}/api/v1${path}`, {
    method,
    headers: body ? { 'content-type': 'application/json' } : {},
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : null };
}

async function change(base, method, path, body) {
  const answer = await request(base, method, path, body);
  if (answer.status >= 300) {
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
}

// A device can be described once it has been heard of.
async function waitFor(base, path) {
  for (;;) {
    const answer = await request(base, 'GET', path);
    if (answer.status === 200) return answer.body;
    if (answer.status !== 404 && answer.status !== 503) throw new Error(`GET ${path}: ${answer.status}`);
    await delay(200);
  }
}

function only(object, keys) {
  return Object.fromEntries(keys.filter((key) => object[key] !== undefined).map((key) => [key, object[key]]));
}

async function describeDevice(base, device) {
  const path = `/devices/${encodeURIComponent(device.id)}`;
  let known = await waitFor(base, path);
  while (!device.sensors.every((s) => known.sensors.some((k) => k.id === s.id))) {
    await delay(200);
    known = await waitFor(base, path);
  }
  await change(base, 'PATCH', path, only(device, ['name', 'model', 'place', 'location', 'tags']));
  for (const sensor of device.sensors) {
    await change(base, 'PATCH', `${path}/sensors/${encodeURIComponent(sensor.id)}`,
      only(sensor, ['name', 'unit', 'min', 'max', 'decimals']));
  }
}

// Every list of the API: { <name>: [...], next? }.
async function listRules(base) {
  const answer = await request(base, 'GET', '/rules?limit=1000');
  return answer.body.rules ?? answer.body.items ?? answer.body;
}

async function describeFleet(base, fleet) {
  for (const device of fleet.devices) await describeDevice(base, device);
  const known = await listRules(base);
  const same = (a, b) => ['deviceId', 'sensorType', 'condition', 'threshold'].every((key) => a[key] === b[key]);
  for (const rule of fleet.rules ?? []) {
    if (!known.some((k) => same(k, rule))) await change(base, 'POST', '/rules', rule);
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(0));

mkdirSync(folder, { recursive: true });
const http = await freePort(Number(process.env.TELLTALE_RUN_HTTP ?? 3000), 'the page');
const mqtt = await freePort(Number(process.env.TELLTALE_RUN_MQTT ?? 1883), 'MQTT');
const server = start('serve', ['serve', '--no-auth', '--data', join(folder, 'data'),
  '--http', `localhost:${http}`, '--mqtt', `localhost:${mqtt}`], 'pipe');
await printed(server, [`http listening on 127.0.0.1:${http}`, `mqtt listening on 127.0.0.1:${mqtt}`]);

const fleetArgs = ['--devices', devices];
start('simulate', ['simulate', '--mqtt', `127.0.0.1:${mqtt}`, ...fleetArgs, '--history', history,
  '--state', join(folder, 'simulate.state')], 'ignore');

const base = `http://127.0.0.1:${http}`;
say(`\nTelltale is running with ${devices} simulated devices:\n\n    http://localhost:${http}/\n`);
say(`Your own devices may publish to mqtt://localhost:${mqtt}. Logs and data are in ${folder}. Ctrl-C ends it.`);
try {
  await describeFleet(base, JSON.parse(await output(['simulate', '--describe', ...fleetArgs])));
} catch (error) {
  if (!stopping) await fail(`the fleet could not be described: ${error.message}`);
}
