// SPDX-License-Identifier: Apache-2.0
// node tools/new-adr.mjs "Title": starts the next page of docs/adr and prints its name.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const title = process.argv[2];
if (!title) {
  console.error('usage: node tools/new-adr.mjs "Title"');
  process.exit(2);
}
const last = Math.max(0, ...readdirSync('docs/adr').map((name) => Number.parseInt(name, 10) || 0));
const number = String(last + 1).padStart(4, '0');
const slug = title.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
const file = join('docs/adr', `${number}-${slug}.md`);
const parts = ['Context', 'Decision', 'Status', 'Consequences'].map((part) => `\n## ${part}\n`);
writeFileSync(file, `# ${number} ${title}\n${parts.join('')}`, { flag: 'wx' });
console.log(file);
