// SPDX-License-Identifier: Apache-2.0
// Whatever happens to the server, the network, the tab or its clock: no value that is behind is ever
// drawn as live, the page says what it does about it, and afterwards its charts hold what the store
// holds, point by point.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test, { after, before, describe } from 'node:test';
import { openBrowser, openPage } from '../support/browser.mjs';
import { mqttClient, publishReading } from '../support/clients.mjs';
import { startProxy } from '../support/proxy.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const EVERY = 500;
/** Silence is found out after 3 s; what was on its way and a frame come on top. */
const BEHIND = 3000 + EVERY + 300;
const DEVICE = 'truth-1';
const DAY = 86_400_000;

const ends = [];
const suite = { after: (end) => ends.push(end) };
let server;
let proxy;
let browser;

/** Publishes a number each half second, and knows when which was the newest. */
class Source {
  constructor(client) {
    this.client = client;
    this.said = [];
    this.kept = [];
    this.value = 100;
    this.timer = setInterval(() => this.say(), EVERY);
  }

  say() {
    const one = { at: Date.now(), v: ++this.value };
    this.said.push(one);
    if (this.client) publishReading(this.client, DEVICE, 'temperature', one.v, one.at).catch(() => this.kept.push(one));
    else this.kept.push(one);
  }

  /** What was measured while there was nobody to tell is told late, with its time. */
  async connect(client) {
    const kept = this.kept.splice(0);
    for (const { at, v } of kept) await publishReading(client, DEVICE, 'temperature', v, at);
    this.client = client;
  }

  /** How long at a time there had been a newer value than this one. */
  behind(v, at) {
    const next = this.said.find((one) => one.v > v);
    return next ? at - next.at : 0;
  }
}

let source;

before(async () => {
  server = await startServer(suite);
  browser = await openBrowser(suite);
  proxy = await startProxy(suite, server.http);
  source = new Source(await mqttClient(suite, server.mqtt));
  await until(async () => (await server.get(`/devices?limit=5`)).devices.length === 1, 'the device');
});

after(async () => {
  clearInterval(source.timer);
  for (const end of ends.reverse()) await end();
});

/** Notes at each frame what the first value of the page says of itself, and what the chip says. */
function witness() {
  globalThis.seen = [];
  globalThis.at = () => Date.now();
  let ticks = 0;
  setInterval(() => { ticks++; }, 10);
  const look = () => {
    const card = document.querySelector('.gauge-card, .tile');
    if (card) {
      globalThis.seen.push({
        at: globalThis.at(), ticks, live: card.classList.contains('value-live') || card.classList.contains('value-late'), value: Number(card.querySelector('.number').textContent),
        chip: document.querySelector('.stream')?.textContent ?? '', age: card.querySelector('.age').textContent,
      });
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function watched(t, { path = `/devices/${DEVICE}?range=15m`, base = server.base, init, of = browser } = {}) {
  const page = await openPage(of);
  t.after(() => page.context().close());
  await page.addInitScript(witness);
  if (init) await page.addInitScript(init);
  await page.goto(`${base}${path}`);
  await page.locator('.value-live').first().waitFor();
  await page.locator('.stream-live').waitFor();
  return page;
}

const seen = (page) => page.evaluate(() => globalThis.seen);

async function nothingOldWasLive(page, leave = () => false) {
  const all = (await seen(page)).filter((one) => !leave(one));
  const lies = all.filter((one) => one.live && source.behind(one.value, one.at) > BEHIND);
  assert.deepEqual(lies.slice(0, 3).map((one) => ({ ...one, behind: source.behind(one.value, one.at) })), []);
  assert.ok(all.some((one) => one.live), 'something was live at all');
  return all;
}

/** The chart's own points: [{ t, min, mean, max }]. */
async function drawn(page) {
  await page.getByRole('button', { name: /^More about/ }).first().click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save what is shown (CSV)' }).click()]);
  const rows = (await readFile(await download.path(), 'utf8')).trim().split('\n').slice(1);
  return rows.map((row) => {
    const cells = row.split(',');
    const [min, mean, max] = cells.slice(-3).map(Number);
    return { t: Number(cells[2]), min, mean, max };
  });
}

async function stored(from, to, device = DEVICE) {
  const answer = await server.request('GET', `/api/v1/samples?device=${device}&sensor=temperature&from=${from}&to=${to}&points=100000`, undefined, { accept: 'text/csv' });
  assert.equal(answer.status, 200, answer.text);
  const [head, ...rows] = answer.text.trim().split('\n');
  const v = head.split(',').findIndex((name) => /value|mean|^v$/.test(name));
  return rows.map((row) => row.split(',')).map((cells) => ({ t: Number(cells[0]), v: Number(cells[v]) }));
}

/** Waits until every point of a raw chart is one of the store's and the other way round. */
async function chartIsStore(page, since) {
  let trouble = '';
  await until(async () => {
    const points = (await drawn(page)).filter((p) => p.t >= since);
    const last = points.at(-1).t;
    const truth = await stored(since, last + 1);
    const ours = points.map((p) => `${p.t} ${p.mean}`);
    const theirs = truth.map((p) => `${p.t} ${p.v}`);
    trouble = `${theirs.filter((x) => !ours.includes(x)).length} of ${theirs.length} lack, ${ours.filter((x) => !theirs.includes(x)).length} are not of the store`;
    return ours.length > 5 && ours.join('\n') === theirs.join('\n');
  }, 'the chart to hold what the store holds').catch((error) => assert.fail(`${error.message}: ${trouble}`));
}

async function pause(ms) {
  await new Promise((resolve) => { setTimeout(resolve, ms); });
}

// At once, since most of the time is waiting.
describe('while the server lives', { concurrency: 3 }, () => {
  test('a network that carries nothing for 5 s: stale within 3 s, "reconnecting", "filling", and the chart is the store', async (t) => {
    const began = Date.now();
    const page = await watched(t, { base: `http://localhost:${proxy.port}` });
    proxy.hold();
    const held = Date.now();
    await page.locator('.stream-reconnecting').waitFor();
    await until(async () => (await page.locator('.value-live').count()) === 0, 'no live value');
    await pause(Math.max(0, 5000 - (Date.now() - held)));
    proxy.release();
    await page.locator('.stream-live').waitFor();
    const all = await nothingOldWasLive(page);
    const chips = [...new Set(all.filter((one) => one.at > held).map((one) => one.chip.replace(/\d+/g, 'N')))];
    assert.ok(chips.some((chip) => /^Reconnecting/.test(chip)) && chips.some((chip) => /^Filling N|^Catching up/.test(chip)), chips.join(' | '));
    const stale = all.filter((one) => one.at > held + 3800 && one.at < held + 4800);
    assert.ok(stale.length > 0 && stale.every((one) => /^stale, /.test(one.age)), JSON.stringify(stale[0]));
    await chartIsStore(page, began);
  });

  test('a computer without network says so and shows no value as live', async (t) => {
    const began = Date.now();
    const page = await watched(t);
    await page.context().setOffline(true);
    await page.locator('.stream-offline').waitFor();
    assert.equal(await page.locator('.value-live').count(), 0);
    assert.match(await page.locator('.stream').innerText(), /^Offline, data of \d\d:\d\d/);
    await page.context().setOffline(false);
    await page.locator('.stream-live').waitFor();
    await nothingOldWasLive(page);
    await chartIsStore(page, began);
  });

  /** The processes that draw a browser's pages: stopped, they are tabs that the system froze. */
  async function renderers(of) {
    const { processInfo } = await (await of.newBrowserCDPSession()).send('SystemInfo.getProcessInfo');
    return processInfo.filter((one) => one.type === 'renderer').map((one) => one.id);
  }

  test('a frozen tab wakes with nothing old as live', async (t) => {
    const began = Date.now();
    const alone = await openBrowser(t);
    const page = await watched(t, { of: alone });
    const own = await renderers(alone);
    assert.ok(own.length > 0);
    for (const pid of own) process.kill(pid, 'SIGSTOP');
    await pause(5000);
    const woke = Date.now();
    for (const pid of own) process.kill(pid, 'SIGCONT');
    await until(async () => (await seen(page)).some((one) => one.at > woke + 500 && one.live), 'a live value');
    // Until every timer that was due has run, and one frame more, what stood there before is all that a page can show.
    const since = (await seen(page)).filter((one) => one.at >= woke);
    const ran = since.find((one) => one.ticks >= since[0].ticks + 2);
    const all = await nothingOldWasLive(page, (one) => one.at >= woke && one.at <= ran.at);
    assert.ok(all.every((one) => one.at < woke - 4500 || one.at >= woke), 'it was frozen');
    await chartIsStore(page, began);
  });

  test('a clock that is wrong by five minutes, from the start or all at once, is told, and ages stay right', async (t) => {
    for (const minutes of [5, -5]) {
      const page = await watched(t, { init: `{ const real = Date.now; globalThis.at = real; Date.now = () => real() + ${minutes * 60_000}; }` });
      await until(async () => /5\smin/.test(await page.locator('.stream').getAttribute('title')), 'the word about the clock');
      assert.match(await page.locator('.stream').getAttribute('title'), minutes > 0 ? /ahead/ : /behind/);
      for (const one of (await nothingOldWasLive(page)).filter((s) => s.live)) assert.match(one.age, /^now$|^\d\ss ago$/);
      await page.context().close();
    }
    const page = await watched(t);
    await page.evaluate(() => { const real = Date.now; globalThis.at = real; Date.now = () => real() + 600_000; });
    const set = Date.now();
    await until(async () => /10\smin/.test(await page.locator('.stream').getAttribute('title')), 'the word about the clock');
    await until(async () => (await page.locator('.value-live').count()) > 0, 'a live value');
    await nothingOldWasLive(page);
    assert.ok(Date.now() - set < 6000, `ages are right again after ${Date.now() - set} ms`);
  });

  /** document.hidden as the test says, and the page's long waits short. */
  function hideable() {
    let hidden = false;
    Object.defineProperty(document, 'hidden', { get: () => hidden });
    Object.defineProperty(document, 'visibilityState', { get: () => (hidden ? 'hidden' : 'visible') });
    globalThis.hide = (now) => {
      hidden = now;
      document.dispatchEvent(new Event('visibilitychange'));
    };
    const real = setTimeout;
    globalThis.setTimeout = (act, ms, ...more) => real(act, { 10_000: 200, 300_000: 1000 }[ms] ?? ms, ...more);
  }

  test('a hidden tab asks for less, then for alerts alone, tells them in its title, and catches up once when it is seen', async (t) => {
    const began = Date.now();
    const sent = [];
    const page = await openPage(browser);
    t.after(() => page.context().close());
    page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(String(payload))));
    await page.addInitScript(witness);
    await page.addInitScript(hideable);
    await page.goto(`${server.base}/devices/${DEVICE}?range=15m`);
    await page.locator('.stream-live').waitFor();
    sent.length = 0;
    await page.evaluate(() => globalThis.hide(true));
    await until(() => sent.some((frame) => frame.includes('unsubscribe-device')), 'less to be asked for');
    await until(() => sent.some((frame) => frame.includes('["subscribe-fleet","none"]')), 'alerts alone to be asked for');
    await server.rest('POST', '/rules', { deviceId: DEVICE, sensorType: 'temperature', condition: 'greater_than', threshold: 1, severity: 'critical' });
    await until(async () => (await page.title()).startsWith('(1)'), 'the alert in the title');
    const history = [];
    page.on('request', (r) => { if (/\/history\?/.test(r.url())) history.push(r.url()); });
    sent.length = 0;
    const shown = Date.now();
    await page.evaluate(() => globalThis.hide(false));
    await until(async () => (await seen(page)).some((one) => one.at > shown && one.live), 'a live value');
    await nothingOldWasLive(page, (one) => one.at < shown);
    assert.equal(sent.filter((frame) => frame.includes('"subscribe-device"')).length, 1);
    assert.equal(sent.filter((frame) => frame.includes('"subscribe-fleet"')).length, 1);
    await chartIsStore(page, began);
  });

  test('two days without a word are a gap in a chart of a week, whose buckets are those of the store', async (t) => {
    const now = Math.floor(Date.now() / 60_000) * 60_000;
    const rows = [];
    for (let at = now - 6 * DAY; at < now; at += 60_000) {
      if (at > now - 4 * DAY && at < now - 2 * DAY) continue;
      rows.push(`m,device=old-1 temperature=${(20 + 5 * Math.sin(at / 7_000_000)).toFixed(2)} ${at}`);
    }
    for (let i = 0; i < rows.length; i += 3000) {
      assert.equal((await server.request('POST', '/api/v1/write?precision=ms', rows.slice(i, i + 3000).join('\n'), { 'content-type': 'text/plain' })).status, 204);
    }
    const device = await until(async () => (await server.get('/devices?limit=9')).devices.find((d) => d.id !== DEVICE), 'the old device');
    const sensor = device.sensors[0].id;
    const page = await openPage(browser);
    t.after(() => page.context().close());
    await page.goto(`${server.base}/devices/${encodeURIComponent(device.id)}?range=7d`);
    await page.getByText('mean, min to max').first().waitFor();
    const points = await drawn(page);
    const answer = await server.request('GET', `/api/v1/samples?device=${encodeURIComponent(device.id)}&sensor=${sensor}&from=${now - 7 * DAY}&to=${now + DAY}&points=100000`, undefined, { accept: 'text/csv' });
    const truth = answer.text.trim().split('\n').slice(1).map((row) => row.split(',').map(Number));
    const step = Math.min(...points.slice(1, 50).map((p, i) => p.t - points[i].t));
    let readings = 0;
    for (const p of points.slice(0, -1)) {
      const inside = truth.filter(([at]) => at >= p.t && at < p.t + step).map((cells) => cells.at(-1));
      readings += inside.length;
      const mean = inside.reduce((sum, v) => sum + v, 0) / inside.length;
      assert.ok(inside.length > 0 && Math.abs(mean - p.mean) < 1e-9 && Math.min(...inside) === p.min && Math.max(...inside) === p.max, `${JSON.stringify(p)} of ${inside.length} readings`);
    }
    assert.ok(truth.length - readings <= step / 60_000, `${readings} of ${truth.length} readings are in the buckets`);
    const widest = Math.max(...points.slice(1).map((p, i) => p.t - points[i].t));
    assert.ok(Math.abs(widest - 2 * DAY) <= 2 * step, `the gap is ${widest} ms wide`);
  });
});

test('a killed server, and devices that tell later what they measured meanwhile', async (t) => {
  const began = Date.now();
  const page = await watched(t);
  const { http, mqtt } = server;
  await server.kill();
  const killed = Date.now();
  source.client = null;
  await page.locator('.stream-reconnecting').waitFor();
  await until(async () => (await page.locator('.value-live').count()) === 0, 'no live value');
  await server.start({ http, mqtt });
  await source.connect(await mqttClient(suite, server.mqtt));
  await page.locator('.stream-live').waitFor();
  await until(async () => (await page.locator('.value-live').count()) > 0, 'a live value');
  await nothingOldWasLive(page);
  await chartIsStore(page, began);
  assert.ok((await drawn(page)).some((p) => p.t > killed && p.t < killed + 1500), 'what was measured meanwhile is there');
});
