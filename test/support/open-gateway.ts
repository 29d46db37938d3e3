// A gateway that listens, in this process, for what it does by itself: who may call, how much, and in what form. Its
// Temporal is not there unless a client is given.
import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import type {
  ApiKey,
  Configuration,
  GatewayConfiguration,
  OidcConfiguration,
  TenantConfiguration,
} from '../../domain/configuration';
import { DEFAULT_GATEWAY } from '../../contract/gateway';
import { createGateway } from '../../gateway/create-gateway';
import type { GatewayDeps } from '../../gateway/settings';
import { PLATFORMS } from '../../platforms';
import type { PlatformLog } from '../../platforms/platform';

/** Keys of the tenants `acme` (two) and `globex`, and of an operator. */
export const KEYS = {
  acme: 'acme-key-for-tests-only-0123456789',
  acmeNext: 'acme-next-key-for-tests-only-0123456789',
  globex: 'globex-key-for-tests-only-0123456789',
  operator: 'operator-key-for-tests-only-0123456789',
} as const;

/** A line of the log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** See the file's comment. */
export interface OpenGateway {
  readonly url: string;
  readonly port: number;
  /** Every line that was logged, of whatever level. */
  readonly log: readonly LogLine[];
  /** Calls it with a key; absent: without one. */
  call(path: string, call?: RequestInit & { readonly key?: string }): Promise<Response>;
  /** A tenant's call that is refused for its body alone (400), so that it tells who is let in. */
  knock(key?: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  close(): Promise<void>;
}

/** What a test changes. */
export interface OpenGatewayOptions extends Partial<Pick<GatewayDeps, 'connectionLimits' | 'keyTimes'>> {
  readonly gateway?: Partial<GatewayConfiguration>;
  readonly oidc?: Readonly<Record<'acme' | 'globex', OidcConfiguration>>;
  readonly client?: Client;
}

/** A configuration with two tenants that have nothing but who may call. */
export function accessConfiguration({ gateway, oidc }: OpenGatewayOptions = {}): Configuration {
  const tenant = (apiKeys: readonly ApiKey[], own?: OidcConfiguration): TenantConfiguration => ({
    apiKeys,
    ...(own && { oidc: own }),
    bots: {},
    connectors: {},
    integrations: {},
  });
  return {
    tenants: {
      acme: tenant([apiKey('backend', KEYS.acme), apiKey('next', KEYS.acmeNext)], oidc?.acme),
      globex: tenant([apiKey('backend', KEYS.globex)], oidc?.globex),
    },
    gateway: { ...DEFAULT_GATEWAY, operatorKeys: [apiKey('prometheus', KEYS.operator)], ...gateway },
  };
}

/** A log that keeps its lines. */
export function keptLog(): { readonly log: PlatformLog; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const keep = (fields: Record<string, unknown>, message: string): void =>
    void lines.push({ ...fields, message });
  return { log: { debug: keep, info: keep, warn: keep }, lines };
}

/** Opens one on a free port of loopback. */
export async function openGateway(options: OpenGatewayOptions = {}): Promise<OpenGateway> {
  const { connectionLimits, keyTimes } = options;
  const connection = options.client ? undefined : Connection.lazy({ address: '127.0.0.1:1' });
  const client = options.client ?? new Client({ ...(connection && { connection }) });
  const { log, lines } = keptLog();
  const app = createGateway({
    configuration: accessConfiguration(options),
    platforms: PLATFORMS,
    client,
    log,
    ...(connectionLimits && { connectionLimits }),
    ...(keyTimes && { keyTimes }),
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const call: OpenGateway['call'] = (path, { key, headers, ...init } = {}) =>
    fetch(`${url}${path}`, {
      ...init,
      headers: { ...(key !== undefined && { authorization: `Bearer ${key}` }), ...headers },
      signal: AbortSignal.timeout(20_000),
    });
  return {
    url,
    port,
    log: lines,
    call,
    knock: (key, headers) =>
      call('/v1/escalations', {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json', ...headers },
        ...(key !== undefined && { key }),
      }),
    async close() {
      await app.close();
      await connection?.close();
    },
  };
}

function apiKey(name: string, key: string): ApiKey {
  return { name, sha256: createHash('sha256').update(key).digest('hex') };
}
