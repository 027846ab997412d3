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

/** What Leaflet adds to its classes for overlays, shapes and controls: nothing of ours shows one, and each line would keep its classes. How often each stands there. */
const notOfLeaflet = [
  [/^(?:Map|Layer|Polyline|Polygon|LayerGroup)\.include\(\{\n(?:(?!\}\);).*\n)*?\t(?:_initOverlay|(?:open|bind)(?:Popup|Tooltip)|toGeoJSON|getRenderer): [^]*?^\}\);\n/gm, 10],
  [/^\w+\.include\(PointToGeoJSON\);\n/gm, 3],
  [/^(?:control\.(?:layers|zoom|attribution)|(?:TileLayer|SVG|GeoJSON)\.\w+) = \w+;\n/gim, 17],
  [/^Map\.addInitHook\(function \(\) \{\n\tif \(this\.options\.(?:zoom|attribution)Control\)[^]*?^\}\);\n/gm, 2],
  [/^Polyline\._flat = _flat;\n|^if \(Browser\.vml\) \{\n[^]*?^\}\n|^var create = Browser\.vml \? vmlCreate : svgCreate;\n/gm, 3],
];

/**
 * Leaflet as modules, its classes marked as free of effects: those that nothing names stay out. A file that is no longer as it
 * was fails the build.
 */
const fewerClasses = {
  name: "fewer-classes",
  setup: (b) => {
    b.onResolve({ filter: /^leaflet$/ }, () => ({ path: `${here}node_modules/leaflet/dist/leaflet-src.esm.js` }));
    b.onLoad({ filter: /leaflet-src\.esm\.js$/ }, async ({ path }) => {
      const text = (await readFile(path, "utf8")).replaceAll("\r\n", "\n");
      const times = (part) => [...text.matchAll(part)].length;
      const classes = /^(var \w+ = )(?=\w+\.extend\()/gm;
      if (times(classes) < 30 || notOfLeaflet.some(([part, often]) => times(part) !== often)) return { errors: [{ text: "Leaflet makes its classes in another way now" }] };
      return { contents: notOfLeaflet.reduce((left, [part]) => left.replace(part, ""), text).replace(classes, "$1/* @__PURE__ */ ") };
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

/**
 * The parts, and what each may weigh in kB of gzip and of brotli. Where a part misses its budget, a second pair holds it: the build
 * says so each time, and fails above that.
 */
function partsOf(result, styles, world) {
  const outputs = result.metafile.outputs;
  const short = (set) => [...set].map(named);
  const chunk = (entry) => Object.keys(outputs).find((p) => outputs[p].entryPoint === entry) ?? fail(`no chunk of ${entry}`);
  // A page that has no chunk is not in any sum, and no budget would hold it.
  const with_ = (name) => short(closure(outputs, chunk(name)));
  const beyond = (before, name) => with_(name).filter((f) => !before.has(f));
  const language = (code) => ["", "-more", "-tools", "-map"].map((part) => named(chunk(`src/i18n/${code}${part}.ts`)));
  const english = with_("src/i18n/en.ts");
  const first = new Set(["index.html", styles.main, ...with_("src/main.tsx")]);
  const charts = new Set([...first, styles.pages, ...english, ...with_("src/later.ts"), ...with_("src/views/device/device.tsx"), ...with_("src/charts/series-chart.tsx")]);
  const devices = [styles.more, ...beyond(first, "src/views/devices/devices.tsx")];
  const map = [styles.map, world, ...beyond(first, "src/views/map/map-page.tsx")];
  const board = new Set([...charts, ...beyond(charts, "src/views/dashboards/board-page.tsx")]);
  return [
    ["first view: overview, without words", first, [64, 56]],
    ["first view with words and the device table", [...first, ...english, ...devices], [64, 56], [83, 73]],
    ["devices", devices, [14, 13]],
    ["first page with charts", charts, [92, 82]],
    ["map: Leaflet, view, coarse world", map, [72, 64]],
    ["all with the map", [...charts, ...map], [164, 146]],
    ["dashboard editor", beyond(board, "src/views/dashboards/board-editor.tsx"), [24, 20]],
    ["rules", beyond(charts, "src/views/rules/rule-page.tsx"), [16, 14]],
    ["settings", beyond(charts, "src/views/settings/settings.tsx"), [30, 26]],
    ["one language, as it comes with the first pages", [...language("de").slice(0, 2)], [14, 12]],
    ["English, all of it", language("en"), [14, 12], [21, 18.5]],
    ["German, all of it", language("de"), [14, 12], [23, 21]],
  ];
}

async function checkBudgets(result, styles, world) {
  const within = (gzip, brotli, [mostGzip, mostBrotli]) => gzip <= mostGzip * kB && brotli <= mostBrotli * kB;
  for (const [name, files, budget, held = budget] of partsOf(result, styles, world)) {
    const { gzip, brotli } = await sizes(new Set(files));
    const word = !within(gzip, brotli, held) ? " OVER" : within(gzip, brotli, budget) ? "" : `, missed; held at ${held.join(", ")}`;
    console.log(`${name}: ${(gzip / kB).toFixed(1)} kB gzip, ${(brotli / kB).toFixed(1)} kB brotli (budget ${budget.join(", ")}${word})`);
    if (word === " OVER") process.exitCode = 1;
  }
}

/** What the program carries of its pages: every file once as gzip and once as brotli, where that is smaller. */
async function checkCarried(most) {
  const names = [...await readdir(out), ...(await readdir(`${out}assets`)).map((name) => `assets/${name}`)].filter((name) => name !== "assets");
  let bytes = 0;
  for (const name of names) {
    const plain = await readFile(out + name);
    for (const packed of [gzipSync(plain, { level: 9 }), brotliCompressSync(plain)]) bytes += packed.length < plain.length ? packed.length : 0;
  }
  console.log(`all assets in the program, in both encodings: ${(bytes / kB).toFixed(1)} kB (budget ${most}${bytes > most * kB ? " OVER" : ""})`);
  if (bytes > most * kB) process.exitCode = 1;
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
await checkCarried(900);
await rm(target, { recursive: true, force: true });
await rename(out, target);
