// SPDX-License-Identifier: Apache-2.0
// A network between a client and a server that a test can take away: connections go on and carry
// nothing, as behind a dead router.
import { connect, createServer } from 'node:net';

// { port, hold(), release(), cutAfter(bytes) }: after hold() nothing passes, on open connections and
// new ones; cutAfter ends all connections once the client got so many more bytes, wherever that is.
export function startProxy(t, port) {
  const sockets = new Set();
  let held = false;
  let left = Infinity;
  const cut = () => { for (const socket of sockets) socket.destroy(); };
  const watch = (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  };
  const pass = (from, to) => {
    from.on('data', (data) => { if (!held) to.write(data); });
    from.on('close', () => { if (!held) to.destroy(); });
  };
  const listener = createServer((inside) => {
    const outside = connect({ port, host: '127.0.0.1' });
    watch(inside);
    watch(outside);
    pass(inside, outside);
    outside.on('data', (data) => {
      if (held) return;
      inside.write(data.subarray(0, Math.min(left, data.length)));
      left -= data.length;
      if (left <= 0) {
        left = Infinity;
        inside.end(() => cut());
      }
    });
    outside.on('close', () => { if (!held) inside.destroy(); });
  });
  t.after(() => {
    listener.close();
    for (const socket of sockets) socket.destroy();
  });
  return new Promise((resolve) => {
    listener.listen(0, '127.0.0.1', () => resolve({
      port: listener.address().port,
      cutAfter(bytes) { left = bytes; },
      hold() { held = true; },
      release() {
        held = false;
        cut(); // what was lost meanwhile is lost
      },
    }));
  });
}
