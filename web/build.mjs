// SPDX-License-Identifier: Apache-2.0
// Bundles the page into build/web: hashed names that never change their content, one index.html, the
// outlines of the world, and the licences of what is inside. Fails when a byte budget is passed.
//   node build.mjs [FOLDER]      another folder than build/web, for trying something out

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync, brotliCompressSync } from "node:zlib";
import { icon } from "./icon.mjs";
import { packWorld } from "./world.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = resolve(process.argv[2] ?? fileURLToPath(new URL("../build/web", import.meta.url)));
/** Built beside its place and moved there when it is whole. */
const out = `${target}.${process.pid}/`;
/** esbuild names its outputs from its working folder; we name them from the output folder. */
const named = (path) => relative(out, resolve(here, path));
const kB = 1000;
const budgets = { first: 64 * kB, charts: 92 * kB, map: 72 * kB, mapInAll: 164 * kB, language: 14 * kB, devices: 14 * kB };

const common = {
  absWorkingDir: here, bundle: true, minify: true, outdir: out, metafile: true, logLevel: "warning", legalComments: "none",
  publicPath: "/", target: ["es2020", "chrome100", "firefox100", "safari15.4"],
};

async function addHashed(name, extension, bytes) {
  const hash = createHash("sha256").update(bytes).digest("base64url").slice(0, 8).replace(/[-_]/g, "0");
  const path = `assets/${name}-${hash}.${extension}`;
  await writeFile(out + path, bytes);
  return `/${path}`;
}

function outputOf(result, entry) {
  const found = Object.entries(result.metafile.outputs).find(([, o]) => o.entryPoint === entry);
  if (!found) throw new Error(`no output for ${entry}`);
  return named(found[0]);
}

/**
 * Leaflet as modules, its classes marked as free of effects: those that nothing names stay out. A file that is no longer as it
 * was fails the build.
 */
const fewerClasses = {
  name: "fewer-classes",
  setup: (b) => {
    b.onResolve({ filter: /^leaflet$/ }, () => ({ path: `${here}node_modules/leaflet/dist/leaflet-src.esm.js` }));
    b.onLoad({ filter: /leaflet-src\.esm\.js$/ }, async ({ path }) => {
      let found = 0;
      const contents = (await readFile(path, "utf8")).replace(/^(var \w+ = )(\w+\.extend\()/gm, (_, name, made) => {
        found++;
        return `${name}/* @__PURE__ */ ${made}`;
      });
      return found > 30 ? { contents } : { errors: [{ text: "Leaflet makes its classes in another way now" }] };
    });
  },
};

/**
 * The page polls by fetch, speaks WebSocket, and exchanges text: what the client has for other transports and
 * for packets with buffers stays out. A file that is no longer where it was fails the build instead of
 * coming back unseen.
 */
const leftOut = [
  [/engine\.io-client\/build\/esm\/transports\/polling-xhr\.js$/, 'export { Fetch as XHR } from "./polling-fetch.js";'],
  [/engine\.io-client\/build\/esm\/transports\/webtransport\.js$/, "export class WT {}"],
  [/socket\.io-parser\/build\/esm\/binary\.js$/, "export const deconstructPacket = (packet) => ({ packet, buffers: [] }); export const reconstructPacket = (packet) => packet;"],
  [/socket\.io-parser\/build\/esm\/is-binary\.js$/, "export const isBinary = (x) => x instanceof ArrayBuffer; export const hasBinary = () => false;"],
];
const lessOfTheClient = {
  name: "less-of-the-client",
  setup: (b) => {
    const stood = new Set();
    for (const [filter, contents] of leftOut) b.onLoad({ filter }, () => {
      stood.add(filter);
      return { contents };
    });
    b.onEnd(() => (stood.size === leftOut.length ? undefined : { errors: [{ text: "socket.io-client has its files elsewhere now" }] }));
  },
};

async function buildStyles() {
  const result = await build({
    ...common, entryPoints: ["src/styles/main.css", "src/styles/pages.css", "src/styles/more.css", "src/styles/tools.css", "src/styles/map.css", "src/styles/contrast.css", "src/styles/print.css"],
    entryNames: "assets/[name]-[hash]",
  });
  return { main: outputOf(result, "src/styles/main.css"), pages: outputOf(result, "src/styles/pages.css"), more: outputOf(result, "src/styles/more.css"), tools: outputOf(result, "src/styles/tools.css"), map: outputOf(result, "src/styles/map.css"), contrast: outputOf(result, "src/styles/contrast.css"), print: outputOf(result, "src/styles/print.css") };
}

async function buildScripts(defines) {
  return build({
    ...common, entryPoints: ["src/main.tsx"], entryNames: "assets/[name]-[hash]", chunkNames: "assets/[name]-[hash]",
    format: "esm", splitting: true, jsx: "automatic", jsxImportSource: "preact", plugins: [lessOfTheClient, fewerClasses], inject: ["src/core.ts"],
    define: { ...defines, "process.env.NODE_ENV": '"production"' },
  });
}

/** What the entry imports, and the language of most, is named in the page, so that all of it is asked for at once. */
function preloads(result) {
  const entry = outputOf(result, "src/main.tsx");
  const all = closure(result.metafile.outputs, Object.keys(result.metafile.outputs).find((p) => named(p) === entry));
  return [...[...all].map(named).filter((p) => p !== entry), outputOf(result, "src/i18n/en.ts")].map((p) => `<link rel="modulepreload" href="/${p}">\n`).join("");
}

/** The worker keeps what the pages are made of; the finer world only where somebody looks at it. */
async function buildWorker(shell) {
  const bytes = await Promise.all(shell.map((path) => readFile(out + path)));
  const hash = createHash("sha256");
  for (const b of [...bytes, await readFile(`${out}index.html`)]) hash.update(b);
  await build({
    ...common, entryPoints: ["src/worker/worker.ts"], entryNames: "sw", format: "iife", metafile: false,
    define: { SHELL: JSON.stringify(shell.map((p) => `/${p}`)), BUILD: JSON.stringify(hash.digest("base64url").slice(0, 12)) },
  });
}

async function writeManifest() {
  for (const size of [192, 512]) await writeFile(`${out}icon-${size}.png`, icon(size));
  await writeFile(`${out}telltale.webmanifest`, JSON.stringify({
    name: "Telltale", short_name: "Telltale", description: "What your devices measure, live", id: "/", start_url: "/", scope: "/",
    display: "standalone", background_color: "#0b0e13", theme_color: "#0b0e13",
    icons: [192, 512].flatMap((size) => ["any", "maskable"].map((purpose) => ({ src: `/icon-${size}.png`, sizes: `${size}x${size}`, type: "image/png", purpose }))),
    shortcuts: [{ name: "Alerts", url: "/alerts" }, { name: "Devices", url: "/devices" }, { name: "Map", url: "/map" }],
  }));
}

async function writeLicences(result) {
  const packages = new Set();
  for (const input of Object.keys(result.metafile.inputs)) {
    const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) packages.add(match[1]);
  }
  packages.add("world-atlas");
  const parts = [];
  for (const name of [...packages].sort()) {
    const folder = `${here}node_modules/${name}/`;
    const file = (await readdir(folder)).find((f) => /^licen[cs]e/i.test(f));
    const { version, license } = JSON.parse(await readFile(`${folder}package.json`, "utf8"));
    parts.push(`${name} ${version} (${license})\n\n${file ? await readFile(folder + file, "utf8") : ""}`);
  }
  await writeFile(`${out}licences.txt`, parts.join("\n\n----\n\n"));
}

/** An output and everything it imports at once, without what it imports on demand. */
function closure(outputs, path, seen = new Set()) {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const { path: next, kind } of outputs[path]?.imports ?? []) {
    if (kind === "import-statement") closure(outputs, next, seen);
  }
  return seen;
}

async function sizes(files) {
  let gzip = 0;
  let brotli = 0;
  for (const file of files) {
    const bytes = await readFile(out + file);
    gzip += gzipSync(bytes, { level: 9 }).length;
    brotli += brotliCompressSync(bytes).length;
  }
  return { gzip, brotli };
}

function fail(message) {
  throw new Error(message);
}

async function checkBudgets(result, styles, world) {
  const outputs = result.metafile.outputs;
  const short = (set) => [...set].map(named);
  const chunk = (entry) => Object.keys(outputs).find((p) => outputs[p].entryPoint === entry) ?? fail(`no chunk of ${entry}`);
  const entry = short(closure(outputs, chunk("src/main.tsx")));
  // A page that has no chunk is not in any sum, and no budget would hold it.
  const with_ = (name) => short(closure(outputs, chunk(name)));
  const first = ["index.html", styles.main, ...entry];
  const charts = new Set([...first, styles.pages, ...with_("src/i18n/en.ts"), ...with_("src/later.ts"), ...with_("src/views/device/device.tsx"), ...with_("src/charts/series-chart.tsx")]);
  const mapAlone = new Set([styles.map, world, ...with_("src/views/map/map-page.tsx").filter((f) => !entry.includes(f))]);
  const alone = (name) => with_(name).filter((f) => !entry.includes(f));
  const rows = [
    ["English", [...alone("src/i18n/en.ts"), ...alone("src/i18n/en-more.ts")], budgets.language],
    ["German", [...alone("src/i18n/de.ts"), ...alone("src/i18n/de-more.ts")], budgets.language],
    ["first view: overview, without words", first, budgets.first],
    ["devices", [styles.more, ...alone("src/views/devices/devices.tsx")], budgets.devices],
    ["first page with charts", charts, budgets.charts],
    ["map: Leaflet, view, coarse world", mapAlone, budgets.map],
    ["all with the map", new Set([...charts, ...mapAlone]), budgets.mapInAll],
  ];
  let over = false;
  for (const [name, files, budget] of rows) {
    const { gzip, brotli } = await sizes(files);
    over ||= gzip > budget;
    console.log(`${name}: ${(gzip / kB).toFixed(1)} kB gzip, ${(brotli / kB).toFixed(1)} kB brotli (budget ${budget / kB} kB gzip)${gzip > budget ? " OVER" : ""}`);
  }
  if (over) process.exitCode = 1;
}

await mkdir(`${out}assets`, { recursive: true });
const coarse = await addHashed("world-110", "bin", await packWorld("110m"));
const fine = await addHashed("world-50", "bin", await packWorld("50m"));
const styles = await buildStyles();
const result = await buildScripts({
  MAP_STYLE: JSON.stringify(`/${styles.map}`), CONTRAST_STYLE: JSON.stringify(`/${styles.contrast}`), PRINT_STYLE: JSON.stringify(`/${styles.print}`), TOOLS_STYLE: JSON.stringify(`/${styles.tools}`), MORE_STYLE: JSON.stringify(`/${styles.more}`), PAGES_STYLE: JSON.stringify(`/${styles.pages}`), WORLD_COARSE: JSON.stringify(coarse), WORLD_FINE: JSON.stringify(fine),
});
const page = await readFile(`${here}src/index.html`, "utf8");
await writeFile(`${out}index.html`, page.replace("{{style}}", `/${styles.main}`).replace("{{entry}}", `/${outputOf(result, "src/main.tsx")}`).replace("{{preloads}}\n", preloads(result)));
await buildWorker([styles.main, styles.pages, styles.more, styles.tools, styles.map, styles.contrast, styles.print, coarse.slice(1), ...Object.keys(result.metafile.outputs).map(named)]);
await writeManifest();
await writeLicences(result);
await checkBudgets(result, styles, coarse.slice(1));
await rm(target, { recursive: true, force: true });
await rename(out, target);
