// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";

/** What check-styles.mjs says of a style sheet; npm runs us in the folder it lies in. */
function check(css: string, name = "a.css"): string {
  const root = mkdtempSync(join(tmpdir(), "telltale-styles-"));
  writeFileSync(join(root, name), css);
  const { stderr, status } = spawnSync(process.execPath, ["check-styles.mjs", root], { encoding: "utf8" });
  rmSync(root, { recursive: true });
  assert.equal(status === 0, stderr === "");
  return stderr;
}

test("left and right are found in every form, but behind a comment with the reason", () => {
  for (const leaning of ["left: 0", "margin-left: 1px", "border-right-color: var(--line)", "text-align: right", "padding: 0 4px 0 8px", "inset: 0 calc(1px + 2px) 0 0", "border-radius: 3px 0 0 3px", "border-top-left-radius: 1px"]) {
    assert.match(check(`.a { color: var(--text); ${leaning}; }\n`), /left and right/, leaning);
    assert.equal(check(`/* Left and right: time runs so. */\n.a { ${leaning}; }\n`), "", leaning);
    assert.match(check(`/* Left and right: time runs so. */\n.a { top: 0; }\n\n.b { ${leaning}; }\n`), /left and right/, `${leaning} after an empty line`);
  }
  for (const fine of ["inset-inline: 0 auto", "padding: 1px 2px 3px 2px", "text-align: start", "border-radius: 12px 12px 0 0", "transform-origin: left", "--left: 1px"]) assert.equal(check(`.a { ${fine}; }\n`), "", fine);
});

test("colours are tokens", () => {
  for (const loud of ["color: #fff", "background: rgb(0 0 0 / 45%)", "border: 1px solid red", "fill: color(srgb 1 0 0)"]) assert.match(check(`.a { ${loud}; }\n`), /no token/, loud);
  for (const fine of ["color: var(--text)", "color: CanvasText", "white-space: nowrap", "background: none"]) assert.equal(check(`.a { ${fine}; }\n`), "", fine);
  assert.equal(check(":root { --bg: #ffffff; }\n", "tokens.css"), "");
});
