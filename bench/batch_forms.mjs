// SPDX-License-Identifier: Apache-2.0
// `make bench-batch`: the forms that a `sensor-batch` could have, made by our code and read by the parser of
// the stock client, in one run. Bytes a reading with WebSocket heads, nanoseconds a reading on both sides.
// The reader ends each reading where a page would: at the entry of its series.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const require = createRequire(new URL('../tests/package.json', import.meta.url));
const { Decoder } = require('socket.io-parser');
const folder = mkdtempSync(join(tmpdir(), 'batch-forms-'));
const made = execFileSync('build/bench/batch_forms', [folder], { encoding: 'utf8' }).trim().split('\n').map((l) => JSON.parse(l));

const series = new Map();
const numbered = [];
let entries = 0;

const entryOf = (device, sensor) => {
  let sensors = series.get(device);
  if (!sensors) series.set(device, sensors = new Map());
  let entry = sensors.get(sensor);
  if (!entry) sensors.set(sensor, entry = { v: 0, t: 0, n: entries++ });
  return entry;
};

const set = (entry, v, t) => {
  entry.v = v;
  entry.t = t;
};

const readers = {
  names({ device, sensor, v, t }) {
    for (let i = 0; i < v.length; i++) set(entryOf(device[i], sensor[i]), v[i], t[i]);
  },
  lists({ devices, sensors, d, s, v, t0, t }) {
    const maps = devices.map((id) => series.get(id) ?? series.set(id, new Map()).get(id));
    for (let i = 0; i < v.length; i++) {
      const entry = maps[d[i]].get(sensors[s[i]]) ?? entryOf(devices[d[i]], sensors[s[i]]);
      set(entry, v[i], t0 + t[i]);
    }
  },
  numbers({ series: n, v, t0, t }) {
    for (let i = 0; i < v.length; i++) set(numbered[n[i]] ??= { v: 0, t: 0 }, v[i], t0 + t[i]);
  },
  binary({ devices, sensors, n, t0, columns }) {
    const bytes = columns.byteOffset % 8 ? new Uint8Array(columns) : columns;
    const v = new Float64Array(bytes.buffer, bytes.byteOffset, n);
    const t = new Int32Array(bytes.buffer, bytes.byteOffset + 8 * n, n);
    const d = new Uint16Array(bytes.buffer, bytes.byteOffset + 12 * n, n);
    const s = new Uint16Array(bytes.buffer, bytes.byteOffset + 14 * n, n);
    const maps = devices.map((id) => series.get(id) ?? series.set(id, new Map()).get(id));
    for (let i = 0; i < n; i++) {
      const entry = maps[d[i]].get(sensors[s[i]]) ?? entryOf(devices[d[i]], sensors[s[i]]);
      set(entry, v[i], t0 + t[i]);
    }
  },
};

function load(name, form) {
  const text = readFileSync(join(folder, name), 'utf8').slice(1); // the Engine.IO type
  return { text, binary: form === 'binary' ? readFileSync(join(folder, `${name}.bin`)) : null };
}

function timeOf(form, { text, binary }, readings) {
  const decoder = new Decoder();
  decoder.on('decoded', ({ data }) => readers[form](data[1]));
  const once = () => {
    decoder.add(text);
    if (binary) decoder.add(binary);
  };
  for (let i = 0; i < 20000 / readings + 10; i++) once();
  const began = process.cpuUsage();
  let rounds = 0;
  let took = 0;
  while (took < 150_000) {
    for (let i = 0; i < 20; i++) once();
    rounds += 20;
    const { user, system } = process.cpuUsage(began);
    took = user + system;
  }
  return took * 1000 / rounds / readings;
}

console.log('form     | sensors a device | readings a frame | bytes a reading | made, ns | read, ns');
for (const { form, sensors, readings, bytes, ns } of made) {
  const read = timeOf(form, load(`${form}-${sensors}-${readings}`, form), readings);
  console.log(`${form.padEnd(8)} | ${String(sensors).padStart(16)} | ${String(readings).padStart(16)} | `
    + `${bytes.toFixed(1).padStart(15)} | ${ns.toFixed(0).padStart(8)} | ${read.toFixed(0).padStart(8)}`);
}
rmSync(folder, { recursive: true });
