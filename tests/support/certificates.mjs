// SPDX-License-Identifier: Apache-2.0
// A certificate authority of a test, and what it signs; made by the openssl command in a folder
// that goes with the test.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './server.mjs';

function openssl(args, options = {}) {
  const result = spawnSync('openssl', args, { encoding: 'utf8', ...options });
  assert.equal(result.status, 0, `openssl ${args.join(' ')}: ${result.stderr}`);
}

const key = (file) => openssl(['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', file]);

export class Authority {
  constructor(t, name = 'test authority') {
    this.folder = temporaryFolder(t);
    this.ca = this.file('ca.pem');
    key(this.file('ca.key'));
    openssl(['req', '-x509', '-new', '-key', this.file('ca.key'), '-subj', `/CN=${name}`, '-days', '2', '-out', this.ca]);
  }

  file(name) {
    return join(this.folder, name);
  }

  // { certificate, key }: paths, of a certificate for `name`. options: alternative (subjectAltName), days.
  sign(name, { alternative = 'DNS:localhost,IP:127.0.0.1', days = 2 } = {}) {
    const files = { certificate: this.file(`${name}.pem`), key: this.file(`${name}.key`) };
    const request = this.file(`${name}.csr`);
    const extensions = this.file(`${name}.ext`);
    key(files.key);
    writeFileSync(extensions, `subjectAltName=${alternative}\n`);
    openssl(['req', '-new', '-key', files.key, '-subj', `/CN=${name}`, '-out', request]);
    openssl(['x509', '-req', '-in', request, '-CA', this.ca, '-CAkey', this.file('ca.key'), '-CAcreateserial',
      '-days', String(days), '-extfile', extensions, '-out', files.certificate]);
    return files;
  }
}

export const contents = (path) => readFileSync(path, 'utf8');
