// SPDX-License-Identifier: Apache-2.0
// Builds the package into dist/ (modules and their types), and with --example FOLDER the example page there.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const at = process.argv.indexOf("--example");

async function buildPackage() {
  const out = join(here, "dist");
  await build({
    entryPoints: [join(here, "src/index.ts"), join(here, "src/react.tsx")], outdir: out, bundle: true, splitting: true, format: "esm", target: "es2020",
    packages: "external", jsx: "automatic", logLevel: "warning",
  });
  const types = spawnSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"], { stdio: "inherit", cwd: here });
  process.exitCode = types.status ?? 1;
}

async function buildExample(folder) {
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [join(here, "example/main.tsx"), join(here, "example/style.css")], outdir: folder, bundle: true, format: "esm", target: "es2020", minify: true,
    jsx: "automatic", define: { "process.env.NODE_ENV": '"production"' }, loader: { ".png": "dataurl" }, logLevel: "warning",
  });
  copyFileSync(join(here, "example/index.html"), join(folder, "index.html"));
}

if (at < 0) await buildPackage();
else await buildExample(resolve(process.argv[at + 1] ?? join(here, "../../build/example")));
