// Loopback servers and small helpers for the tests of outgoing calls.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { BatonError } from '../../../domain/errors';

/** A running server. */
export interface TestServer {
  /** Without a path. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Starts an HTTP server on a free port of loopback. */
export async function startServer(handler: http.RequestListener): Promise<TestServer> {
  const server = http.createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The BatonError that a promise must end with. */
export async function failureOf(promise: Promise<unknown>): Promise<BatonError> {
  const outcome = await promise.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  );
  if (outcome instanceof BatonError) return outcome;
  throw new Error(`not a BatonError: ${String(outcome)}`, { cause: outcome });
}
