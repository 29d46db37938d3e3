// The worker's health over HTTP: `/livez` says that the event loop turns, `/readyz` that the worker polls.
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { BatonError } from '../domain/errors';

/** A health endpoint. */
export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the health of a worker whose state `state()` tells. @throws BatonError `ESC_SERVER_PORT_BUSY` */
export async function serveHealth(options: {
  readonly port: number;
  readonly host: string;
  readonly state: () => string;
}): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const state = options.state();
    const ready = request.url !== '/readyz' || state === 'RUNNING';
    const known = request.url === '/livez' || request.url === '/readyz';
    response.writeHead(known ? (ready ? 200 : 503) : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ state }));
  });
  server.listen(options.port, options.host);
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    const detail = `port ${options.port} for the worker's health: choose another with --health-port or BATON_HEALTH_PORT`;
    throw new BatonError('ESC_SERVER_PORT_BUSY', detail, { cause: error });
  });
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
