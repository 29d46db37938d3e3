// Finds out whether a port is free before a server is started on it, so that the error can name the port and the
// option that changes it.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { BatonError } from '../domain/errors';

/** A port that something is about to listen on. */
export interface WantedPort {
  readonly port: number;
  /** What will listen there, for the error text: "the Temporal UI". */
  readonly use: string;
  /** The option that chooses another port: "--ui-port". */
  readonly option: string;
}

const LOOPBACK = '127.0.0.1';

/**
 * Checks that every port can be listened on at loopback.
 * @throws BatonError ESC_SERVER_PORT_BUSY that names all busy ports at once and the options to move them.
 */
export async function requireFreePorts(wanted: readonly WantedPort[]): Promise<void> {
  const busy: string[] = [];
  for (const { port, use, option } of wanted) {
    const failure = await listenFailure(port);
    if (failure === undefined) continue;
    const cause = failure === 'EADDRINUSE' ? 'is used by another process' : `cannot be used (${failure})`;
    busy.push(`port ${port} for ${use} ${cause}: stop that process, or choose another port with ${option} N`);
  }
  if (busy.length > 0) throw new BatonError('ESC_SERVER_PORT_BUSY', busy.join('; '));
}

/**
 * A port that is free now and that the system gives to nobody else unasked for about a minute, so that a process
 * that is given it has the time to start.
 *
 * Linux gives free ports at random and may give a closed one again at once; but not one with a connection in
 * TIME_WAIT, on which who asks for it by number may listen all the same. So one connection is made, and closed from
 * the listening side. macOS and Windows go through their range in turn; there that is not needed, and would use up
 * their smaller ranges sooner.
 */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, LOOPBACK);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  if (process.platform !== 'darwin' && process.platform !== 'win32') await leaveInTimeWait(server, port);
  server.close();
  await once(server, 'close');
  return port;
}

/** TIME_WAIT is with the side that closes first: that has to be the listening one. */
async function leaveInTimeWait(server: Server, port: number): Promise<void> {
  server.once('connection', (socket) => socket.resume().end());
  await once(connect(port, LOOPBACK).resume(), 'close');
}

function listenFailure(port: number): Promise<string | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message);
    });
    server.listen(port, LOOPBACK, () => {
      server.close(() => {
        resolve(undefined);
      });
    });
  });
}
