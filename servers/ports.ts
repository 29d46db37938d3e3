// Finds out whether a port is free before a server is started on it, so that the error can name the port and the
// option that changes it.
import { createServer, type AddressInfo } from 'node:net';
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

/** A port that is free now. Nothing keeps it free until it is used. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOOPBACK, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
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
