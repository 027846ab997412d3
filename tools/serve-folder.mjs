// SPDX-License-Identifier: Apache-2.0
// Serves the files of one folder on loopback, until it is ended: node tools/serve-folder.mjs FOLDER [PORT]
import { createReadStream, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

const [folder, port = '8080'] = process.argv.slice(2);
const files = new Set(readdirSync(folder));
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' };

createServer((request, response) => {
  const name = new URL(request.url, 'http://localhost').pathname.slice(1) || 'index.html';
  if (!files.has(name)) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': types[extname(name)] ?? 'application/octet-stream' });
  createReadStream(join(folder, name)).pipe(response);
}).on('error', (error) => {
  console.error(`can't listen on port ${port}: ${error.code === 'EADDRINUSE' ? 'it is taken; give another one' : error.message}`);
  process.exit(1);
}).listen(Number(port), '127.0.0.1', function () {
  console.log(`http://127.0.0.1:${this.address().port}/?server=http://localhost:3000`);
});
