import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a server that can go silent: connections stay open, and nothing passes any more, as when a cable is pulled. */
export async function openRelay(url: string) {
  const target = new URL(url);
  const sockets: Socket[] = [];
  const firstLeft = Promise.withResolvers<void>();
  const server = createServer((near) => {
    const far = connect({ host: target.hostname, port: Number(target.port) });
    sockets.push(near, far);
    for (const socket of [near, far]) socket.on('error', () => {});
    near.on('close', () => firstLeft.resolve());
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the relay has no port');
  const relayed = new URL(url);
  relayed.host = `127.0.0.1:${address.port}`;
  return {
    url: relayed.href,
    /** Resolves when a client has ended its connection. */
    firstLeft: firstLeft.promise,
    goSilent(): void {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close(): void {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
