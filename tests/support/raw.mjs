// SPDX-License-Identifier: Apache-2.0
// Bytes on a socket, for what no well-behaved client would send.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { within } from './wait.mjs';

export class Raw {
  constructor(t, port) {
    this.bytes = Buffer.alloc(0);
    this.closed = false;
    this.waiting = new Set();
    this.socket = connect({ port, host: '127.0.0.1' });
    this.socket.setNoDelay(true);
    const look = () => { for (const each of [...this.waiting]) each(); };
    this.socket.on('data', (data) => {
      this.bytes = Buffer.concat([this.bytes, data]);
      look();
    });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.closed = true;
      look();
    });
    t.after(() => this.socket.destroy());
  }

  send(...parts) {
    for (const part of parts) this.socket.write(part);
    return this;
  }

  get text() {
    return this.bytes.toString('latin1');
  }

  when(question, what, ms) {
    return within(new Promise((resolve) => {
      const look = () => {
        const answer = question();
        if (answer) {
          this.waiting.delete(look);
          resolve(answer);
        }
      };
      this.waiting.add(look);
      look();
    }), what, ms);
  }

  // Resolves with what was received once the peer has closed.
  async end(ms) {
    await this.when(() => this.closed, 'the peer to close', ms);
    return this.text;
  }

  has(pattern, ms) {
    return this.when(() => pattern.exec(this.text), `bytes like ${pattern}`, ms);
  }

  // The status line's number of the first answer.
  async status(ms) {
    return Number((await this.has(/^HTTP\/1\.[01] (\d{3})/, ms))[1]);
  }
}

// ---- MQTT packets ----

export function mqttPacket(type, body) {
  const length = [];
  let rest = body.length;
  do {
    length.push((rest % 128) | (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.from([type, ...length]), body]);
}

export function mqttText(text) {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}

export function mqttConnect(id, keepAlive = 60) {
  return mqttPacket(0x10, Buffer.concat([mqttText('MQTT'), Buffer.from([4, 2, keepAlive >> 8, keepAlive & 255]), mqttText(id)]));
}

// QoS 0 PUBLISH; topic as text or bytes.
export function mqttPublish(topic, payload) {
  const name = Buffer.from(topic);
  return mqttPacket(0x30, Buffer.concat([Buffer.from([name.length >> 8, name.length & 255]), name, Buffer.from(payload)]));
}

// ---- WebSocket ----

// A masked frame, unless options say otherwise. options: fin, opcode, masked, length (claimed).
export function wsFrame(payload, { fin = true, opcode = 1, masked = true, length } = {}) {
  const bytes = Buffer.from(payload);
  const claimed = length ?? bytes.length;
  const head = [(fin ? 0x80 : 0) | opcode];
  const mask = masked ? 0x80 : 0;
  if (claimed < 126) head.push(mask | claimed);
  else if (claimed < 65536) head.push(mask | 126, claimed >> 8, claimed & 255);
  else head.push(mask | 127, 0, 0, 0, 0, (claimed >>> 24) & 255, (claimed >> 16) & 255, (claimed >> 8) & 255, claimed & 255);
  if (!masked) return Buffer.concat([Buffer.from(head), bytes]);
  const key = randomBytes(4);
  return Buffer.concat([Buffer.from(head), key, bytes.map((b, i) => b ^ key[i % 4])]);
}

export function wsUpgrade(port, { path = '/socket.io/?EIO=4&transport=websocket', headers = '' } = {}) {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`
    + `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n${headers}\r\n`;
}
