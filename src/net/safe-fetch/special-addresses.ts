import { BlockList, isIP } from 'node:net';

/**
 * The special-purpose address registries of IANA (RFC 6890; registries as of 2025), and all other addresses that are
 * not public unicast. A stranger must not be able to send us to a server there.
 */
const special: readonly (readonly [network: string, prefix: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'], // "this network", RFC 791
  ['10.0.0.0', 8, 'ipv4'], // private use, RFC 1918
  ['100.64.0.0', 10, 'ipv4'], // shared address space, RFC 6598
  ['127.0.0.0', 8, 'ipv4'], // loopback, RFC 1122
  ['169.254.0.0', 16, 'ipv4'], // link local, RFC 3927: metadata services of clouds
  ['172.16.0.0', 12, 'ipv4'], // private use, RFC 1918
  ['192.0.0.0', 24, 'ipv4'], // IETF protocol assignments, RFC 6890
  ['192.0.2.0', 24, 'ipv4'], // documentation, RFC 5737
  ['192.31.196.0', 24, 'ipv4'], // AS112, RFC 7535
  ['192.52.193.0', 24, 'ipv4'], // AMT, RFC 7450
  ['192.88.99.0', 24, 'ipv4'], // 6to4 relay anycast, RFC 7526
  ['192.168.0.0', 16, 'ipv4'], // private use, RFC 1918
  ['192.175.48.0', 24, 'ipv4'], // AS112, RFC 7534
  ['198.18.0.0', 15, 'ipv4'], // benchmarking, RFC 2544
  ['198.51.100.0', 24, 'ipv4'], // documentation, RFC 5737
  ['203.0.113.0', 24, 'ipv4'], // documentation, RFC 5737
  ['224.0.0.0', 4, 'ipv4'], // multicast, RFC 5771
  ['240.0.0.0', 4, 'ipv4'], // reserved and broadcast, RFC 1112
];

/** The only space that unicast addresses are given out from (RFC 4291 section 2.4)… */
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** …and what of it is set apart, or leads to an IPv4 address that is hidden inside. */
const specialWithin: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23], // IETF protocol assignments, Teredo among them, RFC 2928
  ['2001:db8::', 32], // documentation, RFC 3849
  ['2002::', 16], // 6to4, RFC 3056
  ['2620:4f:8000::', 48], // AS112, RFC 7534
  ['3fff::', 20], // documentation, RFC 9637
];

const blocked = new BlockList();
for (const [network, prefix, family] of special) blocked.addSubnet(network, prefix, family);
for (const [network, prefix] of specialWithin) blocked.addSubnet(network, prefix, 'ipv6');

/**
 * True unless `address` is a public unicast address. IPv4-mapped addresses (`::ffff:10.0.0.1`), NAT64 addresses and
 * texts that are no address count as special too: we do not connect to an address that we cannot judge.
 */
export function isSpecialAddress(address: string): boolean {
  const family = isIP(address);
  // A zone (RFC 4007) is only of meaning on a link of this machine.
  if (family === 0 || address.includes('%')) return true;
  if (family === 4) return blocked.check(address, 'ipv4');
  return !globalUnicast.check(address, 'ipv6') || blocked.check(address, 'ipv6');
}
