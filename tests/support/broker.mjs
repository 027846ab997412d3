// SPDX-License-Identifier: Apache-2.0
// mosquitto as a real broker: the machine's own, or the one that the bootstrap unpacked under build/.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder, top } from './server.mjs';
import { within } from './wait.mjs';

function findBroker() {
  const unpacked = join(top, 'build/broker');
  if (existsSync(join(unpacked, 'usr/sbin/mosquitto'))) {
    const libraries = join(unpacked, 'usr/lib');
    const folders = existsSync(libraries) ? [libraries, ...readdirSync(libraries).map((name) => join(libraries, name))] : [];
    return { path: join(unpacked, 'usr/sbin/mosquitto'), env: { LD_LIBRARY_PATH: folders.join(':') } };
  }
  const path = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto', '/usr/bin/mosquitto'].find((name) => existsSync(name));
  return path ? { path, env: {} } : null;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

// A program that comes with the broker: { path, env }.
export function brokerTool(name) {
  const found = findBroker();
  return { path: [join(found.path, '../../bin', name)].find((path) => existsSync(path)) ?? name, env: found.env };
}

// A running broker: { port, stop(), start() }, the port the same over restarts. `settings` are more
// lines of its configuration, of the listener.
export async function startBroker(t, settings = '') {
  const found = findBroker();
  if (!found) throw new Error('no mosquitto on this machine; tools/bootstrap test brings one');
  const folder = temporaryFolder(t);
  const port = await freePort();
  const config = join(folder, 'mosquitto.conf');
  writeFileSync(config, `listener ${port} 127.0.0.1\n${/allow_anonymous/.test(settings) ? '' : 'allow_anonymous true\n'}log_dest stderr\nlog_type all\nuser root\n${settings}`);
  const broker = { port, child: null, log: '' };
  broker.start = async () => {
    const child = spawn(found.path, ['-c', config], { env: { ...process.env, ...found.env }, stdio: ['ignore', 'ignore', 'pipe'] });
    broker.child = child;
    broker.ended = new Promise((resolve) => { child.once('close', resolve); });
    await within(new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => reject(new Error(`mosquitto ended with ${code}: ${broker.log}`)));
      child.stderr.on('data', (data) => {
        broker.log += data;
        if (/mosquitto version .* running/.test(data)) resolve();
      });
    }), 'mosquitto to run');
  };
  broker.stop = async () => {
    if (broker.child?.exitCode === null && broker.child.signalCode === null) {
      // Right after its start it may miss a SIGTERM, and nothing of it is to be kept.
      broker.child.kill('SIGKILL');
      await within(broker.ended, 'mosquitto to end');
    }
  };
  t.after(() => broker.stop());
  await broker.start();
  return broker;
}
