// SPDX-License-Identifier: Apache-2.0
// The include table is worth what its check is worth: each planted fault must be found, in a copy
// of the tree's own table, and the tree itself must pass.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const top = join(dirname(fileURLToPath(import.meta.url)), '../..');

function copyOfTree(t) {
  const root = mkdtempSync(join(tmpdir(), 'telltale-layers-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'tools'));
  cpSync(join(top, 'tools/layers.txt'), join(root, 'tools/layers.txt'));
  cpSync(join(top, 'src'), join(root, 'src'), { recursive: true });
  return root;
}

function check(...args) {
  return spawnSync(process.execPath, [join(top, 'tools/check-layers.mjs'), ...args], { encoding: 'utf8' });
}

function plant(root, path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function includeFault(t, path, line) {
  const root = copyOfTree(t);
  plant(root, path, `${line}\n`);
  const result = check('--root', root);
  assert.equal(result.status, 1, result.stderr);
  assert.match(result.stderr, new RegExp(`^${path}:1: `, 'm'));
  return result.stderr;
}

test('the tree keeps to its own table', () => {
  const result = check('--root', top);
  assert.equal(result.status, 0, result.stderr);
});

test('an include that the table does not allow is found', (t) => {
  assert.match(includeFault(t, 'src/alert/planted.c', '#include "store/store.h"'), /alert may not include store/);
});

test('an include of a private header is found', (t) => {
  assert.match(includeFault(t, 'src/app/planted.c', '#include "store/secret.h"'), /private; the door is store\/store.h/);
});

test('an include of app is found', (t) => {
  assert.match(includeFault(t, 'src/serve/planted.c', '#include "app/app.h"'), /nobody includes app/);
});

test('an include that is not written from src/ is found', (t) => {
  assert.match(includeFault(t, 'src/store/planted.c', '#include "store.h"'), /not written from src/);
});

test('a folder without a row is found', (t) => {
  const root = copyOfTree(t);
  plant(root, 'src/stray/stray.c', 'int stray;\n');
  const result = check('--root', root);
  assert.equal(result.status, 1);
  assert.match(result.stderr, /src\/stray\/stray.c: its folder has no row/);
});

// Compiles `source` as a file of the pure folder alert and returns what the check says of it.
function symbolsOf(t, source) {
  const root = copyOfTree(t);
  plant(root, 'obj/alert/planted.c', source);
  const object = join(root, 'obj/alert/planted.o');
  const built = spawnSync('cc', ['-c', join(root, 'obj/alert/planted.c'), '-o', object], { encoding: 'utf8' });
  assert.equal(built.status, 0, built.stderr);
  return check('--root', root, '--symbols', join(root, 'obj'));
}

test('a clock_gettime in a pure folder is found', (t) => {
  const result = symbolsOf(t, `#include <time.h>
long planted(void) { struct timespec now; clock_gettime(CLOCK_MONOTONIC, &now); return now.tv_sec; }`);
  assert.equal(result.status, 1);
  assert.match(result.stderr, /alert\/planted.o: a pure folder needs clock_gettime/);
});

test('static mutable data in a pure folder is found', (t) => {
  const result = symbolsOf(t, 'static int calls;\nint planted(void) { return ++calls; }');
  assert.equal(result.status, 1);
  assert.match(result.stderr, /a pure folder keeps calls in .bss/);
});

test('constant tables in a pure folder are fine', (t) => {
  const result = symbolsOf(t, `static const char *const names[] = {"a", "b"};
const char *planted(int i) { return names[i]; }`);
  assert.equal(result.status, 0, result.stderr);
});
