// SPDX-License-Identifier: Apache-2.0
// Alerts reach people: mails, webhooks, pushes and MQTT, through every failure of whoever takes them.
import assert from 'node:assert/strict';
import { createECDH, createHmac, createPublicKey, createVerify, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import test from 'node:test';
import ece from 'http_ece';
import { Authority } from '../support/certificates.mjs';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { sanitized, Server } from '../support/server.mjs';
import { mailSink, parseMail, webhookSink, words } from '../support/sinks.mjs';
import { until, within } from '../support/wait.mjs';

const RULE = { deviceId: 'd', sensorType: 'temperature', condition: 'greater_than', threshold: 30, severity: 'critical' };
const ROUTE_ALONE = (to) => ({ to, group: 'none' });

async function start(t, settings = '', timeout = '1s') {
  const server = new Server(t, { config: `notify:\n  allow: [127.0.0.0/8]\n  retry: 100ms\n  timeout: ${timeout}\n${settings}` });
  await server.start();
  return server;
}

const smtp = (sink, more = '') => `  smtp_server: 127.0.0.1\n  smtp_port: ${sink.port}\n  mail_from: telltale@example.org\n${more}`;

async function raise(t, server, value = 35) {
  const client = await mqttClient(t, server.mqtt);
  await publishReading(client, 'd', 'temperature', value);
  return client;
}

const notifications = async (server) => (await server.get('/notifications')).notifications;
const rowOf = (server, channel, state) => until(async () => (await notifications(server))
  .find((row) => row.channel === channel && row.state === state), `a row of ${channel} that is ${state}`);

// ---- e-mail ----

test('a critical alert arrives as a mail over STARTTLS with text, HTML and names as data (C16)', async (t) => {
  const authority = new Authority(t);
  const sink = await mailSink(t, { tls: authority.sign('localhost'), login: ['user', 'secret'] });
  writeFileSync(authority.file('password'), 'secret\n');
  const server = await start(t, smtp(sink, `  ca: ${authority.ca}\n  smtp_user: user\n  smtp_password_file: ${authority.file('password')}\n  public_url: http://localhost:3000\n`));
  await server.rest('PUT', '/channels/mail', { type: 'email', to: ['ops@example.org', 'night@example.org'] });
  await server.rest('PUT', '/routes/all', ROUTE_ALONE(['email']));
  await server.rest('POST', '/rules', RULE);
  const client = await mqttClient(t, server.mqtt);
  await publishReading(client, 'd', 'temperature', 20);
  await server.rest('PATCH', '/devices/d', { name: 'Küche <b>4</b>', place: 'Bcc: evil@example.org' });
  await publishReading(client, 'd', 'temperature', 35);
  const mail = await sink.arrivals.next('the mail');
  assert.equal(mail.secure, true);
  assert.equal(mail.user, 'user');
  assert.equal(mail.bare, false);
  assert.deepEqual([mail.from, mail.to], ['telltale@example.org', ['ops@example.org', 'night@example.org']]);
  const { headers, text, html } = parseMail(mail.text);
  assert.match(words(headers.get('subject')), /^CRITICAL Küche <b>4<\/b>: /);
  assert.equal(headers.get('bcc'), undefined);
  assert.match(text, /Küche <b>4<\/b>/);
  assert.match(text, /http:\/\/localhost:3000\/a\/[\w-]+/);
  assert.match(html, /Küche &#60;b&#62;4&#60;\/b&#62;/);
  assert.doesNotMatch(html, /<b>4<\/b>/);
  await publishReading(client, 'd', 'temperature', 20);
  const [, resolved] = await sink.arrivals.next('the mail about its end', () => true, 2);
  assert.match(words(parseMail(resolved.text).headers.get('subject')), /^RESOLVED /);
});

test('a line with a lone dot in a mail arrives as it is (C16)', async (t) => {
  const sink = await mailSink(t);
  const server = await start(t, smtp(sink, '  smtp_security: none\n'));
  await server.rest('PUT', '/channels/mail', { type: 'email', to: ['ops@example.org'] });
  await server.rest('PUT', '/routes/all', ROUTE_ALONE(['email']));
  await server.rest('POST', '/rules', RULE);
  await raise(t, server);
  const [alert] = await until(async () => {
    const open = (await server.get('/alerts?state=open')).alerts;
    return open.length && open;
  }, 'the alert');
  await sink.arrivals.next('the first mail');
  await server.rest('PUT', '/channels/mail', { type: 'email', to: ['ops@example.org'], acknowledged: true });
  await server.rest('POST', `/alerts/${alert.id}/acknowledge`, { note: '.'.repeat(74) }); // folded, its last line is a lone dot
  const [, mail] = await sink.arrivals.next('the mail with the dot', () => true, 2);
  assert.match(mail.text, /=\r\n\.\r\n/);
  assert.match(parseMail(mail.text).text, /ACKNOWLEDGED[^]*\r\n {2}\.{74}\r\n/);
  assert.equal(mail.bare, false);
});

test('F26: STARTTLS that is missing, or a certificate that nobody vouches for, sends nothing in plain', async (t) => {
  const authority = new Authority(t);
  const plain = await mailSink(t);
  const stranger = await mailSink(t, { tls: new Authority(t, 'stranger').sign('localhost') });
  for (const sink of [plain, stranger]) {
    const server = await start(t, smtp(sink, `  ca: ${authority.ca}\n`));
    await server.rest('PUT', '/channels/mail', { type: 'email', to: ['ops@example.org'] });
    await server.rest('POST', '/rules', RULE);
    await raise(t, server);
    const row = await until(async () => (await notifications(server)).find((one) => one.attempts >= 2 && one), 'two attempts');
    assert.equal(row.state, 'waiting');
    assert.ok(row.error.length > 5);
    assert.equal(sink.commands.some((line) => /^(MAIL|RCPT|DATA|AUTH)/.test(line)), false);
    assert.equal(sink.arrivals.all.length, 0);
    await server.stop();
  }
});

test('F26: greylisted, dropped in the middle and hanging after DATA, a mail still arrives, once it is taken', async (t) => {
  const plan = [['rcpt', '451 4.7.1 greylisted'], ['greeting', '421 busy'], ['mid-data', 'drop'], ['message', '452 4.3.1 full'], ['message', 'hang']];
  const sink = await mailSink(t, {
    on: (stage) => {
      if (plan.length && plan[0][0] === stage) return plan.shift()[1];
      return undefined;
    },
  });
  const server = await start(t, smtp(sink, '  smtp_security: none\n'), '200ms');
  await server.rest('PUT', '/channels/mail', { type: 'email', to: ['ops@example.org'] });
  await server.rest('POST', '/rules', RULE);
  await raise(t, server);
  await sink.arrivals.next('the mail', () => true, 1, 20_000);
  const row = await rowOf(server, 'mail', 'sent');
  assert.deepEqual(plan, []);
  assert.ok(row.attempts >= 5, `${row.attempts} attempts`);
  assert.equal(sink.arrivals.all.length, 1);
});

test('F26: a mail that is refused for good is shown as failed, not tried again, and an alert says so', async (t) => {
  const sink = await mailSink(t, { on: (stage) => (stage === 'mail' ? '550 5.7.1 go away' : undefined) });
  const hook = await webhookSink(t);
  const server = await start(t, smtp(sink, '  smtp_security: none\n'));
  await server.rest('PUT', '/channels/mail', { type: 'email', to: ['ops@example.org'] });
  await server.rest('PUT', '/channels/hook', { type: 'webhook', url: hook.url });
  await server.rest('POST', '/rules', RULE);
  await raise(t, server);
  await hook.arrivals.next('the webhook, which has nothing to do with it');
  const row = await rowOf(server, 'mail', 'failed');
  assert.equal(row.attempts, 1);
  assert.match(row.error, /550|MAIL failed/);
  const state = await until(async () => {
    const device = await server.get('/devices/telltale');
    return device.sensors.find((one) => one.id === 'channel.mail');
  }, 'the state of the channel');
  assert.equal(state.value, 1);
  const about = await hook.arrivals.next('word of the dead channel', (one) => one.body.alerts[0].device === 'telltale');
  assert.equal(about.body.alerts[0].sensor, 'channel.mail');
});

// ---- webhooks ----

test('a webhook gets JSON with a signature that only the secret makes, and nobody reads the secret again', async (t) => {
  const sink = await webhookSink(t);
  const server = await start(t);
  const channel = { type: 'webhook', url: sink.url, secret: 'quiet', headers: { Authorization: 'Bearer xyz' } };
  await server.rest('PUT', '/channels/hook', channel);
  const shown = await server.get('/channels/hook');
  assert.deepEqual([shown.secret, shown.headers], [undefined, undefined]);
  assert.deepEqual([...shown.secrets].sort(), ['headers', 'secret']);
  await server.rest('PUT', '/channels/hook', shown);
  await server.rest('POST', '/rules', RULE);
  await raise(t, server);
  const got = await sink.arrivals.next('the webhook');
  assert.equal(got.headers.authorization, 'Bearer xyz');
  assert.equal(got.headers['content-type'], 'application/json');
  const [, time, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(got.headers['x-telltale-signature']);
  assert.equal(createHmac('sha256', 'quiet').update(`${time}.`).update(got.raw).digest('hex'), mac);
  assert.deepEqual([got.body.event, got.body.count, got.body.alerts[0].device], ['firing', 1, 'd']);
});

test('a channel that can not be is refused with the member that is wrong, and a template error is found when it is saved', async (t) => {
  const server = await start(t);
  for (const [body, field] of [
    [{ type: 'webhook' }, 'url'],
    [{ type: 'webhook', url: 'https://x', template: { a: '{{nobody}}' } }, 'template'],
    [{ type: 'webhook', url: 'https://x', preset: 'telegram' }, 'params'],
    [{ type: 'email', to: ['a@b\r\nBcc: c@d'] }, 'to'],
  ]) {
    const answer = await server.request('POST', '/api/v1/channels', body);
    assert.equal(answer.status, 400, answer.text);
    assert.equal(answer.body.error.field, field);
  }
});

test('F27: a webhook that fails, hangs or answers without an end gets its turn again and holds up nobody', async (t) => {
  const bad = await webhookSink(t, (request, response, number) => {
    if (number === 1) { response.statusCode = 500; response.end('no'); return; }
    if (number === 2) return; // hangs
    if (number === 3) { response.writeHead(503, { 'retry-after': '1' }); response.end(); return; }
    response.writeHead(200);
    const pour = () => { while (response.write(Buffer.alloc(65536))) { /* 10 GB, if anybody took them */ } };
    response.on('drain', pour);
    pour();
  });
  const good = await webhookSink(t);
  const server = await start(t);
  await server.rest('PUT', '/channels/bad', { type: 'webhook', url: bad.url });
  await server.rest('PUT', '/channels/good', { type: 'webhook', url: good.url });
  await server.rest('POST', '/rules', RULE);
  await raise(t, server);
  await good.arrivals.next('the good one');
  const memory = server.memory();
  const row = await rowOf(server, 'bad', 'sent');
  assert.equal(row.attempts, 4);
  const [, , third, fourth] = bad.arrivals.all;
  assert.ok(fourth.at - third.at >= 990, `Retry-After is respected: ${fourth.at - third.at} ms`);
  assert.equal(good.arrivals.all.length, 1);
  assert.ok(sanitized || server.memory() - memory < 8 << 20, 'the endless answer takes no memory');
});

test('F27: a redirect is not followed, and 4xx is not tried again', async (t) => {
  const target = await webhookSink(t);
  const away = await webhookSink(t, (request, response) => {
    response.writeHead(302, { location: request.url.includes('meta') ? 'http://169.254.169.254/latest' : target.url });
    response.end();
  });
  const gone = await webhookSink(t, (request, response) => { response.statusCode = 404; response.end(); });
  const server = await start(t);
  await server.rest('PUT', '/channels/away', { type: 'webhook', url: away.url });
  await server.rest('PUT', '/channels/gone', { type: 'webhook', url: gone.url });
  await server.rest('POST', '/rules', RULE);
  await raise(t, server);
  assert.match((await rowOf(server, 'away', 'failed')).error, /302; redirects are not followed/);
  assert.match((await rowOf(server, 'gone', 'failed')).error, /404/);
  assert.deepEqual([target.arrivals.all.length, away.arrivals.all.length, gone.arrivals.all.length], [0, 1, 1]);
});

test('C15: addresses inside are refused in every guise at the moment of connecting', async (t) => {
  const sink = await webhookSink(t);
  const server = new Server(t, { config: 'notify:\n  timeout: 1s\n' });
  await server.start();
  const hosts = ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '0x7f.1', '2130706433', '0.0.0.0'];
  for (const [i, host] of hosts.entries()) {
    await server.rest('PUT', `/channels/c${i}`, { type: 'webhook', url: `http://${host}:${sink.port}/x` });
    const answer = await server.rest('POST', `/channels/c${i}/test`);
    assert.equal(answer.ok, false, host);
    assert.match(answer.error, /address inside|not allowed|resolve|Couldn't|Failed/, host);
  }
  assert.equal(sink.arrivals.all.length, 0);
});

test('self-signed certificates are refused', async (t) => {
  const sink = await webhookSink(t, null, { tls: new Authority(t).sign('localhost') });
  const server = await start(t);
  await server.rest('PUT', '/channels/hook', { type: 'webhook', url: sink.url });
  const answer = await server.rest('POST', '/channels/hook/test');
  assert.equal(answer.ok, false);
  assert.match(answer.error, /certificate|SSL/i);
});

// ---- what outlives the process ----

test('killed between the alert and its delivery, every channel still hears it, and at most twice', async (t) => {
  let down = true;
  const sink = await webhookSink(t, (request, response) => {
    response.statusCode = down ? 503 : 204;
    response.end();
  });
  const server = await start(t);
  await server.rest('PUT', '/channels/hook', { type: 'webhook', url: sink.url });
  await server.rest('PUT', '/routes/all', ROUTE_ALONE(['channel:hook']));
  for (let i = 0; i < 10; i += 1) await server.rest('POST', '/rules', { ...RULE, threshold: 30 + i / 100 });
  await raise(t, server, 50);
  await until(async () => (await server.get('/alerts?state=open')).alerts.length === 10, 'ten alerts');
  await server.kill();
  const before = sink.arrivals.all.length;
  down = false;
  await server.start();
  await until(async () => (await notifications(server)).filter((row) => row.state === 'sent').length === 10, 'ten notifications', 20_000);
  const after = sink.arrivals.all.slice(before).map((one) => one.body.alerts[0].id);
  assert.equal(new Set(after).size, 10);
  assert.ok(after.length <= 11, `${after.length} of 10`);
  await server.stop();
  await server.start();
  assert.equal((await server.metrics()).get('telltale_outbox'), 0);
});

test('an alert that ends while we are down is told to those who heard of it', async (t) => {
  const sink = await webhookSink(t);
  const server = await start(t);
  await server.rest('PUT', '/channels/hook', { type: 'webhook', url: sink.url });
  const rule = await server.rest('POST', '/rules', RULE);
  const client = await raise(t, server);
  await sink.arrivals.next('the beginning');
  await rowOf(server, 'hook', 'sent');
  await client.endAsync();
  await server.kill();
  await server.start();
  await server.rest('DELETE', `/rules/${rule.id}`);
  const end = await sink.arrivals.next('the end', (one) => one.body.event === 'resolved');
  assert.equal(end.body.alerts[0].device, 'd');
  assert.equal(sink.arrivals.all.length, 2);
});

// ---- signed links ----

test('a signed link shows the alert without acting, acts by its button alone, once, and without a log-in', async (t) => {
  const sink = await webhookSink(t);
  const server = await start(t, '  public_url: http://localhost:3000\n');
  await server.rest('PUT', '/channels/hook', { type: 'webhook', url: sink.url });
  await server.rest('POST', '/rules', RULE);
  await raise(t, server);
  const got = await sink.arrivals.next('the webhook');
  const link = new URL(got.body.alerts[0].acknowledge).pathname;
  const shown = await server.request('GET', link);
  assert.equal(shown.status, 200);
  assert.match(shown.text, /<form method="post"><button>Acknowledge<\/button>/);
  assert.equal((await server.get('/alerts?state=open')).alerts[0].acknowledged, false, 'reading does nothing');
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  assert.equal((await server.request('POST', link, '', { ...form, origin: 'https://evil.example' })).status >= 400, true);
  assert.equal((await server.get('/alerts?state=open')).alerts[0].acknowledged, false, 'another site does nothing');
  const done = await server.request('POST', link, '', form);
  assert.equal(done.status, 200, done.text);
  assert.match(done.text, /Done/);
  assert.equal((await server.get('/alerts?state=open')).alerts[0].acknowledged, true);
  assert.match((await server.request('POST', link, '', form)).text, /has it in hand already/);
  assert.equal((await server.request('GET', `${link}x`)).status, 404);
  assert.equal((await server.request('POST', '/a/AAAA', '', form)).status, 404);
});

// ---- Web Push ----

// A browser: keys of its own, and a push service that takes what is for it.
async function browser(t, authority, answer) {
  const keys = createECDH('prime256v1');
  keys.generateKeys();
  const auth = randomBytes(16);
  const sink = await webhookSink(t, answer, { tls: authority.sign('localhost') });
  return {
    sink,
    subscription: {
      endpoint: sink.url,
      expirationTime: null,
      keys: { p256dh: keys.getPublicKey('base64url'), auth: auth.toString('base64url') },
    },
    decrypt: (raw) => JSON.parse(ece.decrypt(raw, { version: 'aes128gcm', privateKey: keys, authSecret: auth.toString('base64url') })),
  };
}

// The claims of a VAPID header whose signature is good under `key`.
function verifyVapid(header, key) {
  const [, token, k] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(header);
  assert.equal(k, key);
  const point = Buffer.from(k, 'base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') };
  const [head, claims, signature] = token.split('.');
  const verify = createVerify('SHA256').update(`${head}.${claims}`);
  assert.ok(verify.verify({ key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')));
  return JSON.parse(Buffer.from(claims, 'base64url'));
}

test('a push arrives that only the browser reads, from a key that stays over restarts, and replaces what it told before', async (t) => {
  const authority = new Authority(t);
  const one = await browser(t, authority);
  const server = await start(t, `  ca: ${authority.ca}\n  mail_from: ops@example.org\n`);
  const { key } = await server.get('/push/key');
  const made = await server.rest('POST', '/push/subscriptions', one.subscription);
  assert.equal(made.keys, undefined, 'keys are not shown again');
  await server.rest('POST', '/rules', { ...RULE, severity: 'warning' });
  const client = await raise(t, server);
  const push = await one.sink.arrivals.next('the push');
  assert.deepEqual([push.headers['content-encoding'], push.headers.urgency, push.headers.ttl], ['aes128gcm', 'normal', '86400']);
  const claims = verifyVapid(push.headers.authorization, key);
  assert.equal(claims.aud, new URL(one.subscription.endpoint).origin);
  assert.equal(claims.sub, 'mailto:ops@example.org');
  assert.ok(claims.exp > Date.now() / 1000 && claims.exp <= Date.now() / 1000 + 86400);
  const told = one.decrypt(push.raw);
  assert.deepEqual([told.severity, told.state, told.device], ['warning', 'firing', 'd']);
  await publishReading(client, 'd', 'temperature', 20);
  const [, second] = await one.sink.arrivals.next('the push about its end', () => true, 2);
  const end = one.decrypt(second.raw);
  assert.deepEqual([end.state, end.tag], ['resolved', told.tag]);
  assert.equal((await server.rest('POST', `/push/subscriptions/${made.id}/test`)).ok, true);
  await server.stop();
  await server.start();
  assert.equal((await server.get('/push/key')).key, key);
});

test('F28: 404 and 410 forget the browser, 413 makes the message shorter, 429 waits as long as it says', async (t) => {
  const authority = new Authority(t);
  const statuses = { gone: [410], missing: [404], large: [413], busy: [429], broken: [500] };
  const browsers = {};
  for (const [name, list] of Object.entries(statuses)) {
    browsers[name] = await browser(t, authority, (request, response, number) => {
      const status = list[number - 1] ?? 201;
      response.writeHead(status, status === 429 ? { 'retry-after': '1' } : {});
      response.end();
    });
  }
  const server = await start(t, `  ca: ${authority.ca}\n`);
  for (const one of Object.values(browsers)) one.id = (await server.rest('POST', '/push/subscriptions', one.subscription)).id;
  await server.rest('POST', '/rules', RULE);
  await raise(t, server);
  await until(async () => {
    const left = (await server.get('/push/subscriptions')).subscriptions.map((one) => one.id);
    return !left.includes(browsers.gone.id) && !left.includes(browsers.missing.id) && left.length === 3;
  }, 'two browsers forgotten');
  const [large, shorter] = await browsers.large.sink.arrivals.next('a shorter one', () => true, 2);
  assert.ok(browsers.large.decrypt(shorter.raw) && large.raw.length > 0);
  const [first, second] = await browsers.busy.sink.arrivals.next('a later one', () => true, 2);
  assert.ok(second.at - first.at >= 990, `${second.at - first.at} ms`);
  await browsers.broken.sink.arrivals.next('another try', () => true, 2);
  await until(async () => (await server.metrics()).get('telltale_outbox') === 0, 'an empty outbox');
});

// ---- MQTT, grouping, escalation ----

test('an alert is a retained message for lamps and other systems', async (t) => {
  const server = await start(t);
  await server.rest('PUT', '/channels/lamps', { type: 'mqtt' });
  const rule = await server.rest('POST', '/rules', RULE);
  const client = await raise(t, server);
  await rowOf(server, 'lamps', 'sent');
  const topic = `telltale/alerts/d/${rule.id}`;
  const late = await mqttClient(t, server.mqtt);
  const got = [];
  const heard = new Promise((resolve) => {
    late.on('message', (at, payload, packet) => {
      got.push([at, JSON.parse(payload), packet.retain]);
      if (got.length === 2) resolve();
    });
  });
  await late.subscribeAsync('telltale/alerts/#', { qos: 1 });
  await until(() => got.length === 1, 'the retained message');
  assert.deepEqual([got[0][0], got[0][1].state, got[0][2]], [topic, 'firing', true]);
  await publishReading(client, 'd', 'temperature', 20);
  await within(heard, 'its end');
  assert.equal(got[1][1].state, 'resolved');
  await publishReading(client, 'd', 'temperature', 40);
  await until(async () => (await notifications(server)).filter((row) => row.event === 'firing' && row.state === 'sent').length === 2, 'the next alert');
  await server.stop();
  await server.start();
  const after = await mqttClient(t, server.mqtt);
  const again = new Promise((resolve) => { after.on('message', (at, payload) => resolve(JSON.parse(payload).state)); });
  await after.subscribeAsync(topic, { qos: 1 });
  assert.equal(await within(again, 'the retained message after a restart'), 'firing');
});

test('the first of a group goes at once, the others together, and a step comes while nobody acknowledges', async (t) => {
  const sink = await webhookSink(t);
  const boss = await webhookSink(t);
  const server = await start(t);
  await server.rest('PUT', '/channels/hook', { type: 'webhook', url: sink.url });
  await server.rest('PUT', '/channels/boss', { type: 'webhook', url: boss.url });
  await server.rest('PUT', '/routes/all', {
    to: ['channel:hook'], group: 'device', interval: '1s', steps: [{ after: '1500ms', to: ['channel:boss'] }],
  });
  for (let i = 0; i < 5; i += 1) await server.rest('POST', '/rules', { ...RULE, threshold: 30 + i / 100 });
  await raise(t, server, 50);
  const [first, second] = await sink.arrivals.next('two messages', () => true, 2);
  assert.deepEqual([first.body.count, second.body.count], [1, 4]);
  assert.ok(second.at - first.at >= 900, `${second.at - first.at} ms`);
  const open = (await server.get('/alerts?state=open')).alerts;
  for (const alert of open.slice(1)) await server.rest('POST', `/alerts/${alert.id}/acknowledge`);
  const step = await boss.arrivals.next('the step');
  assert.equal(step.body.alerts[0].id, open[0].id);
  await until(async () => (await notifications(server)).filter((row) => row.state === 'cancelled').length === 4, 'four steps that nobody needs');
  assert.equal(boss.arrivals.all.length, 1);
});
