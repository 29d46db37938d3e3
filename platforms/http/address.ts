// Which IP addresses an outgoing call may reach. Everything that is not plain public unicast is refused, and
// the addresses where clouds keep their credentials are refused even where private networks are allowed.
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

const GLOBAL_UNICAST_V6 = ipaddr.parseCIDR('2000::/3');

/** IPv6 space inside 2000::/3 that leads elsewhere: protocol assignments, documentation, embedded IPv4. */
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'].map((cidr) =>
  ipaddr.parseCIDR(cidr),
);

/** Where clouds answer with machine credentials: AWS, Google, Alibaba, Azure. Link-local covers the rest. */
const METADATA = ['fd00:ec2::254', 'fd20:ce::254', '100.100.100.200', '168.63.129.16'].map((address) =>
  ipaddr.parse(address).toString(),
);

const PRIVATE_RANGES: readonly string[] = ['loopback', 'private', 'uniqueLocal', 'carrierGradeNat'];

/**
 * Whether a connection to this address is allowed. IPv4 written as IPv6 (`::ffff:127.0.0.1`) counts as the IPv4
 * that it is; what is no address at all is not allowed.
 */
export function isAllowedAddress(text: string, allowPrivateNetwork: boolean): boolean {
  const address = parseAddress(text);
  if (!address || METADATA.includes(address.toString())) return false;
  if (allowPrivateNetwork && PRIVATE_RANGES.includes(address.range())) return true;
  return isPublic(address);
}

function parseAddress(text: string): Address | undefined {
  const withoutZone = text.replace(/%.*$/, '');
  return ipaddr.isValid(withoutZone) ? ipaddr.process(withoutZone) : undefined;
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  if (address.kind() === 'ipv4') return true;
  return address.match(GLOBAL_UNICAST_V6) && !SPECIAL_V6.some((range) => address.match(range));
}
