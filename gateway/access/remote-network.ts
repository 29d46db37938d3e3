// Whom an address belongs to, for limits: one IPv4 address, or one IPv6 network of 64 bits, of which one customer has
// all addresses.
import { isIPv4, isIPv6 } from 'node:net';

const MAPPED_V4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** The network of a socket's remote address. */
export function networkOf(address: string | undefined): string {
  const plain = (address ?? '').replace(/%.*$/, '');
  const v4 = MAPPED_V4.exec(plain)?.[1] ?? plain;
  if (isIPv4(v4)) return v4;
  return isIPv6(plain) ? `${firstGroups(plain)}::/64` : 'unknown';
}

/** The first four groups, with `::` written out. */
function firstGroups(address: string): string {
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
