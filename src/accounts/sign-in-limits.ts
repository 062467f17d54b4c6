import { isIPv6 } from 'node:net';
import type { HashCredential } from '../domain/credential-hash.ts';
import { minuteMs, type Now, secondMs } from '../domain/units.ts';

/** Counts of sign-ins that failed, shared by all instances. */
export interface SignInFailures {
  /** Adds one to the count of each subject in its window, and answers with the counts in the same order. */
  count(subjects: readonly string[], windowStart: Date): Promise<number[]>;
  /** Takes one back from a subject. */
  uncount(subject: string, windowStart: Date): Promise<void>;
  /** Forgets a subject. */
  clear(subject: string): Promise<void>;
}

export const limitWindowMs = 15 * minuteMs;
export const failuresPerAccountMax = 10;
export const failuresPerAddressMax = 50;

export type Admission =
  | { readonly admitted: true; readonly windowStart: Date }
  | {
      readonly admitted: false;
      readonly retryAfterSeconds: number;
      /** The first refusal of its kind in this window: worth an entry in the log, the thousandth is not. */
      readonly first: boolean;
    };

/** Who tries: an address, and the account that it tries, if any. */
export interface Attempt {
  readonly clientAddress: string;
  readonly email: string | null;
}

/**
 * Limits guessing. An attempt is counted before the password is looked at, so that many at once cannot slip through
 * between check and count; a success takes its count back and clears the account's.
 */
export interface SignInLimits {
  admit(attempt: Attempt): Promise<Admission>;
  forgive(attempt: Attempt, windowStart: Date): Promise<void>;
}

export function createSignInLimits(parts: {
  failures: SignInFailures;
  hashCredential: HashCredential;
  now: Now;
}): SignInLimits {
  const { failures, hashCredential, now } = parts;
  const accountSubject = (email: string) => `account:${hashCredential('account', email).toString('hex')}`;

  return {
    async admit({ clientAddress, email }) {
      const at = now().getTime();
      const windowStart = new Date(at - (at % limitWindowMs));
      const subjects = [addressSubject(clientAddress), ...(email === null ? [] : [accountSubject(email)])];
      const [ofAddress = 0, ofAccount = 0] = await failures.count(subjects, windowStart);
      const addressOver = ofAddress - failuresPerAddressMax;
      const accountOver = ofAccount - failuresPerAccountMax;
      if (addressOver <= 0 && accountOver <= 0) return { admitted: true, windowStart };
      const retryAfterSeconds = Math.ceil((windowStart.getTime() + limitWindowMs - at) / secondMs);
      return {
        admitted: false,
        retryAfterSeconds,
        first: addressOver === 1 || (accountOver === 1 && addressOver <= 0),
      };
    },

    async forgive({ clientAddress, email }, windowStart) {
      await failures.uncount(addressSubject(clientAddress), windowStart);
      if (email !== null) await failures.clear(accountSubject(email));
    },
  };
}

/** One customer of a provider has a whole /64 of IPv6 addresses (RFC 6177), so that is what counts as one. */
export function addressSubject(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return `address:${mapped[1]}`;
  const bare = address.split('%')[0] ?? address;
  return `address:${isIPv6(bare) ? `${networkOf(bare)}::/64` : bare}`;
}

/** The first four groups of an IPv6 address, without leading zeros. */
function networkOf(address: string): string {
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - groups.length - rest.length) }, () => '0');
  return [...groups, ...zeros, ...rest]
    .slice(0, 4)
    .map(group => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
