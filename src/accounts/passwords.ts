import { type Algorithm, hash, verify } from '@node-rs/argon2';
import { PortcullisError } from '../domain/errors.ts';
import { KiB } from '../domain/units.ts';

/** NIST SP 800-63B section 5.1.1: length is what counts; the upper bound only keeps the hashing cheap. */
const passwordLengthMin = 12;
const passwordLengthMax = 256;

// The enum of the library is a declaration only, which erasable TypeScript cannot read at run time.
const argon2id = 2 satisfies Algorithm as Algorithm;

/** OWASP's first recommendation for argon2id: 19 MiB, two passes, one lane. Some 12 ms on the machine that wrote this. */
const cost = { algorithm: argon2id, memoryCost: 19 * KiB, timeCost: 2, parallelism: 1 } as const;

/** Hashes a password that a person chose, as a PHC string. Throws `validation_error` for one that is too short or long. */
export async function hashNewPassword(password: string): Promise<string> {
  const length = [...password].length;
  if (length < passwordLengthMin || length > passwordLengthMax) {
    throw new PortcullisError(
      'validation_error',
      `The password must have between ${passwordLengthMin} and ${passwordLengthMax} characters.`,
    );
  }
  return hash(normalise(password), cost);
}

/**
 * Compares. Without a hash (no such account, or no password chosen yet) it does the same work against a hash that nothing
 * matches, so that the time of the answer does not tell which accounts exist.
 */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  if ([...password].length > passwordLengthMax) return false;
  const matches = await verify(passwordHash ?? (await hashOfNobody()), normalise(password));
  return matches && passwordHash !== null;
}

/** The same characters typed on another keyboard or system are the same password (NIST SP 800-63B section 5.1.1.2). */
function normalise(password: string): string {
  return password.normalize('NFKC');
}

let nobody: Promise<string> | undefined;

function hashOfNobody(): Promise<string> {
  nobody ??= hash('the password of nobody', cost);
  return nobody;
}
