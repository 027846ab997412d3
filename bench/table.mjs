// SPDX-License-Identifier: Apache-2.0
// What a run of measurements prints, kept under bench/results.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { top } from './processes.mjs';

export const number = (x, digits = 0) => x.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

// Lines, the first of which says what was measured and on what.
export class Results {
  // `names` end the name of the file: DATE-COMMIT[-NAME...].txt.
  constructor(...names) {
    const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: top, encoding: 'utf8' }).trim();
    const date = new Date().toISOString().slice(0, 10);
    this.lines = [];
    this.file = join(top, 'bench/results', `${[date, commit, ...names].join('-')}.txt`);
    this.say(`telltale ${commit}, ${date}, ${cpus().length} x ${cpus()[0].model.trim()}, Linux ${execFileSync('uname', ['-r'], { encoding: 'utf8' }).trim()}, Node ${process.versions.node}`);
  }

  say(line) {
    this.lines.push(line);
    console.log(line);
  }

  keep() {
    mkdirSync(join(top, 'bench/results'), { recursive: true });
    writeFileSync(this.file, `${this.lines.join('\n')}\n`);
    console.log(`\nkept in ${this.file.slice(top.length + 1)}`);
  }
}

// Rows of what was achieved beside its target.
export class Table extends Results {
  constructor(...names) {
    super(...names);
    this.row('what', 'achieved', 'target');
  }

  // `met` undefined: a peer or a remark.
  row(what, achieved, target, met) {
    this.say(`${what.padEnd(68)} | ${achieved.padStart(64)} | ${target.padEnd(44)} | ${met === undefined ? '' : met ? 'met' : 'missed'}`);
  }
}
