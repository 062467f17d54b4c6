import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { HashCredential } from '../domain/credential-hash.ts';
import { PortcullisError } from '../domain/errors.ts';
import { isId, type UserId } from '../domain/ids.ts';
import { networkOf } from '../domain/network-of.ts';
import { minuteMs, type Now, secondMs } from '../domain/units.ts';

/** Counts of sign-ins that failed, shared by all instances. */
export interface SignInFailures {
  /** Adds one to the count of each subject in its window, and returns the counts in the same order. */
  count(subjects: readonly string[], windowStart: Date): Promise<number[]>;
  /** Takes one back from a subject. */
  uncount(subject: string, windowStart: Date): Promise<void>;
}

export const limitWindowMs = 15 * minuteMs;
/** Wrong passwords for one account, or for all that bear its e-mail address, from one client address. */
export const failuresPerAccountMax = 10;
export const failuresPerAddressMax = 50;
/** Wrong passwords for an e-mail address from all client addresses together, except from browsers that signed in before. */
export const failuresOfStrangersMax = 200;

export type Admission =
  | {
      readonly admitted: true;
      readonly windowStart: Date;
      /** The account that this browser has signed in to before: strangers' attempts do not count for that one alone. */
      readonly knownTo: UserId | null;
    }
  | {
      readonly admitted: false;
      readonly retryAfterSeconds: number;
      /** The first refusal of its kind in this window: it gets an entry in the log, later ones do not. */
      readonly first: boolean;
    };

/**
 * The author of an attempt: the client's address, the e-mail address of the attempt, if any, and the cookie of an
 * earlier sign-in.
 */
export interface SignInAttempt {
  readonly clientAddress: string;
  readonly email: string | null;
  readonly device?: string | null;
}

export type Guess = Pick<SignInAttempt, 'clientAddress'> & { readonly email: string };

/**
 * Limits guessing. An attempt is counted before the password is checked, so that many attempts at once cannot slip
 * through between check and count. A success takes back only its own count: several accounts may have one e-mail
 * address, and a person who can sign in to one of them must not win free guesses at the others.
 *
 * No stranger can lock out the owner of an account: wrong passwords count against the address that they come from. The
 * limit on strangers does not apply to a browser that signed in to that same account before (OWASP, "Device cookies").
 */
export interface SignInLimits {
  admit(attempt: SignInAttempt): Promise<Admission>;
  /**
   * Counts an attempt that could show its author the password of another account with this address: a chosen password,
   * or one tried by a browser that is known to another account. It counts like a stranger's attempt, and is not taken
   * back.
   */
  admitGuess(guess: Guess): Promise<Admission>;
  forgive(attempt: SignInAttempt, windowStart: Date): Promise<void>;
  /** What a browser that signed in keeps, to be known the next time. */
  deviceOf(account: UserId, email: string): string;
}

export function createSignInLimits(parts: {
  failures: SignInFailures;
  hashCredential: HashCredential;
  now: Now;
}): SignInLimits {
  const { failures, hashCredential, now } = parts;
  const accountKey = (email: string) => hashCredential('account', email).toString('hex');
  const signatureOf = (account: string, nonce: string, email: string) =>
    hashCredential('device', `${nonce} ${account} ${email}`);

  /** The account in a device cookie, and the unique part of the cookie. Null for false ones. */
  function knownDevice(email: string, device: string | null | undefined): { account: UserId; nonce: string } | null {
    const [, account = '', nonce = '', signature = ''] =
      /^([\w-]+)\.([\w-]{22})\.([\w-]{43})$/.exec(device ?? '') ?? [];
    const given = Buffer.from(signature, 'base64url');
    const wanted = signatureOf(account, nonce, email);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
    return isId('usr', account) ? { account, nonce } : null;
  }

  function asStranger({ clientAddress, email }: Guess): Subject[] {
    const account = accountKey(email);
    return [
      { subject: `account:${account}:${addressSubject(clientAddress)}`, max: failuresPerAccountMax },
      { subject: `account:${account}`, max: failuresOfStrangersMax },
    ];
  }

  function subjectsOf({ clientAddress, email, device }: SignInAttempt): {
    subjects: Subject[];
    knownTo: UserId | null;
  } {
    const byAddress = { subject: addressSubject(clientAddress), max: failuresPerAddressMax };
    if (email === null) return { subjects: [byAddress], knownTo: null };
    const known = knownDevice(email, device);
    if (known === null) return { subjects: [byAddress, ...asStranger({ clientAddress, email })], knownTo: null };
    const byDevice = { subject: `device:${known.account}:${known.nonce}`, max: failuresPerAccountMax };
    return { subjects: [byAddress, byDevice], knownTo: known.account };
  }

  async function count(subjects: readonly Subject[], knownTo: UserId | null): Promise<Admission> {
    const at = now().getTime();
    const windowStart = new Date(at - (at % limitWindowMs));
    const counts = await failures.count(
      subjects.map(({ subject }) => subject),
      windowStart,
    );
    const over = subjects.map(({ max }, index) => (counts[index] ?? 0) - max);
    if (over.every(excess => excess <= 0)) return { admitted: true, windowStart, knownTo };
    const retryAfterSeconds = Math.ceil((windowStart.getTime() + limitWindowMs - at) / secondMs);
    return { admitted: false, retryAfterSeconds, first: over.every(excess => excess <= 1) };
  }

  return {
    async admit(attempt) {
      const { subjects, knownTo } = subjectsOf(attempt);
      return count(subjects, knownTo);
    },

    admitGuess: guess => count(asStranger(guess), null),

    async forgive(attempt, windowStart) {
      for (const { subject } of subjectsOf(attempt).subjects) await failures.uncount(subject, windowStart);
    },

    deviceOf(account, email) {
      const nonce = randomBytes(16).toString('base64url');
      return `${account}.${nonce}.${signatureOf(account, nonce, email).toString('base64url')}`;
    },
  };
}

interface Subject {
  readonly subject: string;
  readonly max: number;
}

/** Throws `rate_limited` if the attempt was not admitted. */
export function requireAdmitted(admission: Admission): Extract<Admission, { admitted: true }> {
  if (admission.admitted) return admission;
  const { retryAfterSeconds } = admission;
  throw new PortcullisError('rate_limited', 'Too many attempts with this address.', { retryAfterSeconds });
}

export function addressSubject(address: string): string {
  return `address:${networkOf(address)}`;
}
