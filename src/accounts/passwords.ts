import { type Algorithm, hash } from '@node-rs/argon2';
import type { HashCredential } from '../domain/credential-hash.ts';
import { PortcullisError } from '../domain/errors.ts';
import { KiB } from '../domain/units.ts';

/** NIST SP 800-63B section 5.1.1: length is what counts; the upper bound only keeps the hashing cheap. */
const passwordLengthMin = 12;
const passwordLengthMax = 256;

// The enum of the library is a declaration only, which erasable TypeScript cannot read at run time.
const argon2id = 2 satisfies Algorithm as Algorithm;

/** OWASP's first recommendation for argon2id: 19 MiB, two passes, one lane. Some 12 ms on the machine that wrote this. */
const cost = { algorithm: argon2id, memoryCost: 19 * KiB, timeCost: 2, parallelism: 1 } as const;

/** RFC 9106 section 3.1: 16 bytes are enough for a salt of a password. */
const saltBytes = 16;

/**
 * Passwords, as PHC strings. The salt comes from the address by a keyed hash, so one computation gives what the account with
 * this address and this password must have stored, however many accounts bear the address, and also when none does: an
 * attempt costs the same and its time tells nothing. Without the key of the deployment nobody can prepare a table.
 */
export interface Passwords {
  /** For a password that a person chooses. Throws `validation_error` for one that is too short or long. */
  choose(email: string, password: string): Promise<string>;
  /** What an account with that password would have stored; null for one that nobody can have chosen. */
  hashOf(email: string, password: string): Promise<string | null>;
}

export function createPasswords(hashCredential: HashCredential): Passwords {
  const hashWith = (email: string, password: string) => {
    const salt = hashCredential('password_salt', email).subarray(0, saltBytes);
    return hash(normalise(password), { ...cost, salt });
  };
  return {
    async choose(email, password) {
      const length = [...password].length;
      if (length < passwordLengthMin || length > passwordLengthMax) {
        throw new PortcullisError(
          'validation_error',
          `The password must have between ${passwordLengthMin} and ${passwordLengthMax} characters.`,
        );
      }
      return hashWith(email, password);
    },
    async hashOf(email, password) {
      return [...password].length > passwordLengthMax ? null : hashWith(email, password);
    },
  };
}

/**
 * An address and a password lead to one account. Says no more than this, because it is said to people who hold another
 * account with the same address; callers count it as a guess.
 */
export function passwordTaken(): PortcullisError {
  return new PortcullisError('validation_error', 'This password cannot be used. Choose another one.');
}

/** The same characters typed on another keyboard or system are the same password (NIST SP 800-63B section 5.1.1.2). */
function normalise(password: string): string {
  return password.normalize('NFKC');
}
