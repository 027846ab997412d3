// SPDX-License-Identifier: Apache-2.0
// People's accounts through their life: the first one on /setup, logging in and out, roles, passwords,
// what a wrong one costs, and what is left after kill -9.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { liveClient, mqttClient, publishReading } from '../support/clients.mjs';
import { command, startServer, temporaryFolder } from '../support/server.mjs';
import { until, within } from '../support/wait.mjs';

const ADMIN = { user: 'Ana', password: 'correct horse battery' };

// The cookie that an answer sets, as a browser would send it.
function cookieOf(answer) {
  const cookie = /^telltale=[A-Za-z0-9_-]{43}/.exec(answer.headers.get('set-cookie') ?? '')?.[0];
  assert.ok(cookie, `${answer.status} ${answer.text} sets no cookie`);
  return { cookie };
}

async function logIn(server, user, password) {
  const answer = await server.request('POST', '/api/v1/session', { user, password });
  assert.equal(answer.status, 200, answer.text);
  return cookieOf(answer);
}

async function status(server, method, path, body, headers) {
  return (await server.request(method, `/api/v1${path}`, body, headers)).status;
}

// A server that was set up, and its admin's cookie.
async function setUp(t) {
  const server = await startServer(t, { noAuth: false });
  const answer = await server.request('POST', '/api/v1/setup', ADMIN);
  assert.equal(answer.status, 201, answer.text);
  return { server, ana: cookieOf(answer) };
}

const user = (args, data, input) => command(['user', ...args, '--data', data], { input });

test('a new server is set up by who sits at its machine, once and for ever', async (t) => {
  const server = await startServer(t, { noAuth: false });
  await until(() => server.stderr.includes(`open http://127.0.0.1:${server.http}/setup`), 'the way to the setup in the log');
  assert.deepEqual(await server.get('/setup'), { open: true });
  const forwarded = { 'x-forwarded-for': '192.0.2.1' };
  assert.deepEqual((await server.request('GET', '/api/v1/setup', undefined, forwarded)).body, { open: false });
  assert.equal(await status(server, 'POST', '/setup', ADMIN, forwarded), 403);
  assert.equal(await status(server, 'POST', '/setup', ADMIN, { origin: 'https://evil.example' }), 403);
  assert.equal(await status(server, 'POST', '/setup', JSON.stringify(ADMIN), { 'content-type': 'text/plain' }), 400);
  assert.equal(await status(server, 'POST', '/setup', { user: 'Ana', password: 'too short' }), 400);
  assert.equal(await status(server, 'POST', '/setup', { user: 'local', password: ADMIN.password }), 400);
  const both = await Promise.all(['Ana', 'Ben'].map((name) => server.request('POST', '/api/v1/setup', { ...ADMIN, user: name })));
  assert.deepEqual(both.map((a) => a.status).sort(), [201, 403], 'of two at once one is first');
  const winner = both.find((a) => a.status === 201);
  assert.equal(winner.body.role, 'admin');
  assert.match(winner.headers.get('set-cookie'), /HttpOnly; SameSite=Strict/);
  const { users } = await server.rest('GET', '/users', undefined, cookieOf(winner));
  assert.deepEqual(users.map((u) => [u.name, u.role, u.sessions]), [[winner.body.user, 'admin', 1]]);
  assert.deepEqual(await server.get('/setup'), { open: false });
  await server.stop();
  await server.start();
  assert.equal(await status(server, 'POST', '/setup', { ...ADMIN, user: 'Cem' }), 403);
});

test('revoking the only token does not open the setup again', async (t) => {
  const data = join(temporaryFolder(t), 'data');
  command(['token', 'create', '--role', 'admin', '--data', data]);
  const id = command(['token', 'list', '--data', data]).stdout.split(/\s/)[0];
  assert.equal(command(['token', 'revoke', id, '--data', data]).status, 0);
  const server = await startServer(t, { data, noAuth: false });
  assert.deepEqual(await server.get('/setup'), { open: false });
  assert.equal(await status(server, 'POST', '/setup', ADMIN), 403);
  assert.doesNotMatch(server.stderr, /setup/);
});

test('each role of a user may do what the ones before it may, and acts bear the name', async (t) => {
  const { server, ana } = await setUp(t);
  for (const [name, role] of [['Vera', 'viewer'], ['Otto', 'operator']]) {
    assert.equal(await status(server, 'POST', '/users', { name, role, password: 'a password of theirs' }, ana), 201);
  }
  assert.equal(await status(server, 'POST', '/users', { name: 'vera', role: 'viewer', password: 'a password of theirs' }, ana), 409);
  const vera = await logIn(server, 'Vera', 'a password of theirs');
  const otto = await logIn(server, 'OTTO', 'a password of theirs');
  assert.deepEqual((await server.rest('GET', '/session', undefined, otto)).user, 'Otto');
  const rule = { deviceId: 'd', sensorType: 'x', condition: 'greater_than', threshold: 0, severity: 'info' };
  assert.equal(await status(server, 'GET', '/devices', undefined, vera), 200);
  assert.equal(await status(server, 'POST', '/rules', rule, vera), 403);
  assert.equal(await status(server, 'POST', '/rules', rule, otto), 201);
  for (const who of [vera, otto]) {
    assert.equal(await status(server, 'POST', '/users', { name: 'X', role: 'admin', password: 'a password of theirs' }, who), 403);
    assert.equal(await status(server, 'PATCH', '/users/Ana', { role: 'viewer' }, who), 403);
    assert.equal(await status(server, 'DELETE', '/users/Ana', undefined, who), 403);
    assert.deepEqual((await server.rest('GET', '/users', undefined, who)).users, [{ name: 'Ana', role: 'admin' }], 'whom to ask');
  }
  const { token } = await server.rest('POST', '/tokens', { role: 'operator' }, ana);
  await publishReading(await mqttClient(t, server.mqtt, { username: 'u', password: token }), 'd', 'x', 1);
  const [alert] = await until(async () => {
    const { alerts } = await server.rest('GET', '/alerts?state=open', undefined, vera);
    return alerts.length > 0 && alerts;
  }, 'an alert');
  const answer = await server.request('POST', `/api/v1/alerts/${alert.id}/acknowledge`, undefined, otto);
  assert.equal(answer.body.acknowledgedBy, 'Otto', answer.text);
  assert.equal(await status(server, 'PATCH', '/users/Vera', { role: 'operator' }, ana), 200);
  assert.equal(await status(server, 'POST', '/rules', rule, vera), 201, 'a new role holds at once');
  assert.equal((await server.request('DELETE', '/api/v1/users/Ana', undefined, ana)).body.error.code, 'last_admin');
  assert.equal((await server.request('PATCH', '/api/v1/users/Ana', { role: 'viewer' }, ana)).body.error.code, 'last_admin');
});

test('a login ends by logging out, by a new password and with its account, for open streams too', async (t) => {
  const { server, ana } = await setUp(t);
  await server.rest('POST', '/users', { name: 'Zoë M.', role: 'viewer', password: 'the first password' }, ana);
  const path = `/users/${encodeURIComponent('Zoë M.')}`;
  const [here, there] = [await logIn(server, 'Zoë M.', 'the first password'), await logIn(server, 'zoë m.', 'the first password')];
  assert.notDeepEqual(here, there);
  const stream = async (cookie) => {
    const socket = await liveClient(t, server.base, { extraHeaders: cookie });
    return new Promise((resolve) => { socket.once('disconnect', resolve); });
  };
  const [goneHere, goneThere] = [stream(here), stream(there)];
  const change = (present, password, who) => server.request('PUT', '/api/v1/session/password', { present, password }, who);
  assert.equal((await change('not this one at all', 'the second password', here)).body.error.field, 'present');
  assert.equal((await change('the first password', 'short', here)).body.error.field, 'password');
  assert.equal((await change('the first password', 'the second password', here)).status, 204);
  await within(goneThere, 'the stream of the other login to end');
  assert.equal(await status(server, 'GET', '/session', undefined, there), 401);
  assert.equal(await status(server, 'GET', '/session', undefined, here), 200, 'who changed it stays');
  assert.equal(await status(server, 'POST', '/session', { user: 'Zoë M.', password: 'the first password' }), 401);
  const third = await logIn(server, 'Zoë M.', 'the second password');
  const out = await server.request('DELETE', '/api/v1/session', undefined, third);
  assert.match(out.headers.get('set-cookie'), /^telltale=; .*Max-Age=0/);
  assert.equal(await status(server, 'GET', '/session', undefined, third), 401, 'the cookie is worth nothing, wherever it was copied to');
  assert.equal(await status(server, 'PATCH', path, { password: 'by the admin, new' }, ana), 200);
  await within(goneHere, 'the stream to end with the password');
  assert.equal(await status(server, 'GET', '/session', undefined, here), 401);
  const last = await logIn(server, 'Zoë M.', 'by the admin, new');
  assert.equal(await status(server, 'DELETE', path, undefined, ana), 204);
  assert.equal(await status(server, 'GET', '/session', undefined, last), 401);
  assert.equal(await status(server, 'POST', '/session', { user: 'Zoë M.', password: 'by the admin, new' }), 401);
  assert.equal(await status(server, 'PUT', '/session/password', { present: 'x', password: 'y' }), 401);
});

test('C21, F35: wrong passwords are slowed by account and address, with the same words for nobody\'s', async (t) => {
  const { server, ana } = await setUp(t);
  await server.rest('POST', '/users', { name: 'Ben', role: 'viewer', password: 'the password of Ben' }, ana);
  // Behind a proxy on this machine all have one address, which therefore does not count.
  const proxied = (n) => ({ 'x-forwarded-for': `192.0.2.${n}` });
  const guess = (name, password, headers) => server.request('POST', '/api/v1/session', { user: name, password }, headers);
  const answers = [];
  for (let i = 0; i < 5; i++) answers.push(await guess('nobody', 'a wrong password', proxied(i)));
  for (let i = 0; i < 5; i++) answers.push(await guess(i % 2 ? 'ana' : 'ANA', 'a wrong password', proxied(i)));
  assert.deepEqual(answers.map((a) => a.status), [401, 401, 401, 401, 429, 401, 401, 401, 401, 429]);
  assert.equal(new Set(answers.filter((a) => a.status === 401).map((a) => a.text)).size, 1, 'the same words');
  assert.match(answers[9].headers.get('retry-after'), /^[12]$/);
  assert.equal((await guess('ana', ADMIN.password, proxied(9))).status, 429, 'the right one is not looked at either');
  assert.equal((await guess('Ben', 'the password of Ben', proxied(9))).status, 200, 'others are not held up');
  await until(async () => (await guess('ana', ADMIN.password, proxied(9))).status === 200, 'the time to pass');
  // Without a proxy the address counts: names that are tried one after the other are no way around.
  const tried = [];
  for (let i = 0; i < 5; i++) tried.push((await guess(`name ${i}`, 'a wrong password')).status);
  assert.deepEqual(tried, [401, 401, 401, 401, 429]);
  const crowd = await Promise.all(Array.from({ length: 60 }, (_, i) => guess(`crowd ${i}`, 'a wrong password', proxied(i))));
  const count = (s) => crowd.filter((a) => a.status === s).length;
  assert.equal(count(401) + count(503), 60);
  assert.ok(count(503) > 0 && count(401) >= 16, `${count(503)} of 60 at once were sent away`);
  const metrics = await server.metrics(ana);
  assert.equal(metrics.get('telltale_logins_wrong_total'), 12 + count(401));
  assert.ok(metrics.get('telltale_logins_held_total') >= 4);
  assert.equal(metrics.get('telltale_logins_busy_total'), count(503));
});

test('accounts and logins outlive kill -9, and no password stands in the file', async (t) => {
  const { server, ana } = await setUp(t);
  await server.rest('POST', '/users', { name: 'Ben', role: 'operator', password: 'the password of Ben' }, ana);
  const ben = await logIn(server, 'Ben', 'the password of Ben');
  await server.kill();
  await server.start();
  assert.deepEqual((await server.rest('GET', '/session', undefined, ben)).role, 'operator');
  assert.equal((await server.rest('GET', '/users', undefined, ana)).users.length, 2);
  await server.stop();
  const file = readFileSync(join(server.data, 'telltale.db'));
  assert.ok(file.includes('$argon2id$'));
  for (const secret of ['the password of Ben', ADMIN.password, ben.cookie.slice('telltale='.length)]) assert.equal(file.includes(secret), false);
});

test('telltale user does the same with a server and without', async (t) => {
  const data = join(temporaryFolder(t), 'data');
  assert.equal(user(['list'], data).status, 1, 'a folder is not made by looking');
  assert.match(user(['add', 'Ana', '--role', 'admin'], data, 'short\n').stderr, /10 characters/);
  assert.equal(user(['add', 'Ana', '--role', 'admin'], data, `${ADMIN.password}\n`).status, 0);
  assert.match(user(['add', 'ana', '--role', 'admin'], data, `${ADMIN.password}\n`).stderr, /somebody has that name/);
  assert.match(user(['remove', 'Ana'], data).stderr, /another admin first/);
  assert.equal(user(['add', 'Ben', '--role', 'nobody'], data, 'x\n').status, 2);
  const server = await startServer(t, { data, noAuth: false });
  await logIn(server, 'Ana', ADMIN.password);
  assert.equal(user(['add', 'Ben', '--role', 'viewer'], data, 'the password of Ben\r\n').status, 0);
  const ben = await logIn(server, 'Ben', 'the password of Ben');
  assert.equal(user(['role', 'ben', 'operator'], data).status, 0);
  assert.match(user(['list'], data).stdout, /^Ana +admin .*\nBen +operator .*logged in 1\n$/);
  assert.equal((await server.rest('GET', '/session', undefined, ben)).role, 'operator');
  assert.equal(user(['passwd', 'Ben'], data, 'another one for Ben\n').status, 0);
  assert.equal(await status(server, 'GET', '/session', undefined, ben), 401);
  await server.stop();
  assert.equal(user(['passwd', 'Ben'], data, 'and a third for Ben\n').status, 0);
  assert.equal(user(['role', 'Ben', 'admin'], data).status, 0);
  assert.equal(user(['remove', 'ana'], data).status, 0);
  assert.match(user(['remove', 'ana'], data).stderr, /nobody has that name/);
  await server.start();
  assert.equal((await server.rest('GET', '/session', undefined, await logIn(server, 'Ben', 'and a third for Ben'))).role, 'admin');
});

test('with an account a listener beyond loopback is permitted', async (t) => {
  const data = join(temporaryFolder(t), 'data');
  assert.equal(user(['add', 'Ana', '--role', 'admin'], data, `${ADMIN.password}\n`).status, 0);
  const server = await startServer(t, { data, noAuth: false, args: ['--http', '0.0.0.0:0'] });
  assert.match(server.stdout, /http listening on 127/);
  assert.equal(await status(server, 'POST', '/setup', ADMIN), 403);
});
