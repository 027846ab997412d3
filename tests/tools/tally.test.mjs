// SPDX-License-Identifier: Apache-2.0
// The sum at the end of `make test` is worth what its reader is worth.
import assert from 'node:assert/strict';
import test from 'node:test';
import { countResults } from '../../tools/tally.mjs';

const expectCount = (text, passed, failed, skipped) => assert.deepEqual(countResults(text), { passed, failed, skipped });

test('plain TAP counts its lines', () => {
  expectCount('1..3\nok 1 - a\nnot ok 2 - b\nok 3 - c # SKIP no reason\n', 1, 1, 1);
});

test('cmocka\'s closing line about the group is no test', () => {
  expectCount('1..2\nok 1 - a\n# seed 5\nnot ok 2 - b\n# not ok - tests\n', 1, 1, 0);
});

test('a test with subtests counts as its subtests', () => {
  const nested = ['# Subtest: file', '    # Subtest: group', '        ok 1 - a', '        not ok 2 - b', '        1..2',
    '    not ok 1 - group', '    ok 2 - c', '    1..2', 'not ok 1 - file', '1..1'].join('\n');
  expectCount(nested, 2, 1, 0);
});

test('a test that fails by itself after its subtests passed is one failure more', () => {
  expectCount('    ok 1 - a\n    1..1\nnot ok 1 - whole\n', 1, 1, 0);
});

test('the spec reporter\'s summary is understood', () => {
  expectCount('✔ a (1ms)\nℹ tests 4\nℹ pass 2\nℹ fail 1\nℹ cancelled 1\nℹ skipped 0\n', 2, 2, 0);
});

test('output without results counts nothing', () => {
  expectCount('Segmentation fault\n', 0, 0, 0);
});
