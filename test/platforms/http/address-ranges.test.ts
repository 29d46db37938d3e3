// Every range of addresses that an outgoing call must not reach, by name, at its first and last address; and whether
// private networks, where they are allowed, take it in.
import { isAllowedAddress } from '../../../platforms/http/address';

type Where = 'public' | 'private' | 'never';

const RANGES: readonly (readonly [range: string, first: string, last: string, where: Where])[] = [
  // IPv4 (IANA special-purpose address registry).
  ['this network 0.0.0.0/8', '0.0.0.0', '0.255.255.255', 'never'],
  ['private 10.0.0.0/8', '10.0.0.0', '10.255.255.255', 'private'],
  ['shared 100.64.0.0/10', '100.64.0.0', '100.127.255.255', 'private'],
  ['loopback 127.0.0.0/8', '127.0.0.0', '127.255.255.255', 'private'],
  ['link-local 169.254.0.0/16', '169.254.0.0', '169.254.255.255', 'never'],
  ['private 172.16.0.0/12', '172.16.0.0', '172.31.255.255', 'private'],
  ['protocol assignments 192.0.0.0/24', '192.0.0.0', '192.0.0.255', 'never'],
  ['documentation 192.0.2.0/24', '192.0.2.0', '192.0.2.255', 'never'],
  ['private 192.168.0.0/16', '192.168.0.0', '192.168.255.255', 'private'],
  ['benchmarking 198.18.0.0/15', '198.18.0.0', '198.19.255.255', 'never'],
  ['documentation 198.51.100.0/24', '198.51.100.0', '198.51.100.255', 'never'],
  ['documentation 203.0.113.0/24', '203.0.113.0', '203.0.113.255', 'never'],
  ['multicast 224.0.0.0/4', '224.0.0.0', '239.255.255.255', 'never'],
  ['reserved 240.0.0.0/4', '240.0.0.0', '255.255.255.254', 'never'],
  ['broadcast', '255.255.255.255', '255.255.255.255', 'never'],
  // Where clouds keep credentials.
  ['metadata of AWS, Google, Azure and others', '169.254.169.254', '169.254.170.2', 'never'],
  ['metadata of Alibaba', '100.100.100.200', '100.100.100.200', 'never'],
  ['wire server of Azure', '168.63.129.16', '168.63.129.16', 'never'],
  ['metadata of AWS over IPv6', 'fd00:ec2::23', 'fd00:ec2::254', 'never'],
  ['metadata of Google over IPv6', 'fd20:ce::254', 'fd20:ce::254', 'never'],
  ['metadata of Scaleway over IPv6', 'fd00:42::42', 'fd00:42::42', 'never'],
  // IPv6.
  ['unspecified ::', '::', '::', 'never'],
  ['loopback ::1', '::1', '::1', 'private'],
  ['unique local fc00::/7', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'private'],
  ['link-local fe80::/10', 'fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'never'],
  ['link-local with a zone', 'fe80::1%eth0', 'fe80::1%1', 'never'],
  ['site-local fec0::/10', 'fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'never'],
  ['multicast ff00::/8', 'ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'never'],
  ['discard 100::/64', '100::', '100::ffff:ffff:ffff:ffff', 'never'],
  ['protocol assignments 2001::/23', '2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff', 'never'],
  ['Teredo 2001::/32', '2001:0:7f00:1::', '2001:0:ffff:ffff:ffff:ffff:ffff:ffff', 'never'],
  ['ORCHIDv2 2001:20::/28', '2001:20::', '2001:2f:ffff:ffff:ffff:ffff:ffff:ffff', 'never'],
  ['documentation 2001:db8::/32', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', 'never'],
  ['documentation 3fff::/20', '3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff', 'never'],
  ['segment routing 5f00::/16', '5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'never'],
  ['not assigned 4000::/3', '4000::', '5fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'never'],
  // IPv4 inside IPv6: mapped is the IPv4 address that it is, every other form leads nowhere.
  ['mapped loopback ::ffff:0:0/96', '::ffff:127.0.0.1', '::ffff:7fff:ffff', 'private'],
  ['mapped private', '::ffff:10.0.0.0', '::ffff:192.168.255.255', 'private'],
  ['mapped link-local', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', 'never'],
  ['mapped metadata of Alibaba', '::ffff:100.100.100.200', '::ffff:6464:64c8', 'never'],
  ['mapped public', '::ffff:8.8.8.8', '::ffff:101:101', 'public'],
  ['compatible ::/96', '::127.0.0.1', '::808:808', 'never'],
  ['translated ::ffff:0:0:0/96', '::ffff:0:127.0.0.1', '::ffff:0:8.8.8.8', 'never'],
  ['NAT64 64:ff9b::/96', '64:ff9b::7f00:1', '64:ff9b::808:808', 'never'],
  ['local NAT64 64:ff9b:1::/48', '64:ff9b:1::7f00:1', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff', 'never'],
  ['6to4 2002::/16', '2002:7f00:1::', '2002:808:808::1', 'never'],
  // What lies right beside them is as public as ever.
  ['below and above 10.0.0.0/8', '9.255.255.255', '11.0.0.0', 'public'],
  ['below and above 100.64.0.0/10', '100.63.255.255', '100.128.0.0', 'public'],
  ['below and above 127.0.0.0/8', '126.255.255.255', '128.0.0.0', 'public'],
  ['below and above 169.254.0.0/16', '169.253.255.255', '169.255.0.0', 'public'],
  ['below and above 172.16.0.0/12', '172.15.255.255', '172.32.0.0', 'public'],
  ['below and above 198.18.0.0/15', '198.17.255.255', '198.20.0.0', 'public'],
  ['the first and the last of 2400::/8', '2400::', '24ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'public'],
  // What is no address.
  ['nothing', '', ' ', 'never'],
  ['a name', 'localhost', 'example.com', 'never'],
];

describe('the address guard', () => {
  it.each(RANGES)('%s: %s and %s are %s', (_range, first, last, where) => {
    for (const address of [first, last]) {
      expect([address, isAllowedAddress(address, false)]).toEqual([address, where === 'public']);
      expect([address, isAllowedAddress(address, true)]).toEqual([address, where !== 'never']);
    }
  });
});
