import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isLoopback } from '../../domain/network-of.ts';
import { SafeFetchError } from './safe-fetch-error.ts';
import { isSpecialAddress } from './special-addresses.ts';

/** The addresses of a name, as `dns.lookup` with `all` gives them. */
export type ResolveName = (
  name: string,
  answer: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

const systemResolver: ResolveName = (name, answer) =>
  lookup(name, { all: true }, (error, addresses) => answer(error, addresses ?? []));

/**
 * True if requests may go to this address of this host. Loopback addresses are open to loopback *names* alone. A public
 * name that resolves to one is an attack, even if the settings allow loopback.
 */
export function mayConnect(host: string, address: string, allowLoopback: boolean): boolean {
  if (isLoopback(host)) return allowLoopback && isLoopback(address);
  return !isSpecialAddress(address);
}

/**
 * Name resolution for connections. The checked addresses are the very ones that are connected to, so a name that
 * changes between the check and its use (DNS rebinding) gains nothing. One bad address makes the whole answer bad.
 */
export function createGuardedLookup(allowLoopback: boolean, resolveName: ResolveName = systemResolver): LookupFunction {
  return (host, options, answer) => {
    resolveName(host, (error, addresses) => {
      const first = addresses[0];
      if (error !== null || first === undefined) return answer(error ?? new Error('no address'), []);
      if (addresses.some(({ address }) => !mayConnect(host, address, allowLoopback))) {
        return answer(new SafeFetchError('forbidden', 'the name leads to a special-use address'), []);
      }
      return options.all ? answer(null, [...addresses]) : answer(null, first.address, first.family);
    });
  };
}
