// A line to a server on loopback that can be held at a word: what is sent from there on waits until it is let go.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** See the file's comment. */
export interface HeldLine {
  /** `host:port` of the near end. */
  readonly address: string;
  /** Resolves when this word was about to be sent, and was not. */
  holdAt(word: string): Promise<void>;
  /** Everything that waits goes on its way. */
  letGo(): void;
  close(): Promise<void>;
}

/** Opens a line to `address` (`host:port`). */
export async function openHeldLine(address: string): Promise<HeldLine> {
  const [host = '', port] = address.split(':');
  const sockets = new Set<Socket>();
  const waiting: (() => void)[] = [];
  let watched: { readonly word: string; readonly isHeld: () => void } | undefined;
  let held = false;
  const pass = (chunk: Buffer, far: Socket): void => {
    if (!held && watched !== undefined && chunk.includes(watched.word)) {
      held = true;
      watched.isHeld();
    }
    if (held) waiting.push(() => void far.write(chunk));
    else far.write(chunk);
  };
  const server = createServer((near) => {
    const far = connect(Number(port), host);
    near.on('data', (chunk: Buffer) => pass(chunk, far));
    far.on('data', (chunk: Buffer) => near.write(chunk));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    holdAt: (word) => new Promise((isHeld) => (watched = { word, isHeld })),
    letGo() {
      held = false;
      watched = undefined;
      waiting.splice(0).forEach((send) => send());
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
