// SPDX-License-Identifier: Apache-2.0
// What makes the pictures of docs/images small leaves them what they were.
import assert from 'node:assert/strict';
import { inflateSync } from 'node:zlib';
import test from 'node:test';
import { readPng, smallPng } from '../../tools/png.mjs';
import { icon } from '../../web/icon.mjs';

test('a picture in 256 colours has the size, the areas and nearly the edges of the whole one', () => {
  const whole = icon(96);
  const { width, height, colours } = readPng(whole);
  assert.deepEqual([width, height, colours[0]], [96, 96, 0x0b0e13]);
  const small = smallPng(whole);
  assert.ok(small.length < whole.length, `${small.length} of ${whole.length} bytes`);
  const part = (type) => {
    const at = small.indexOf(type, 8, 'latin1');
    return small.subarray(at + 4, at + 4 + small.readUInt32BE(at - 4));
  };
  const [palette, rows] = [part('PLTE'), inflateSync(part('IDAT'))];
  assert.equal(rows.length, height * (width + 1));
  let worst = 0;
  colours.forEach((c, i) => {
    const at = 3 * rows[Math.floor(i / width) * (width + 1) + 1 + (i % width)];
    worst = Math.max(worst, ...[16, 8, 0].map((shift, k) => Math.abs(((c >> shift) & 255) - palette[at + k])));
  });
  assert.ok(worst <= 8, `a channel is off by ${worst}`);
  assert.throws(() => readPng(Buffer.from('GIF89a, and no more')), /no PNG/);
});
