// The guard in front of every outgoing connection. It looks at the URL, at each address that a name resolves to,
// and at the address actually connected to: a guard in `lookup` alone is none, since Node never calls it for
// literal addresses.
import dns from 'node:dns';
import net from 'node:net';
import type { LookupFunction } from 'node:net';
import { BatonError } from '../../domain/errors';
import { isAllowedAddress } from './address';

/** What outgoing calls may reach. */
export interface EgressPolicy {
  /** Loopback and private addresses, plain http and ws, and any port: only for simulators and self-hosted desks. */
  readonly allowPrivateNetwork: boolean;
  /**
   * Names for which the same holds although it does not for all. Exactly these names, whatever their case: no
   * address, no name below them. Addresses where clouds keep credentials stay refused.
   */
  readonly privateHosts?: readonly string[] | undefined;
  /** Ports allowed besides. @default [443, 8443]; where private addresses are allowed, any */
  readonly allowedPorts?: readonly number[];
  /** Name resolution; replaced in tests. @default node:dns */
  readonly resolve?: Resolve;
}

/** Resolves a name to all of its addresses. */
export type Resolve = (
  hostname: string,
  callback: (error: Error | null, addresses: readonly { address: string; family: number }[]) => void,
) => void;

const DEFAULT_PORTS: readonly number[] = [443, 8443];
const SECURE: readonly string[] = ['https:', 'wss:'];
const PLAIN: readonly string[] = ['http:', 'ws:'];

const systemResolve: Resolve = (hostname, callback) =>
  dns.lookup(hostname, { all: true, verbatim: true }, (error, addresses) => callback(error, addresses ?? []));

/** The error of a refused destination. It names the host and never the path, which may hold a token. */
export function blocked(host: string, why: string): BatonError {
  return new BatonError('ESC_EGRESS_BLOCKED', `${host}: ${why}`);
}

/**
 * The parsed URL, if it may be called.
 *
 * @throws BatonError `ESC_EGRESS_BLOCKED` for another scheme or port, user info, or a literal address out of bounds.
 */
export function checkUrl(text: string, policy: EgressPolicy): URL {
  if (!URL.canParse(text)) throw blocked('the configured URL', 'it is not a URL');
  const url = new URL(text);
  const secure = SECURE.includes(url.protocol);
  const isPrivate = mayBePrivate(url.hostname, policy);
  if (!secure && !(isPrivate && PLAIN.includes(url.protocol)))
    throw blocked(url.host, `the scheme ${url.protocol} is not allowed`);
  if (url.username || url.password) throw blocked(url.host, 'a URL must not hold a user name or password');
  const port = Number(url.port || (secure ? 443 : 80));
  if (!isAllowedPort(port, isPrivate, policy)) throw blocked(url.host, `port ${port} is not allowed`);
  checkLiteral(url.hostname, policy);
  return url;
}

/** Refuses a literal address that is out of bounds; names pass, {@link guardedLookup} sees to them. */
export function checkLiteral(hostname: string, policy: EgressPolicy): void {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (net.isIP(host) && !isAllowedAddress(host, policy.allowPrivateNetwork))
    throw blocked(hostname, 'the address is not public');
}

/** Refuses a connection that was made to an address out of bounds, whatever led there. */
export function checkConnected(socket: net.Socket, hostname: string, policy: EgressPolicy): void {
  if (!socket.remoteAddress || !isAllowedAddress(socket.remoteAddress, mayBePrivate(hostname, policy)))
    throw blocked(hostname, 'the connected address is not public');
}

/** A `lookup` for sockets: one address out of bounds refuses the name, so that mixed answers win nothing. */
export function guardedLookup(policy: EgressPolicy): LookupFunction {
  const resolve = policy.resolve ?? systemResolve;
  return (hostname, options, callback) => {
    const isPrivate = mayBePrivate(hostname, policy);
    resolve(hostname, (error, addresses) => {
      const [first] = addresses;
      if (error) return callback(error, '');
      if (!first || addresses.some(({ address }) => !isAllowedAddress(address, isPrivate)))
        return callback(blocked(hostname, 'the name leads to an address that is not public'), '');
      if (options.all) return callback(null, [...addresses]);
      return callback(null, first.address, first.family);
    });
  };
}

/** Whether this host may be on a private network. A literal address is no name, even where somebody listed it. */
function mayBePrivate(hostname: string, { allowPrivateNetwork, privateHosts = [] }: EgressPolicy): boolean {
  if (allowPrivateNetwork) return true;
  const host = hostname.toLowerCase();
  return !isLiteral(host) && privateHosts.some((name) => name.toLowerCase() === host);
}

function isLiteral(host: string): boolean {
  return host.startsWith('[') || net.isIP(host) !== 0;
}

function isAllowedPort(port: number, isPrivate: boolean, policy: EgressPolicy): boolean {
  if (policy.allowedPorts) return policy.allowedPorts.includes(port);
  return isPrivate || DEFAULT_PORTS.includes(port);
}
