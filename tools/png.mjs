// SPDX-License-Identifier: Apache-2.0
// Makes a picture of a page small: 256 colours of its own instead of all, which nobody sees on areas and letters.
// The format: PNG, ISO/IEC 15948. Reads what Chromium writes: 8 bits a channel, RGB or RGBA, not interlaced.
import { deflateSync, inflateSync } from 'node:zlib';
import { chunk } from '../web/icon.mjs';

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const MOST_COLOURS = 256;
/** So many stand for themselves, the commonest; the others are chosen where they spare most. */
const THEMSELVES = 96;

function* chunks(file) {
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at);
    yield { type: file.toString('latin1', at + 4, at + 8), data: file.subarray(at + 8, at + 8 + length) };
    at += 12 + length;
  }
}

function predicted(filter, left, up, upLeft) {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const p = left + up - upLeft;
  const [a, b, c] = [Math.abs(p - left), Math.abs(p - up), Math.abs(p - upLeft)];
  return a <= b && a <= c ? left : b <= c ? up : upLeft;
}

/** { width, height, colours }: a number 0xrrggbb for each pixel, row by row. */
export function readPng(file) {
  if (!file.subarray(0, 8).equals(SIGNATURE)) throw new Error('no PNG');
  const all = [...chunks(file)];
  const head = all.find((c) => c.type === 'IHDR').data;
  const [width, height, kind] = [head.readUInt32BE(0), head.readUInt32BE(4), head[9]];
  if (head[8] !== 8 || (kind !== 2 && kind !== 6) || head[12] !== 0) throw new Error('not a PNG as Chromium writes it');
  const bytes = kind === 2 ? 3 : 4;
  const raw = inflateSync(Buffer.concat(all.filter((c) => c.type === 'IDAT').map((c) => c.data)));
  const stride = width * bytes;
  const pixels = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= bytes ? pixels[at - bytes] : 0;
      const up = y > 0 ? pixels[at - stride] : 0;
      const upLeft = x >= bytes && y > 0 ? pixels[at - stride - bytes] : 0;
      pixels[at] = raw[y * (stride + 1) + 1 + x] + predicted(filter, left, up, upLeft);
    }
  }
  const colours = new Uint32Array(width * height);
  for (let i = 0; i < colours.length; i++) colours[i] = pixels.readUIntBE(i * bytes, 3);
  return { width, height, colours };
}

function distance(a, b) {
  return ((a >> 16) - (b >> 16)) ** 2 + (((a >> 8) & 255) - ((b >> 8) & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;
}

/** The palette, and which of it stands for each colour. */
function paletteOf(colours) {
  const counts = new Map();
  for (const c of colours) counts.set(c, (counts.get(c) ?? 0) + 1);
  const known = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a));
  const palette = [];
  const nearest = known.map(() => 0);
  const far = known.map(() => Infinity);
  const take = (colour) => {
    palette.push(colour);
    known.forEach((c, i) => {
      const d = distance(c, colour);
      if (d < far[i]) [far[i], nearest[i]] = [d, palette.length - 1];
    });
  };
  for (const colour of known.slice(0, THEMSELVES)) take(colour);
  while (palette.length < MOST_COLOURS) {
    let worst = 0;
    known.forEach((c, i) => { if (far[i] * counts.get(c) > far[worst] * counts.get(known[worst])) worst = i; });
    if (far[worst] === 0) break;
    take(known[worst]);
  }
  return { palette, stands: new Map(known.map((c, i) => [c, nearest[i]])) };
}

/** The same picture in 256 colours at most. */
export function smallPng(file) {
  const { width, height, colours } = readPng(file);
  const { palette, stands } = paletteOf(colours);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = stands.get(colours[y * width + x]);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3], 8);
  const plte = Buffer.concat(palette.map((c) => Buffer.from([c >> 16, (c >> 8) & 255, c & 255])));
  return Buffer.concat([SIGNATURE, chunk('IHDR', head), chunk('PLTE', plte), chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })), chunk('IEND', Buffer.alloc(0))]);
}
