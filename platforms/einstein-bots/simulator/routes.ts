// Which request is which.
import type { SimulatorRequest } from '../../simulation/server';

/** A request of the API proper. */
export type ApiRoute =
  | { readonly kind: 'start'; readonly version: string; readonly botId: string }
  | { readonly kind: 'message' | 'end'; readonly version: string; readonly sessionId: string };

/** Any request. */
export type Route =
  | ApiRoute
  | { readonly kind: 'token' }
  | { readonly kind: 'introspect' }
  | { readonly kind: 'status' }
  | { readonly kind: 'versions' }
  | { readonly kind: 'unknown' };

const PLAIN = {
  'POST /services/oauth2/token': 'token',
  'POST /services/oauth2/introspect': 'introspect',
  'GET /status': 'status',
  'GET /versions': 'versions',
} as const;

/** See the file's comment. */
export function routeOf({ method, path }: Pick<SimulatorRequest, 'method' | 'path'>): Route {
  const plain = Object.entries(PLAIN).find(([key]) => key === `${method} ${path}`)?.[1];
  if (plain) return { kind: plain };
  const [, version = '', rest = ''] = /^\/v(\d+\.\d+\.\d+)(\/.+)$/.exec(path) ?? [];
  const [, botId] = /^\/bots\/([^/]+)\/sessions$/.exec(rest) ?? [];
  if (botId !== undefined && method === 'POST') return { kind: 'start', version, botId };
  const [, sessionId, messages] = /^\/sessions\/([^/]+)(\/messages)?$/.exec(rest) ?? [];
  if (sessionId === undefined) return { kind: 'unknown' };
  if (messages !== undefined && method === 'POST') return { kind: 'message', version, sessionId };
  if (messages === undefined && method === 'DELETE') return { kind: 'end', version, sessionId };
  return { kind: 'unknown' };
}
