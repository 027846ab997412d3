// SPDX-License-Identifier: Apache-2.0
// A network between a client and a server that a test can take away: connections go on and carry
// nothing, as behind a dead router.
import { connect, createServer } from 'node:net';

// { port, hold(), release() }: after hold() nothing passes, on open connections and new ones.
export function startProxy(t, port) {
  const sockets = new Set();
  let held = false;
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
    pass(outside, inside);
  });
  t.after(() => {
    listener.close();
    for (const socket of sockets) socket.destroy();
  });
  return new Promise((resolve) => {
    listener.listen(0, '127.0.0.1', () => resolve({
      port: listener.address().port,
      hold() { held = true; },
      release() {
        held = false;
        for (const socket of sockets) socket.destroy(); // what was lost meanwhile is lost
      },
    }));
  });
}
