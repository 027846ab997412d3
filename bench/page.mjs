// SPDX-License-Identifier: Apache-2.0
// `make bench-page`: the page of the real program in headless Chromium, which paints in software: how soon it is of use,
// how it answers, what a year, 10,000 devices and a stream of readings cost a frame, and whether its memory stays flat.
// usage: [MINUTES=60] [TELLTALE=program] node page.mjs [SECTION...] (start, slow, act, year, live, table, map, memory).
import { openBrowser, openPage, PHONE } from '../tests/support/browser.mjs';
import { until } from '../tests/support/wait.mjs';
import { buildLoad, program, Run } from './processes.mjs';
import { number, Table } from './table.mjs';

const sections = process.argv.slice(2);
const table = new Table('page', ...sections);
const wanted = (name) => sections.length === 0 || sections.includes(name);
const MINUTES = Number(process.env.MINUTES || 60);
const HOUR = 3_600_000;
const FRAME = 1000 / 60;
/** Frames are counted by their starts, which the browser rounds. */
const FRAME_P95 = FRAME + 0.5;
const PATIENCE = 60_000;

const ends = [];
const suite = { after: (end) => ends.push(end) };
const ms = (x, digits = 0) => `${number(x, digits)} ms`;
const wait = (time) => new Promise((resolve) => { setTimeout(resolve, time); });
const at = (list, share) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))] ?? NaN;

// ---- what is counted inside the page ----

/** Before anything of the page runs. */
function gauges() {
  const g = { usable: 0, longest: 0, long: 0, shift: 0, paint: 0, slowest: 0, slowestWhat: '', frames: [], draws: new Map() };
  globalThis.gauges = g;
  const look = new MutationObserver(() => {
    const value = document.querySelector('.tile .number, .gauge-value .number');
    if (!value || !/\d/.test(value.textContent)) return;
    g.usable = performance.now();
    look.disconnect();
  });
  look.observe(document, { childList: true, subtree: true, characterData: true });
  const watch = (type, take, more = {}) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...more });
  watch('longtask', (e) => { g.long++; g.longest = Math.max(g.longest, e.duration); });
  watch('layout-shift', (e) => { if (!e.hadRecentInput) g.shift += e.value; });
  watch('largest-contentful-paint', (e) => { g.paint = e.startTime; });
  watch('event', (e) => { if (e.interactionId && e.duration > g.slowest) Object.assign(g, { slowest: e.duration, slowestWhat: e.name }); }, { durationThreshold: 16 });
  let last = 0;
  const frame = (now) => {
    if (last > 0) g.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const clear = CanvasRenderingContext2D.prototype.clearRect;
  CanvasRenderingContext2D.prototype.clearRect = function counted(...args) {
    if (this.canvas.closest('.plot')) g.draws.set(this.canvas, (g.draws.get(this.canvas) ?? 0) + 1);
    return clear.apply(this, args);
  };
}

const fetched = (page) => page.evaluate(() => ({ ...globalThis.gauges, draws: [...globalThis.gauges.draws.values()], text: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN }));
const forget = (page) => page.evaluate(() => Object.assign(globalThis.gauges, { frames: [], long: 0, longest: 0, slowest: 0, draws: new Map(), shift: 0 }));

async function open(browser, { path, base, ...options }) {
  const page = await openPage(browser, options);
  page.setDefaultTimeout(PATIENCE);
  await page.addInitScript(gauges);
  page.cdp = await page.context().newCDPSession(page);
  if (path) await page.goto(`${base}${path}`);
  return page;
}

async function cpuOfPage(page) {
  const { metrics } = await page.cdp.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map((m) => [m.name, m.value]));
}

/** Frames and the main thread's time while `act` runs. */
async function during(page, act) {
  await page.cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  await forget(page);
  const before = await cpuOfPage(page);
  const began = performance.now();
  await act();
  const seconds = (performance.now() - began) / 1000;
  const after = await cpuOfPage(page);
  return { ...await fetched(page), seconds, busy: (after.TaskDuration - before.TaskDuration) / seconds };
}

function frameRow(what, g) {
  const p95 = at(g.frames, 0.95);
  table.row(what, `p50 ${ms(at(g.frames, 0.5), 1)}, p95 ${ms(p95, 1)} of ${number(g.frames.length)} frames`, `p95 <= ${FRAME.toFixed(1)} ms (60 a second)`, p95 <= FRAME_P95);
  const gap = Math.max(...g.frames);
  table.row('  the widest gap between two frames; long tasks', `${ms(gap)}; ${g.long}, the longest ${ms(g.longest)}`, 'no dropped second: <= 1,000 ms', gap <= 1000);
}

// ---- what is put into the server ----

async function write(base, rows) {
  for (let i = 0; i < rows.length; i += 4000) {
    const answer = await fetch(`${base}/api/v1/write?precision=ms`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: rows.slice(i, i + 4000).join('\n') });
    if (answer.status !== 204) throw new Error(await answer.text());
  }
}

const devicesOf = async (base, count) => until(async () => {
  const { counts } = await fetch(`${base}/api/v1/dashboard`).then((r) => r.json()).catch(() => ({}));
  const all = (await fetch(`${base}/api/v1/devices?limit=1`).then((r) => r.json())).total ?? counts?.devices ?? count;
  return all >= count;
}, `${count} devices`, PATIENCE);

/** A fleet with an hour of history. */
async function fleet(base, count, step = 10_000) {
  const now = Date.now();
  const rows = [];
  for (let i = 0; i < count; i++) for (let t = now - HOUR; t < now; t += step) rows.push(`m,device=unit-${i} temperature=${(20 + 5 * Math.sin(t / 6e5 + i)).toFixed(2)} ${t}`);
  await write(base, rows);
  await devicesOf(base, count);
}

async function served(act, settings) {
  const server = await program({ settings });
  const browser = await openBrowser(suite);
  try {
    await act({ ...server, base: `http://localhost:${server.http}` }, browser);
  } finally {
    await browser.close();
    await server.stop();
  }
}

// ---- sections ----

async function start() {
  await served(async ({ base }, browser) => {
    await fleet(base, 50);
    for (const [name, path] of [['Overview', '/'], ['a device', '/devices/unit-1']]) {
      const cold = [];
      const warm = [];
      for (let i = 0; i < 9; i++) {
        const page = await open(browser, { base, path });
        await until(async () => (await fetched(page)).usable > 0, 'a first value');
        cold.push(await fetched(page));
        await page.reload();
        await until(async () => (await fetched(page)).usable > 0, 'a first value');
        await wait(300);
        warm.push(await fetched(page));
        await page.context().close();
      }
      const of = (list, key) => at(list.map((g) => g[key]), 0.5);
      table.row(`${name}: from the request to a first value, empty cache (median of 9)`, `${ms(of(cold, 'usable'))}; ${cold.map((g) => number(g.usable)).join(' ')}`, '<= 300 ms on loopback', of(cold, 'usable') <= 300);
      table.row('  the same, kept files', `${ms(of(warm, 'usable'))}`, '<= 300 ms', of(warm, 'usable') <= 300);
      table.row('  first text', ms(of(cold, 'text')), '<= 400 ms', of(cold, 'text') <= 400);
      table.row('  largest paint', ms(of(warm, 'paint')), '<= 800 ms', of(warm, 'paint') <= 800);
      table.row('  layout shift', of(warm, 'shift').toFixed(4), '<= 0.02', of(warm, 'shift') <= 0.02);
    }
  });
}

/** A middling phone on a slow network: the processor four times slower, 1.6 Mbit/s, 150 ms. */
async function slow() {
  await served(async ({ base }, browser) => {
    await fleet(base, 50);
    const all = [];
    for (let i = 0; i < 3; i++) {
      const page = await open(browser, { viewport: PHONE, isMobile: true, hasTouch: true });
      await page.cdp.send('Network.enable');
      await page.cdp.send('Network.emulateNetworkConditions', { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 200_000 });
      await page.cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
      await page.goto(`${base}/`);
      await until(async () => (await fetched(page)).usable > 0, 'a first value', PATIENCE);
      await wait(1500);
      all.push(await fetched(page));
      await page.context().close();
    }
    const of = (key) => at(all.map((g) => g[key]), 0.5);
    table.row('a slow phone, Overview: first text (median of 3)', ms(of('text')), '<= 1,800 ms', of('text') <= 1800);
    table.row('  largest paint', ms(of('paint')), '<= 2,500 ms', of('paint') <= 2500);
    table.row('  first value', ms(of('usable')), 'a remark');
    table.row('  layout shift', of('shift').toFixed(4), '<= 0.02', of('shift') <= 0.02);
  });
}

async function act() {
  await served(async ({ base }, browser) => {
    await fleet(base, 200);
    for (const [name, rate, most] of [['desktop', 1, 100], ['the processor four times slower', 4, 200]]) {
      const page = await open(browser, { base, path: '/' });
      await page.locator('.tile').first().waitFor();
      await page.cdp.send('Emulation.setCPUThrottlingRate', { rate });
      const slowest = [];
      const step = async (what, does) => {
        await forget(page);
        await does();
        await wait(400);
        const g = await fetched(page);
        slowest.push([what, g.slowest]);
      };
      await step('open the palette', () => page.keyboard.press('Control+k'));
      await page.getByRole('combobox').waitFor();
      await step('type in the palette', () => page.keyboard.type('unit-1', { delay: 50 }));
      // The first empties the field, as in every search field of this browser.
      await page.keyboard.press('Escape');
      await step('close the palette', () => page.keyboard.press('Escape'));
      await step('go to devices', () => page.locator('a[href="/devices"]').first().click());
      await page.getByRole('grid').waitFor();
      await step('sort by name', () => page.getByRole('columnheader').nth(2).getByRole('button').first().click());
      await step('search', async () => { await page.getByRole('searchbox').first().click(); await page.keyboard.type('unit-19', { delay: 50 }); });
      await page.goto(`${base}/devices/unit-1`);
      await page.locator('.plot canvas').first().waitFor();
      await step('zoom a chart', async () => { await page.locator('.plot').first().focus(); await page.keyboard.press('+'); });
      await step('change the theme', () => page.keyboard.press('\\'));
      await step('go to alerts', () => page.locator('a[href="/alerts"]').first().click());
      slowest.sort((a, b) => b[1] - a[1]);
      table.row(`interaction to next paint, ${name}`, slowest.slice(0, 3).map(([what, time]) => `${what} ${number(time)}`).join(', '), `<= ${most} ms`, slowest[0][1] <= most);
      await page.context().close();
    }
  });
}

async function year() {
  await served(async ({ base }, browser) => {
    const now = Date.now();
    const rows = [];
    for (let t = now - 366 * 24 * HOUR; t < now; t += 60_000) rows.push(`m,device=unit-0 temperature=${(20 + 5 * Math.sin(t / 6e7) + Math.sin(t / 6e5)).toFixed(2)} ${t}`);
    await write(base, rows);
    await devicesOf(base, 1);
    const page = await open(browser, { base, path: '/devices/unit-0?range=1y' });
    const plot = page.locator('.plot').first();
    await page.getByText('mean, min to max').first().waitFor();
    await plot.scrollIntoViewIfNeeded();
    const box = await plot.boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.keyboard.down('Shift');
    await page.mouse.down();
    const g = await during(page, async () => {
      for (let i = 0; i < 400; i++) {
        await page.mouse.move(box.x + box.width * (0.5 + 0.45 * Math.sin(i / 25)), box.y + box.height / 2);
        await wait(12);
      }
    });
    await page.mouse.up();
    await page.keyboard.up('Shift');
    table.row(`panning a year of ${number(rows.length)} readings for ${g.seconds.toFixed(0)} s: drawings`, `${Math.max(...g.draws)}, main thread busy ${(g.busy * 100).toFixed(0)} %`, 'a remark');
    frameRow('  frames', g);
  });
}

async function live() {
  await served(async ({ base, mqtt }, browser) => {
    for (const [what, path, devices, sensors] of [
      ['Overview, 1,000 readings/s of 50 devices', '/', 50, 20],
      ['20 charts of a device, 1,000 readings/s of 50 devices', '/devices/tick-1?range=15m', 50, 20],
      ['20 charts of the one device that sends 1,000 readings/s', '/devices/tick-1?range=15m', 2, 20],
    ]) {
      const sender = new Run('mqtt_ticker', ['--port', mqtt, '--rate', devices === 2 ? 2000 : 1000, '--devices', devices, '--sensors', sensors, '--seconds', 3600]);
      await wait(3000);
      const page = await open(browser, { base, path, viewport: { width: 1440, height: 3200 } });
      await page.locator('.tile, .plot canvas').first().waitFor();
      await page.locator('.stream-live').waitFor();
      await wait(5000);
      const charts = await page.locator('.plot canvas').count();
      const g = await during(page, () => wait(60_000));
      table.row(what, `main thread idle ${((1 - g.busy) * 100).toFixed(1)} % of ${g.seconds.toFixed(0)} s`, '>= 80 % idle', g.busy <= 0.2);
      table.row('  long tasks; frames', `${g.long}, the longest ${ms(g.longest)}; p95 ${ms(at(g.frames, 0.95), 1)}`, 'none above 50 ms', g.long === 0);
      if (charts > 0) {
        const each = Math.max(0, ...g.draws) / g.seconds;
        table.row(`  drawings of a chart, ${charts} charts`, `${each.toFixed(2)} a second at the most`, '<= 4 a second', each <= 4);
      }
      await page.context().close();
      await sender.stop();
    }
  });
}

async function wheel(page, seconds, dx, dy) {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    await page.mouse.wheel(dx, dy);
    await wait(12);
  }
}

async function rowsOfTable() {
  await served(async ({ base }, browser) => {
    const now = Date.now();
    await write(base, Array.from({ length: 10_000 }, (_, i) => `m,device=unit-${i} temperature=${(20 + 10 * Math.sin(i)).toFixed(2)} ${now - i}`));
    await devicesOf(base, 10_000);
    const page = await open(browser, { base, path: '/devices' });
    const grid = page.getByRole('grid');
    await until(async () => Number(await grid.getAttribute('aria-rowcount')) > 10_000, '10,000 rows', PATIENCE);
    const g0 = await fetched(page);
    table.row('device table of 10,000: all rows known after', ms(await page.evaluate(() => performance.now())), 'a remark');
    table.row('  the longest task until then', ms(g0.longest), 'no dropped second: <= 1,000 ms', g0.longest <= 1000);
    const box = await grid.boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + Math.min(box.height, 600) / 2);
    frameRow('  scrolling it for 8 s', await during(page, () => wheel(page, 8, 0, 400)));
    const search = await during(page, async () => {
      await page.getByRole('searchbox').first().click();
      await page.keyboard.type('unit-99', { delay: 60 });
      await wait(500);
    });
    table.row('  typing a search', `slowest ${search.slowestWhat} ${ms(search.slowest)}`, '<= 100 ms', search.slowest <= 100);
  });
}

async function mapOfMany() {
  await served(async ({ base }, browser) => {
    const now = Date.now();
    const count = 10_000;
    await write(base, Array.from({ length: count }, (_, i) => `m,device=unit-${i} temperature=20 ${now - i}`));
    await devicesOf(base, count);
    const { devices: [one] } = await fetch(`${base}/api/v1/devices?limit=1`).then((r) => r.json());
    const prefix = one.id.replace(/\d+$/, '');
    let next = 0;
    await Promise.all(Array.from({ length: 16 }, async () => {
      for (let i = next++; i < count; i = next++) {
        const answer = await fetch(`${base}/api/v1/devices/${encodeURIComponent(`${prefix}${i}`)}`, {
          method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ location: { lat: 46 + (i % 100) / 20, lng: 8 + Math.floor(i / 100) / 12 } }),
        });
        if (!answer.ok) throw new Error(await answer.text());
      }
    }));
    const page = await open(browser, { base, path: '/map' });
    const ground = page.locator('.leaflet-container').first();
    await ground.waitFor();
    await page.locator('.stream-live').waitFor();
    await wait(3000);
    const g0 = await fetched(page);
    table.row('map of 10,000: the longest task of its opening', ms(g0.longest), 'no dropped second: <= 1,000 ms', g0.longest <= 1000);
    const box = await ground.boundingBox();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    const pan = await during(page, async () => {
      for (let i = 0; i < 400; i++) {
        await page.mouse.move(x + 250 * Math.sin(i / 20), y + 120 * Math.cos(i / 20));
        await wait(12);
      }
    });
    await page.mouse.up();
    frameRow('  dragging it for 6 s', pan);
    frameRow('  zooming in and out', await during(page, async () => {
      for (const direction of [-1, -1, -1, 1, 1, 1]) {
        await page.mouse.move(x, y);
        await page.mouse.wheel(0, direction * 240);
        await wait(900);
      }
    }));
  });
}

const heapOf = async (page) => {
  await page.cdp.send('HeapProfiler.collectGarbage');
  const { JSHeapUsedSize, Nodes, JSEventListeners } = await cpuOfPage(page);
  return { heap: JSHeapUsedSize, nodes: Nodes, listeners: JSEventListeners };
};

async function memory() {
  await served(async ({ base, mqtt }, browser) => {
    const sender = new Run('mqtt_ticker', ['--port', mqtt, '--rate', 1000, '--devices', 50, '--sensors', 20, '--seconds', MINUTES * 60 + 600]);
    await wait(3000);
    const pages = [];
    for (const [name, path] of [['Overview', '/'], ['20 charts', '/devices/tick-1?range=15m']]) {
      const page = await open(browser, { base, path, viewport: { width: 1440, height: 3200 } });
      await page.cdp.send('Performance.enable');
      // What the measurement itself keeps is none of the page.
      await page.evaluate(() => { Object.assign(globalThis.gauges, { frames: { push() {} }, draws: new WeakMap() }); });
      pages.push({ name, page, all: [] });
    }
    const began = performance.now();
    const first = Math.min(10, MINUTES / 2);
    for (let minute = first; minute <= MINUTES; minute += 5) {
      await wait(began + minute * 60_000 - performance.now());
      for (const one of pages) one.all.push({ minute, ...await heapOf(one.page) });
      console.log(`minute ${minute}: ${pages.map((one) => `${one.name} ${(one.all.at(-1).heap / 1e6).toFixed(2)} MB, ${one.all.at(-1).nodes} nodes`).join('; ')}`);
    }
    for (const { name, all } of pages) {
      const [early, late] = [all[0], all.at(-1)];
      table.row(`${name}, 1,000 readings/s: heap each 5 minutes from minute ${early.minute} to ${late.minute}`, all.map((one) => (one.heap / 1e6).toFixed(1)).join(' '), 'MB after a collection');
      table.row('  the last beside the first', `${(late.heap / early.heap).toFixed(3)}; nodes ${early.nodes} and ${late.nodes}, listeners ${early.listeners} and ${late.listeners}`, '<= 1.3', late.heap / early.heap <= 1.3);
    }
    await sender.stop();
  });
}

buildLoad();
const all = { start, slow, act, year, live, table: rowsOfTable, map: mapOfMany, memory };
for (const [name, section] of Object.entries(all)) {
  if (!wanted(name)) continue;
  try {
    await section();
  } catch (error) {
    table.row(name, `ended early: ${String(error.message).split('\n')[0].slice(0, 200)}`, 'to end', false);
  }
}
for (const end of ends.reverse()) await end();
table.keep();
