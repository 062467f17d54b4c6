import { BlockList, isIP } from 'node:net';

/** Whether an address lies in one of some networks; null: that cannot be said. */
export type InNetworks = (address: string) => boolean | null;

/**
 * Parses networks in CIDR notation. An invalid network contains no address, but an address may have been meant: so only
 * a match of another network is a clear answer. The same holds for an invalid address.
 */
export function parseNetworks(networks: readonly string[]): InNetworks {
  const list = new BlockList();
  let readable = true;
  for (const network of networks) readable = addTo(list, network) && readable;
  return address => {
    const family = familyOf(address);
    if (family === null) return null;
    return list.check(address, family) || (readable ? false : null);
  };
}

function addTo(list: BlockList, network: string): boolean {
  const [address = '', bits, ...rest] = network.split('/');
  const family = familyOf(address);
  const widest = family === 'ipv4' ? 32 : 128;
  const width = bits === undefined ? widest : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (family === null || rest.length > 0 || !(width <= widest)) return false;
  list.addSubnet(address, width, family);
  return true;
}

/** An address with a zone (`fe80::1%eth0`) means something on one machine only. */
function familyOf(address: string): 'ipv4' | 'ipv6' | null {
  const family = address.includes('%') ? 0 : isIP(address);
  if (family === 0) return null;
  return family === 4 ? 'ipv4' : 'ipv6';
}
