// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "node:test";

/** What check-imports.mjs says of a source tree; npm runs us in the folder it lies in. */
function check(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "telltale-imports-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const { stderr, status } = spawnSync(process.execPath, ["check-imports.mjs", root], { encoding: "utf8" });
  rmSync(root, { recursive: true });
  assert.equal(status === 0, stderr === "");
  return stderr;
}

test("imports go one way only", () => {
  assert.equal(check({ "state/a.ts": 'import { b } from "../net/b";\n' }), "");
  assert.match(check({ "net/b.ts": 'import { a } from "../state/a";\n' }), /may not import state\/a/);
  assert.match(check({ "views/v.tsx": 'import { fetchRules } from "../net/rest";\n' }), /may not import net\/rest/);
  assert.match(check({ "state/s.ts": 'const v = import("../views/v");\n' }), /may not import views\/v/);
  assert.equal(check({ "views/v.tsx": 'import type { Rule } from "../net/wire";\n' }), "");
});

test("long files, default exports, any and markup from text are found", () => {
  assert.match(check({ "lib/a.ts": "\n".repeat(301) }), /301 lines/);
  assert.match(check({ "lib/a.ts": "export default 1;\n" }), /default export/);
  assert.match(check({ "lib/a.ts": "const a: any = 1;\n" }), /any/);
  assert.match(check({ "lib/a.ts": "e.innerHTML = name;\n" }), /markup/);
});
