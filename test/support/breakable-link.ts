// A TCP link to a server on loopback whose connections a test can break, whatever goes over them: what was under way is
// lost half way, in both directions.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** See the file's comment. */
export interface BreakableLink {
  /** Of the server, by way of the link: its path and query stay. */
  readonly url: string;
  /** Breaks every connection that is open; new ones are taken at once. */
  cut(): void;
  close(): Promise<void>;
}

/** A link to `url`. */
export async function createBreakableLink(url: string): Promise<BreakableLink> {
  const { hostname, port, pathname, search } = new URL(url);
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.pipe(other);
      // A broken side breaks the other: nobody waits for what cannot come.
      socket.once('error', () => other.destroy());
      socket.once('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of open) socket.resetAndDestroy();
  };
  const path = pathname === '/' ? '' : pathname;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}${search}`,
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}
