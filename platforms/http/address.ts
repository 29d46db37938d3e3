// Which IP addresses an outgoing call may reach. Everything that is not plain public unicast is refused, and
// the addresses where clouds keep their credentials are refused even where private networks are allowed.
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

const GLOBAL_UNICAST_V6 = ipaddr.parseCIDR('2000::/3');

/** IPv6 space inside 2000::/3 that leads elsewhere: protocol assignments, documentation, embedded IPv4. */
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'].map((cidr) =>
  ipaddr.parseCIDR(cidr),
);

/** Where clouds answer with machine credentials: AWS, Google, Scaleway; Alibaba, Azure. Link-local covers the rest. */
const METADATA = [
  'fd00:ec2::/32',
  'fd20:ce::254/128',
  'fd00:42::42/128',
  '100.100.100.200/32',
  '168.63.129.16/32',
].map((cidr) => ipaddr.parseCIDR(cidr));

const PRIVATE_RANGES: readonly string[] = ['loopback', 'private', 'uniqueLocal', 'carrierGradeNat'];

/**
 * Whether a connection to this address is allowed. IPv4 written as IPv6 (`::ffff:127.0.0.1`) counts as the IPv4
 * that it is; what is no address at all is not allowed.
 */
export function isAllowedAddress(text: string, allowPrivateNetwork: boolean): boolean {
  const address = parseAddress(text);
  if (!address || isMetadata(address)) return false;
  if (allowPrivateNetwork && PRIVATE_RANGES.includes(address.range())) return true;
  return isPublic(address);
}

function parseAddress(text: string): Address | undefined {
  const plain = undotted(text.replace(/%.*$/, ''));
  return ipaddr.isValid(plain) ? ipaddr.process(plain) : undefined;
}

/** Without the dotted tail that IPv6 may have: the library takes `::127.0.0.1` for `::ffff:127.0.0.1`, which it is not. */
function undotted(text: string): string {
  const [, head = '', tail = ''] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text) ?? [];
  if (!ipaddr.IPv4.isValid(tail)) return text;
  const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv4.parse(tail).octets;
  return `${head}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function isMetadata(address: Address): boolean {
  return METADATA.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  if (address.kind() === 'ipv4') return true;
  return address.match(GLOBAL_UNICAST_V6) && !SPECIAL_V6.some((range) => address.match(range));
}
