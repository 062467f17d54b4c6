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
 * Passwords, as PHC strings. The salt comes from the address by a keyed hash. So one computation gives the hash that an
 * account with this address and password must have, even if several accounts or none have the address. An attempt
 * always costs the same, and its time shows nothing. Without the key of the deployment, a thief cannot prepare a table
 * of hashes.
 */
export interface Passwords {
  /** For a password that a person chooses. Throws `validation_error` for one that is too short or long. */
  choose(email: string, password: string): Promise<string>;
  /** The hash that an account with that password would have; null for a password that cannot have been chosen. */
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
 * An address and a password must lead to one account. The message says no more than this, because its reader has
 * another account with the same address; callers count it as a guess.
 */
export function passwordTaken(): PortcullisError {
  return new PortcullisError('validation_error', 'This password cannot be used. Choose another one.');
}

/** Typed on another keyboard or system, the same characters are the same password (NIST SP 800-63B section 5.1.1.2). */
function normalise(password: string): string {
  return password.normalize('NFKC');
}
