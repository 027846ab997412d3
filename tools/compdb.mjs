// SPDX-License-Identifier: Apache-2.0
// node tools/compdb.mjs 'COMPILER FLAGS' FILE...: a compilation database for editors, on stdout.
const [command, ...files] = process.argv.slice(2);
const directory = process.cwd();
const entries = files.map((file) => ({ directory, file, command: `${command} -c ${file}` }));
console.log(JSON.stringify(entries, null, 2));
