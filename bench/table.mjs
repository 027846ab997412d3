// SPDX-License-Identifier: Apache-2.0
// A table of measurements beside their targets, printed as they come and kept under bench/results.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { top } from './processes.mjs';

export const number = (x, digits = 0) => x.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

export class Table {
  // `name` ends the name of the file: DATE-COMMIT-NAME.txt.
  constructor(name) {
    const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: top, encoding: 'utf8' }).trim();
    const date = new Date().toISOString().slice(0, 10);
    this.lines = [];
    this.file = join(top, 'bench/results', `${date}-${commit}-${name}.txt`);
    this.say(`telltale ${commit}, ${date}, ${cpus().length} x ${cpus()[0].model.trim()}, Linux ${execFileSync('uname', ['-r'], { encoding: 'utf8' }).trim()}, Node ${process.versions.node}`);
    this.row('what', 'achieved', 'target');
  }

  say(line) {
    this.lines.push(line);
    console.log(line);
  }

  // `met` undefined: a peer or a remark.
  row(what, achieved, target, met) {
    this.say(`${what.padEnd(64)} | ${achieved.padStart(64)} | ${target.padEnd(44)} | ${met === undefined ? '' : met ? 'met' : 'missed'}`);
  }

  keep() {
    mkdirSync(join(top, 'bench/results'), { recursive: true });
    writeFileSync(this.file, `${this.lines.join('\n')}\n`);
    console.log(`\nkept in ${this.file.slice(top.length + 1)}`);
  }
}
