// SPDX-License-Identifier: Apache-2.0
// Runs test suites that are built already and adds up what they report.
//
//   node tools/run-tests.mjs [--san address|thread] SUITE...     unit fuzz tools web integration e2e axe
//
// Suites run one after the other; those joined by a plus, as in integration+e2e, beside each other.
// One line a program while it goes; what a failing one printed follows in full, and every log stays
// under build/test-logs. The last line is `N passed, N failed`. A program that dies, runs into its
// time limit or reports nothing counts as one failure. Exit code 0 only when something ran and
// nothing failed.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countResults } from './tally.mjs';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const args = process.argv.slice(2);
const san = args[0] === '--san' ? args.splice(0, 2)[1] : '';
const long = Boolean(process.env.TELLTALE_TEST_LONG);
const build = join(top, 'build', san);
const logs = join(top, 'build/test-logs', san || 'plain');

const env = {
  ...process.env,
  TELLTALE_BUILD: build,
  CMOCKA_MESSAGE_OUTPUT: 'TAP',
  ASAN_OPTIONS: 'detect_leaks=1:abort_on_error=0:exitcode=99',
  UBSAN_OPTIONS: 'print_stacktrace=1',
  TSAN_OPTIONS: 'halt_on_error=1:exitcode=99',
};

function filesUnder(dir, ending) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesUnder(path, ending);
    return entry.name.endsWith(ending) ? [path] : [];
  }).sort();
}

// A suite is a list of programs; each has a name, a command, a time limit, and runs with others.
const node = (file) => [process.execPath, '--test-reporter=tap', file];
const minutes = (n) => n * 60_000 * (long ? 10 : 1) * (san ? 2 : 1);

const suites = {
  unit: () => filesUnder(join(top, 'tests/unit'), '.c').map((file) => {
    const name = relative(join(top, 'tests/unit'), file).slice(0, -2);
    return { name: `unit ${name}`, command: [join(build, 'tests/unit', name)], limit: minutes(2), parallel: 2 };
  }),
  fuzz: () => filesUnder(join(top, 'tests/fuzz'), '.c').filter((file) => !file.endsWith('/replay.c')).map((file) => {
    const name = relative(join(top, 'tests/fuzz'), file).slice(0, -2);
    const corpora = ['corpus', 'regressions'].flatMap((kind) => filesUnder(join(top, 'tests/fuzz', kind, name), ''));
    return { name: `fuzz ${name}`, command: [join(build, 'tests/fuzz', name), ...corpora], limit: minutes(1), parallel: 2 };
  }),
  tools: () => filesUnder(join(top, 'tests/tools'), '.test.mjs').map((file) => (
    { name: `tools ${relative(join(top, 'tests/tools'), file)}`, command: node(file), limit: minutes(1), parallel: 2 })),
  web: () => [{ name: 'web', command: ['npm', 'test', '--silent'], cwd: join(top, 'web'), limit: minutes(2), parallel: 1 }],
  integration: () => filesUnder(join(top, 'tests/integration'), '.test.mjs').map((file) => (
    { name: `integration ${relative(join(top, 'tests/integration'), file)}`, command: node(file), limit: minutes(3), parallel: 1 })),
  e2e: () => filesUnder(join(top, 'tests/e2e'), '.test.mjs').map((file) => (
    { name: `e2e ${relative(join(top, 'tests/e2e'), file)}`, command: node(file), limit: minutes(3), parallel: 1 })),
  axe: () => filesUnder(join(top, 'tests/axe'), '.test.mjs').map((file) => (
    { name: `axe ${relative(join(top, 'tests/axe'), file)}`, command: node(file), limit: minutes(10), parallel: 2 })),
};

function run(program) {
  return new Promise((resolve) => {
    const started = Date.now();
    const chunks = [];
    // Its own process group, so that a limit ends what the program started as well.
    const child = spawn(program.command[0], program.command.slice(1), {
      cwd: program.cwd ?? top, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true,
    });
    children.add(child);
    let overdue = false;
    const timer = setTimeout(() => {
      overdue = true;
      endGroup(child);
    }, program.limit);
    child.stdout.on('data', (data) => chunks.push(data));
    child.stderr.on('data', (data) => chunks.push(data));
    const finish = (why) => {
      clearTimeout(timer);
      children.delete(child);
      resolve({ text: Buffer.concat(chunks).toString(), why: overdue ? 'ran into its time limit' : why, ms: Date.now() - started });
    };
    child.on('error', (error) => finish(error.message));
    child.on('close', (code, signal) => finish(signal ? `died of ${signal}` : code ? `exit code ${code}` : ''));
  });
}

const children = new Set();
function endGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const child of children) endGroup(child);
    process.exit(130);
  });
}

const total = { passed: 0, failed: 0, skipped: 0 };

function report(program, result) {
  const tally = countResults(result.text);
  if (result.why && tally.failed === 0) {
    tally.failed = 1;
  } else if (tally.passed + tally.failed + tally.skipped === 0) {
    tally.failed = 1;
    result.why = 'reported no test';
  }
  for (const key of Object.keys(total)) total[key] += tally[key];
  writeFileSync(join(logs, `${program.name.replace(/[^\w.]+/g, '-')}.log`), result.text);
  const words = [`${tally.passed} passed`];
  if (tally.failed) words.push(`${tally.failed} FAILED`);
  if (tally.skipped) words.push(`${tally.skipped} skipped`);
  if (result.why && result.why !== 'exit code 1') words.push(result.why);
  console.log(`${program.name.padEnd(44)} ${words.join(', ')}  (${(result.ms / 1000).toFixed(1)} s)`);
  if (tally.failed) console.log(result.text.replace(/^/gm, '    '));
  for (const [, name, why] of result.text.matchAll(/^ *ok \d+ - (.*?) # SKIP(?: (.*))?$/gm)) {
    console.log(`    skipped: ${name}${why ? `: ${why}` : ''}`);
  }
}

// Programs that may run beside each other do; the order of a suite's lines is that of their ends.
async function runAll(programs) {
  const waiting = [...programs];
  const worker = async () => {
    for (let program = waiting.shift(); program; program = waiting.shift()) {
      report(program, await run(program));
    }
  };
  await Promise.all(Array.from({ length: programs[0]?.parallel ?? 1 }, worker));
}

mkdirSync(logs, { recursive: true });
const stages = args.map((arg) => arg.split('+'));
const unknown = stages.flat().find((suite) => !suites[suite]);
if (unknown !== undefined) {
  console.error(`run-tests: no suite ${unknown}; there are ${Object.keys(suites).join(', ')}`);
  process.exit(2);
}
for (const stage of stages) await Promise.all(stage.map((suite) => runAll(suites[suite]())));
const line = `${total.passed} passed, ${total.failed} failed`;
if (process.env.TELLTALE_TALLY) appendFileSync(process.env.TELLTALE_TALLY, `${line}\n`);
if (total.skipped) console.log(`${total.skipped} skipped`);
console.log(line);
process.exit(total.failed || total.passed === 0 ? 1 : 0);
