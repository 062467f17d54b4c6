import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { HashCredential } from '../domain/credential-hash.ts';
import { networkOf } from '../domain/network-of.ts';
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
/** Wrong passwords for one account from one address. */
export const failuresPerAccountMax = 10;
export const failuresPerAddressMax = 50;
/** Wrong passwords for one account from all addresses together, except from browsers that signed in to it before. */
export const failuresOfStrangersMax = 200;

export type Admission =
  | { readonly admitted: true; readonly windowStart: Date }
  | {
      readonly admitted: false;
      readonly retryAfterSeconds: number;
      /** The first refusal of its kind in this window: worth an entry in the log, the thousandth is not. */
      readonly first: boolean;
    };

/** Who tries: an address, the account that it tries, if any, and what the browser shows of having signed in to it before. */
export interface Attempt {
  readonly clientAddress: string;
  readonly email: string | null;
  readonly device?: string | null;
}

/**
 * Limits guessing. An attempt is counted before the password is looked at, so that many at once cannot slip through
 * between check and count; a success takes its count back and clears the account's.
 *
 * Nobody can lock the owner of an account out: wrong passwords count against the address that they come from, and the
 * limit on strangers does not hold for a browser that signed in to the account before (OWASP, "Device cookies").
 */
export interface SignInLimits {
  admit(attempt: Attempt): Promise<Admission>;
  forgive(attempt: Attempt, windowStart: Date): Promise<void>;
  /** What a browser that signed in keeps, to be known the next time. */
  deviceOf(email: string): string;
}

export function createSignInLimits(parts: {
  failures: SignInFailures;
  hashCredential: HashCredential;
  now: Now;
}): SignInLimits {
  const { failures, hashCredential, now } = parts;
  const accountKey = (email: string) => hashCredential('account', email).toString('hex');
  const signatureOf = (email: string, nonce: string) => hashCredential('device', `${nonce} ${email}`);

  /** The part of a device cookie that is unlike any other; null for a cookie that is not of this account. */
  function knownDevice(email: string, device: string | null | undefined): string | null {
    const [, nonce = '', signature = ''] = /^([\w-]{22})\.([\w-]{43})$/.exec(device ?? '') ?? [];
    const given = Buffer.from(signature, 'base64url');
    const wanted = signatureOf(email, nonce);
    return given.length === wanted.length && timingSafeEqual(given, wanted) ? nonce : null;
  }

  function subjectsOf({ clientAddress, email, device }: Attempt): { subject: string; max: number }[] {
    const byAddress = { subject: addressSubject(clientAddress), max: failuresPerAddressMax };
    if (email === null) return [byAddress];
    const account = accountKey(email);
    const nonce = knownDevice(email, device);
    if (nonce !== null) return [byAddress, { subject: `device:${account}:${nonce}`, max: failuresPerAccountMax }];
    return [
      byAddress,
      { subject: `account:${account}:${byAddress.subject}`, max: failuresPerAccountMax },
      { subject: `account:${account}`, max: failuresOfStrangersMax },
    ];
  }

  return {
    async admit(attempt) {
      const at = now().getTime();
      const windowStart = new Date(at - (at % limitWindowMs));
      const subjects = subjectsOf(attempt);
      const counts = await failures.count(
        subjects.map(({ subject }) => subject),
        windowStart,
      );
      const over = subjects.map(({ max }, index) => (counts[index] ?? 0) - max);
      if (over.every(excess => excess <= 0)) return { admitted: true, windowStart };
      const retryAfterSeconds = Math.ceil((windowStart.getTime() + limitWindowMs - at) / secondMs);
      return { admitted: false, retryAfterSeconds, first: over.every(excess => excess <= 1) };
    },

    async forgive(attempt, windowStart) {
      const [byAddress, ...others] = subjectsOf(attempt);
      if (byAddress !== undefined) await failures.uncount(byAddress.subject, windowStart);
      for (const { subject } of others) await failures.clear(subject);
    },

    deviceOf(email) {
      const nonce = randomBytes(16).toString('base64url');
      return `${nonce}.${signatureOf(email, nonce).toString('base64url')}`;
    },
  };
}

export function addressSubject(address: string): string {
  return `address:${networkOf(address)}`;
}
