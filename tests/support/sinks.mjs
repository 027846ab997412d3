// SPDX-License-Identifier: Apache-2.0
// Where notifications arrive in tests: a webhook, and a mail server that does STARTTLS, refuses bare
// line feeds, undoes dot-stuffing, and misbehaves where a test says so.
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer } from 'node:net';
import { TLSSocket } from 'node:tls';
import { createSecureContext } from 'node:tls';
import { readFileSync } from 'node:fs';
import { within, PATIENCE_MS } from './wait.mjs';

// What arrived, and waiting for it.
class Arrivals {
  constructor() {
    this.all = [];
    this.waiting = [];
  }

  push(item) {
    this.all.push(item);
    for (const look of [...this.waiting]) look();
  }

  // The first `count` of them for which `wanted` holds.
  next(what, wanted = () => true, count = 1, ms = PATIENCE_MS) {
    return within(new Promise((resolve) => {
      const look = () => {
        const found = this.all.filter(wanted);
        if (found.length < count) return;
        this.waiting = this.waiting.filter((one) => one !== look);
        resolve(count === 1 ? found[0] : found.slice(0, count));
      };
      this.waiting.push(look);
      look();
    }), `${what} (of ${this.all.length} that arrived)`, ms);
  }
}

const listening = (t, server) => new Promise((resolve) => {
  const sockets = new Set();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  t.after(() => { server.close(); for (const socket of sockets) socket.destroy(); });
  server.listen(0, '127.0.0.1', () => resolve(server.address().port));
});

// answer(request, response, number) may do anything; 204 otherwise. options.tls: { key, certificate }.
export async function webhookSink(t, answer = null, options = {}) {
  const arrivals = new Arrivals();
  const take = (request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const raw = Buffer.concat(parts);
      let body;
      try { body = JSON.parse(raw.toString()); } catch { body = undefined; }
      arrivals.push({ method: request.method, url: request.url, headers: request.headers, raw, body, at: performance.now() });
      if (answer) answer(request, response, arrivals.all.length);
      else { response.statusCode = 204; response.end(); }
    });
  };
  const server = options.tls
    ? createHttps({ key: readFileSync(options.tls.key), cert: readFileSync(options.tls.certificate) }, take)
    : createHttp(take);
  const port = await listening(t, server);
  return { arrivals, port, url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}/hook`, close: () => server.close() };
}

// options: tls ({ key, certificate }), starttls (offered unless false), login ([user, password]),
// on(stage, session) => reply text, 'hang', 'drop' or undefined; stages: greeting, ehlo, mail, rcpt,
// data, message.
export async function mailSink(t, options = {}) {
  const arrivals = new Arrivals();
  const commands = [];
  const server = createServer((socket) => serveMail(socket, { ...options, arrivals, commands }));
  const port = await listening(t, server);
  return { arrivals, commands, port };
}

function serveMail(plain, options) {
  const session = { secure: false, from: null, to: [], user: null };
  let socket = plain;
  let input = '';
  let inData = false;
  let inLogin = false;
  const say = (text) => { if (!socket.destroyed) socket.write(`${text}\r\n`); };
  const misbehave = (stage, usual) => {
    const how = options.on?.(stage, session);
    if (how === 'hang') return;
    if (how === 'drop') { socket.destroy(); return; }
    say(how ?? usual);
  };

  const upgrade = () => {
    plain.removeAllListeners('data');
    socket = new TLSSocket(plain, {
      isServer: true,
      secureContext: createSecureContext({ key: readFileSync(options.tls.key), cert: readFileSync(options.tls.certificate) }),
    });
    session.secure = true;
    socket.on('data', take);
    socket.on('error', () => {});
  };

  const login = (base64) => {
    const [, user, password] = Buffer.from(base64, 'base64').toString().split('\0');
    const good = options.login && user === options.login[0] && password === options.login[1];
    session.user = good ? user : null;
    say(good ? '235 welcome' : '535 5.7.8 wrong');
  };

  const command = (line) => {
    if (inLogin) { inLogin = false; login(line); return; }
    options.commands.push(line);
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO') {
      const more = [options.tls && !session.secure && options.starttls !== false ? 'STARTTLS' : null,
        options.login ? 'AUTH PLAIN' : null, '8BITMIME'].filter(Boolean);
      misbehave('ehlo', ['250-sink', ...more.slice(0, -1).map((one) => `250-${one}`), `250 ${more.at(-1)}`].join('\r\n'));
    } else if (verb === 'STAR') {
      say('220 go on');
      upgrade();
    } else if (verb === 'AUTH') {
      if (line.split(' ')[2]) login(line.split(' ')[2]);
      else { inLogin = true; say('334 '); }
    } else if (verb === 'MAIL') {
      session.from = /<(.*)>/.exec(line)?.[1];
      session.to = [];
      misbehave('mail', '250 ok');
    } else if (verb === 'RCPT') {
      session.to.push(/<(.*)>/.exec(line)?.[1]);
      misbehave('rcpt', '250 ok');
    } else if (verb === 'DATA') {
      const how = options.on?.('data', session);
      if (how === 'drop') { socket.destroy(); return; }
      inData = true;
      say('354 go on');
    } else if (verb === 'RSET' || verb === 'NOOP') {
      say('250 ok');
    } else if (verb === 'QUIT') {
      say('221 bye');
      socket.end();
    } else {
      say('500 what?');
    }
  };

  const message = (text) => {
    inData = false;
    const how = options.on?.('message', session);
    if (how === undefined) {
      const lines = text.split('\r\n').map((line) => (line.startsWith('.') ? line.slice(1) : line));
      options.arrivals.push({ ...session, to: [...session.to], text: lines.join('\r\n'), bare: /(^|[^\r])\n/.test(text), at: performance.now() });
    }
    if (how === 'hang') return;
    if (how === 'drop') { socket.destroy(); return; }
    say(how ?? '250 taken');
  };

  function take(data) {
    input += data.toString('latin1');
    for (;;) {
      if (inData) {
        const end = input.indexOf('\r\n.\r\n');
        if (end < 0) {
          if (options.on?.('mid-data', session) === 'drop') socket.destroy();
          return;
        }
        const text = input.slice(0, end + 2);
        input = input.slice(end + 5);
        message(text);
      } else {
        const end = input.indexOf('\r\n');
        if (end < 0) return;
        const line = input.slice(0, end);
        input = input.slice(end + 2);
        command(line);
      }
    }
  }

  socket.on('data', take);
  misbehave('greeting', '220 sink ESMTP');
}

// { headers: Map of lower-case names, text, html } of a mail, decoded.
export function parseMail(raw) {
  const [head, ...rest] = raw.split('\r\n\r\n');
  const headers = new Map();
  for (const line of head.replace(/\r\n[ \t]/g, ' ').split('\r\n')) {
    headers.set(line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim());
  }
  const boundary = /boundary="(.*?)"/.exec(headers.get('content-type'))[1];
  const parts = rest.join('\r\n\r\n').split(`--${boundary}`).slice(1, -1).map((part) => {
    const [, ...body] = part.split('\r\n\r\n');
    return Buffer.from(body.join('\r\n\r\n').replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1').toString('utf8');
  });
  return { headers, text: parts[0], html: parts[1] };
}

// Encoded words of a header as text.
export const words = (value) => value
  .replace(/\?=\s+=\?/g, '?==?')
  .replace(/=\?UTF-8\?B\?(.*?)\?=/g, (_, base64) => Buffer.from(base64, 'base64').toString('latin1'))
  .replace(/[\x80-\xff]+/g, (bytes) => Buffer.from(bytes, 'latin1').toString('utf8'));
