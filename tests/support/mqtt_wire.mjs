// SPDX-License-Identifier: Apache-2.0
// An MQTT peer that says exactly what a test wants, packet by packet, in either version.
import { Raw, mqttPacket, mqttText } from './raw.mjs';

export const TYPES = { CONNECT: 1, CONNACK: 2, PUBLISH: 3, PUBACK: 4, PUBREC: 5, PUBREL: 6, PUBCOMP: 7, SUBSCRIBE: 8,
  SUBACK: 9, UNSUBSCRIBE: 10, UNSUBACK: 11, PINGREQ: 12, PINGRESP: 13, DISCONNECT: 14, AUTH: 15 };
const names = Object.fromEntries(Object.entries(TYPES).map(([name, type]) => [type, name]));

const u16 = (n) => Buffer.from([n >> 8, n & 255]);
const u32 = (n) => Buffer.concat([u16(n >>> 16), u16(n & 0xffff)]);

// The body of each packet as a client of `version` would write it.
export function packet(version, type, o = {}) {
  const v5 = version === 5;
  const none = v5 ? Buffer.from([0]) : Buffer.alloc(0);
  const id = u16(o.id ?? 1);
  switch (type) {
    case 'CONNECT': {
      const properties = v5 ? Buffer.concat([Buffer.from([o.expiry === undefined ? 0 : 5]),
        o.expiry === undefined ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x11]), u32(o.expiry)])]) : Buffer.alloc(0);
      return mqttPacket(0x10, Buffer.concat([mqttText('MQTT'), Buffer.from([version, o.clean === false ? 0 : 2]), u16(o.keepAlive ?? 60),
        properties, mqttText(o.client ?? 'peer')]));
    }
    case 'CONNACK': return mqttPacket(0x20, Buffer.concat([Buffer.from([0, 0]), none]));
    case 'PUBLISH': {
      const qos = o.qos ?? 0;
      return mqttPacket(0x30 | (qos << 1) | (o.dup ? 8 : 0) | (o.retain ? 1 : 0),
        Buffer.concat([mqttText(o.topic ?? 'a/b'), qos ? id : Buffer.alloc(0), none, Buffer.from(o.payload ?? 'x')]));
    }
    case 'PUBREL': return mqttPacket(0x62, id);
    case 'PUBACK': case 'PUBREC': case 'PUBCOMP': return mqttPacket(TYPES[type] << 4, id);
    case 'SUBSCRIBE': return mqttPacket(0x82, Buffer.concat([id, none, mqttText(o.filter ?? 'a/#'), Buffer.from([o.options ?? o.qos ?? 0])]));
    case 'UNSUBSCRIBE': return mqttPacket(0xa2, Buffer.concat([id, none, mqttText(o.filter ?? 'a/#')]));
    case 'SUBACK': case 'UNSUBACK': return mqttPacket(TYPES[type] << 4, Buffer.concat([id, none, Buffer.from([0])]));
    default: return mqttPacket(TYPES[type] << 4, Buffer.alloc(0));
  }
}

// The first packet of `bytes` as { name, flags, id, code, body, size }, or null when it is not whole.
function parse(bytes, version) {
  let length = 0;
  let at = 1;
  for (let shift = 0; ; shift += 7, at += 1) {
    if (at >= bytes.length) return null;
    length |= (bytes[at] & 127) << shift;
    if (bytes[at] < 128) break;
  }
  at += 1;
  if (bytes.length < at + length) return null;
  const body = bytes.subarray(at, at + length);
  const name = names[bytes[0] >> 4];
  const p = { name, flags: bytes[0] & 15, body, size: at + length };
  if (/^PUB(ACK|REC|REL|COMP)$/.test(name)) Object.assign(p, { id: body.readUInt16BE(0), code: body[2] ?? 0 });
  if (name === 'CONNACK') Object.assign(p, { present: body[0], code: body[1] });
  if (/^(UN)?SUBACK$/.test(name)) Object.assign(p, { id: body.readUInt16BE(0), code: body.at(-1) });
  if (name === 'DISCONNECT') p.code = body[0] ?? 0;
  if (name === 'PUBLISH') {
    const topicEnd = 2 + body.readUInt16BE(0);
    const qos = (p.flags >> 1) & 3;
    let rest = body.subarray(topicEnd);
    if (qos) {
      p.id = rest.readUInt16BE(0);
      rest = rest.subarray(2);
    }
    if (version === 5) rest = rest.subarray(1 + rest[0]);
    Object.assign(p, { qos, topic: body.toString('utf8', 2, topicEnd), payload: rest.toString(), dup: Boolean(p.flags & 8), retain: Boolean(p.flags & 1) });
  }
  return p;
}

export class Wire extends Raw {
  constructor(t, port, version) {
    super(t, port);
    this.version = version;
  }

  say(type, options) {
    return this.send(packet(this.version, type, options));
  }

  // Takes the next packet; null when the peer closed instead.
  async next(ms) {
    const p = await this.when(() => parse(this.bytes, this.version) ?? (this.closed ? 'end' : null), 'a packet', ms);
    if (p === 'end') return null;
    this.bytes = this.bytes.subarray(p.size);
    return p;
  }

  // Takes the next packet that has to be a `name`.
  async hear(name, ms) {
    const p = await this.next(ms);
    if (p?.name !== name) throw new Error(`heard ${p ? `${p.name} ${p.code ?? ''}` : 'the end'} instead of ${name}`);
    return p;
  }

  // Everything that comes before the answer to a ping, or the end: what was said is handled then.
  async rest() {
    const heard = [];
    this.say('PINGREQ');
    for (;;) {
      const p = await this.next();
      if (!p) return [...heard, 'closed'];
      if (p.name === 'PINGRESP') return heard;
      heard.push(p);
    }
  }

  async connect(options) {
    this.say('CONNECT', options);
    return this.hear('CONNACK');
  }

  async subscribe(filter, qos = 0) {
    this.say('SUBSCRIBE', { id: 60000, filter, qos });
    return (await this.hear('SUBACK')).code;
  }

  // The connection is cut, without a word.
  cut() {
    this.socket.resetAndDestroy();
  }
}
