// SPDX-License-Identifier: Apache-2.0
// The icon of the installed page as PNG: the lamp, a ring with its diamond, on the dark ground. Painted
// by distance to the shapes, so its edges are smooth at any size.

import { deflateSync } from "node:zlib";

const ground = [0x0b, 0x0e, 0x13];
const ring = [0xaa, 0xb4, 0xc0];
const lamp = [0x6c, 0xb2, 0xff];

/** Node 18 has none of its own. */
function crcOf(bytes) {
  let c = ~0;
  for (const b of bytes) {
    c ^= b;
    for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0);
  }
  return ~c >>> 0;
}

export function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crcOf(body), body.length + 4);
  return out;
}

const mix = (a, b, share) => a.map((v, i) => Math.round(v + (b[i] - v) * share));
const covered = (distance) => Math.min(1, Math.max(0, 0.5 - distance));

/** Everything stays within the middle four fifths, which no mask cuts off. */
export function icon(size) {
  const middle = size / 2;
  const rows = Buffer.alloc(size * (size * 3 + 1));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [dx, dy] = [x + 0.5 - middle, y + 0.5 - middle];
      const onRing = covered(Math.abs(Math.hypot(dx, dy) - size * 0.3) - size * 0.022);
      const inLamp = covered((Math.abs(dx) + Math.abs(dy) - size * 0.17) / Math.SQRT2);
      const [r, g, b] = mix(mix(ground, ring, onRing), lamp, inLamp);
      rows.set([r, g, b], y * (size * 3 + 1) + 1 + x * 3);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}
