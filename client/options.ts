// How a client is made, and what is taken where nothing is said.

/** Options of the client. One of `apiKey` and `getToken` is needed. */
export interface BatonClientOptions {
  /** Of the gateway, such as `https://baton.example.com`. */
  readonly baseUrl: string;
  /** One of the tenant's keys. */
  readonly apiKey?: string;
  /** A bearer token of the tenant's identity provider; asked before every try of a call. */
  readonly getToken?: () => string | Promise<string>;
  /** Longest time of a call with all its tries, in milliseconds. Event streams have no end of their own. @default 30000 */
  readonly timeoutMs?: number;
  /** Longest time of one try, in milliseconds. @default 10000 */
  readonly tryTimeoutMs?: number;
  /** How long an event stream may stay without a connection before it is given up, in milliseconds. @default 600000 */
  readonly reconnectMs?: number;
  /** @default the global one */
  readonly fetch?: typeof globalThis.fetch;
}

/** The options, all of them. */
export interface Settings {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly token: () => string | Promise<string>;
  readonly timeoutMs: number;
  readonly tryTimeoutMs: number;
  readonly reconnectMs: number;
  readonly fetch: typeof globalThis.fetch;
}

/** @throws TypeError for options that no call could work with; no key is named */
export function settingsOf(options: BatonClientOptions): Settings {
  const { apiKey, getToken } = options;
  if (!/^https?:\/\/[^\s?#]+$/.test(options.baseUrl))
    throw new TypeError('baseUrl is not an http or https URL without a query');
  if ((apiKey === undefined) === (getToken === undefined))
    throw new TypeError('give either apiKey or getToken');
  if (apiKey !== undefined && !isToken(apiKey)) throw new TypeError('apiKey is not one printable word');
  return {
    baseUrl: options.baseUrl.replace(/\/+$/, ''),
    token: getToken ?? (() => apiKey ?? ''),
    timeoutMs: options.timeoutMs ?? 30_000,
    tryTimeoutMs: options.tryTimeoutMs ?? 10_000,
    reconnectMs: options.reconnectMs ?? 600_000,
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
  };
}

/** What a header can carry: what cannot would be quoted in an error of the network library. */
export function isToken(token: string): boolean {
  return /^[\x21-\x7e]+$/.test(token);
}
