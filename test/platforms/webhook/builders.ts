// Connectors and bots of the generic platform for tests, and a server that takes a desk's events.
import type http from 'node:http';
import type { BotConfiguration, ConnectorConfiguration } from '../../../domain/configuration';
import type { PlatformContext } from '../../../platforms/platform';
import { startServer } from '../http/servers';
import type { TestServer } from '../http/servers';

/** 24 bytes each. */
export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
export const OTHER_SECRET = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX';

/** Silent. */
export const CONTEXT: PlatformContext = {
  tenant: 'acme',
  name: 'desk',
  log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
};

/** A connector to a desk on loopback. */
export function aConnector(
  url: string,
  overrides: Partial<ConnectorConfiguration> = {},
): ConnectorConfiguration {
  return {
    platform: 'webhook',
    account: 'acme-desk',
    credentials: { secret: { reveal: () => SECRET } },
    options: { url },
    timeouts: { requestMs: 5_000, connectMs: 2_000, heartbeatMs: 10_000 },
    allowPrivateNetwork: true,
    ...overrides,
  };
}

/** A bot that takes messages on loopback. */
export function aBot(url: string, overrides: Partial<BotConfiguration> = {}): BotConfiguration {
  return {
    platform: 'webhook',
    options: { url, secret: { reveal: () => SECRET } },
    notices: { kind: 'webhook', url, secret: { reveal: () => SECRET } },
    retryWindowMs: 60_000,
    allowPrivateNetwork: true,
    ...overrides,
  };
}

/** Hands every request, with its bytes, to `take` and answers with the status that it gives. */
export function startCallbackServer(
  take: (headers: http.IncomingHttpHeaders, body: Buffer) => number,
): Promise<TestServer> {
  return startServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => response.writeHead(take(request.headers, Buffer.concat(chunks))).end());
  });
}
