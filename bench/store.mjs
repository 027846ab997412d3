// SPDX-License-Identifier: Apache-2.0
// `make bench-store`: the store by itself, beside SQLite with a row a reading in the same run, and beside its targets.
// usage: node store.mjs [SECTION...] (size, speed, blocks, questions, latest, open, journal, start, log). Results are printed and kept under bench/results/.
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildLoad, folderBytes, program, Run, top } from './processes.mjs';
import { number, Table } from './table.mjs';

const sections = process.argv.slice(2);
const wanted = (name) => sections.length === 0 || sections.includes(name);
const tool = (name) => join(top, 'build/bench', name);
const telltale = join(top, 'build/telltale');
const folder = mkdtempSync(join(tmpdir(), 'telltale-bench-'));
const table = new Table('store', ...sections);
const row = table.row.bind(table);

// A file of generated readings, made once.
function readings(kind, rows) {
  const file = join(folder, `${kind}-${rows}.lp`);
  if (!existsSync(file)) {
    const fd = openSync(file, 'w');
    execFileSync(tool('readings'), [kind, String(rows)], { stdio: ['ignore', fd, 'inherit'] });
    closeSync(fd);
  }
  return file;
}

// Imports a file into an empty folder, or the output of the generator without a file between.
function imported(name, args, input) {
  const data = join(folder, name);
  rmSync(data, { recursive: true, force: true });
  const begin = performance.now();
  const command = [telltale, 'import', '--data', data, ...args, input ? '-' : ''].filter(Boolean);
  const shell = input ? `${input} | "$0" "$@"` : '"$0" "$@"';
  execFileSync('sh', ['-c', `${shell} 2>"${folder}/said"`, ...command], { stdio: ['ignore', 'inherit', 'inherit'] });
  const seconds = (performance.now() - begin) / 1000;
  const said = execFileSync('tail', ['-1', join(folder, 'said')], { encoding: 'utf8' });
  const count = Number(/(\d+) readings from/.exec(said)[1]);
  return { data, seconds, count, bytes: folderBytes(data) };
}

// ---- sections ----

function size() {
  const rows = 8640;
  for (const [kind, words, limit] of [['message', 'one message of 5', 0.6], ['lines', 'a line a sensor, of one time', 0.6], ['alone', 'each sensor alone', 1.4], ['noise', 'noise: 52 random bits a value', undefined]]) {
    const got = imported('size', ['--precision', 'ms', readings(kind, rows)]);
    row(`100 devices x 5 sensors, 10 s +-13 ms, ${words}`, `${number(got.bytes / got.count, 3)} bytes a reading, closed folder`,
      limit ? `<= ${limit} bytes a reading` : '64 bits a value: 8 bytes', limit ? got.bytes / got.count <= limit : undefined);
  }
  for (const file of ['water-loop.csv', 'machine-temperature.csv']) {
    const path = join(top, '../shared/data', file);
    if (!existsSync(path)) {
      table.say(`${file}: no recordings here`);
      continue;
    }
    const got = imported('size', ['--format', 'csv', '--device', 'd', path]);
    row(`${file}, ${number(got.count)} readings`, `${number(got.bytes / got.count, 3)} bytes a reading, closed folder`, `as text ${number(statSync(path).size / got.count, 1)} bytes`);
  }
}

function speed() {
  const file = readings('message', 8640);
  const ours = [1, 2, 3].map(() => imported('speed', ['--precision', 'ms', file])).sort((a, b) => a.seconds - b.seconds)[1];
  const rate = ours.count / ours.seconds;
  const rows = join(folder, 'rows.db');
  rmSync(rows, { force: true });
  const peer = JSON.parse(execFileSync('sh', ['-c', `"$0" "$1" 1000000 < "${file}"`, tool('sqlite_rows'), rows], { encoding: 'utf8' }));
  const peerRate = peer.rows / peer.seconds;
  row(`import of ${number(ours.count)} readings, whole process, median of 3`, `${number(rate)} readings/s durable`, '>= 1,500,000 readings/s', rate >= 1_500_000);
  row(`SQLite, a row a reading, ${number(peer.rows)} of the same`, `${number(peerRate)} rows/s, ${number(peer.bytes / peer.rows, 1)} bytes a row`, 'the peer of the same run');
  row('ours to SQLite rows', `${number(rate / peerRate, 1)} x`, '>= 15 x', rate / peerRate >= 15);
}

function blocks() {
  const recording = join(top, '../shared/data/water-loop.csv');
  for (const line of execFileSync(tool('blocks'), [recording], { encoding: 'utf8' }).trim().split('\n')) {
    const [, name, bytes, encoded, decoded] = /^(.+?)\s+([\d.]+) bytes a reading.*encoded\s+([\d.]+) M\/s, decoded\s+([\d.]+) M\/s/.exec(line);
    row(`blocks on one core: ${name}, ${bytes} bytes each`, `encoded ${encoded} M/s, decoded ${decoded} M/s`, '>= 50 M/s and >= 200 M/s',
      Number(encoded) >= 50 && Number(decoded) >= 200);
  }
}

// The latest values as the list of devices and the snapshot read them, before any text is made of them.
function latest() {
  const got = JSON.parse(execFileSync(tool('latest'), { encoding: 'utf8' }));
  row(`latest of ${number(got.series)} series, registry in memory, median of 101`, `${number(got.median_ms, 3)} ms, worst ${number(got.worst_ms, 3)}`,
    '<= 1 ms', got.median_ms <= 1);
}

function open() {
  const said = execFileSync(tool('open_rows'), { encoding: 'utf8' });
  const [, readings, series, bytes] = /(\d+) open readings of (\d+) series: ([\d.]+) bytes/.exec(said);
  row(`${number(Number(readings))} open readings of ${number(Number(series))} series`, `${bytes} bytes of memory each`, '<= 4 bytes', Number(bytes) <= 4);
}

// An hour of simulated time, as fast as it goes.
function journal() {
  const got = JSON.parse(execFileSync(tool('journal'), ['60'], { encoding: 'utf8' }));
  row(`journal of ${number(got.series)} series, a reading a minute, ${got.minutes} min`, `${number(got.journal_bytes / 1e6, 1)} MB at most, in ${number(got.seconds)} s`,
    '<= 32 MB', got.readings === got.series * got.minutes && got.journal_bytes > 0 && got.journal_bytes <= 32e6);
  row('  the log beside it', `${number(got.log_bytes / 1e6, 1)} MB at most`, '');
}

const DAY = 86_400_000;

function ask(data, series, range) {
  return JSON.parse(execFileSync(tool('questions'), [data, String(series), String(range), '1000'], { encoding: 'utf8' }));
}

function questions() {
  const { data, count, bytes } = imported('year', ['--precision', 'ms'], `"${tool('readings')}" second 31536000`);
  const day = ask(data, 0, DAY);
  const year = ask(data, 0, 365 * DAY);
  row('a day at 1 Hz to 1000 points, median of 50', `${number(day.median_ms, 2)} ms, ${day.rows} rows`, '<= 2 ms', day.median_ms <= 2);
  row(`a year of it (${number(count)} readings, ${number(bytes / count, 2)} bytes each)`, `${number(year.median_ms, 2)} ms, ${year.rows} rows`, '<= 5 ms', year.median_ms <= 5);
  rmSync(data, { recursive: true });
}

function start() {
  const { data, seconds, count, bytes } = imported('start', ['--precision', 'ms'], `"${tool('readings')}" message 200000`);
  const got = ask(data, 0, DAY);
  row(`open and load with ${number(count)} readings stored`, `${number(got.open_ms, 1)} ms`, '<= 500 ms', got.open_ms <= 500);
  row('  their import, the generator beside it', `${number(count / seconds)} readings/s, ${number(bytes / count, 3)} bytes each`, '');
  rmSync(data, { recursive: true });
}

// The log while history is exported again and again under all the readings that come.
async function log() {
  const server = await program();
  const seconds = 60;
  const wal = join(server.data, 'telltale.db-wal');
  const end = performance.now() + seconds * 1000;
  // Each sender formats all of its messages first, so several follow one another.
  let messages = 0;
  const load = (async () => {
    while (performance.now() < end) {
      const count = 500_000;
      await new Run('mqtt_publish', ['--port', server.mqtt, '--messages', count, '--values', 5, '--devices', 100, '--interval', 10_000, '--jitter', 13, '--qos', 1]).end();
      messages += count;
    }
  })();
  let most = 0, exports = 0;
  while (performance.now() < end) {
    const child = spawn(telltale, ['export', '--data', server.data], { stdio: ['ignore', 'ignore', 'ignore'] });
    const closed = new Promise((resolve) => { child.once('close', resolve); });
    let open = true;
    closed.then(() => { open = false; });
    while (open) {
      if (existsSync(wal)) most = Math.max(most, statSync(wal).size);
      await new Promise((resolve) => { setTimeout(resolve, 50); });
      if (performance.now() > end + 5000) child.kill('SIGTERM');
    }
    exports++;
  }
  await load;
  await server.stop();
  const rate = messages * 5 / seconds;
  row(`log during ${exports} exports in ${seconds} s, ${number(rate)} readings/s in`, `${number(most / 1e6, 1)} MB at most`, '< 128 MB', rate > 0 && most > 0 && most < 128e6);
}

buildLoad();
try {
  if (wanted('size')) size();
  if (wanted('speed')) speed();
  if (wanted('blocks')) blocks();
  if (wanted('questions')) questions();
  if (wanted('latest')) latest();
  if (wanted('open')) open();
  if (wanted('journal')) journal();
  if (wanted('start')) start();
  if (wanted('log')) await log();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
table.keep();
