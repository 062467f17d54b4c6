import { RootKeyError } from '../../domain/root-key-error.ts';
import { nullIfUnopenable } from '../../domain/unopenable-error.ts';
import type { RootKey } from './root-key.ts';

const known = 'This is what a root key wraps to be recognised.';

const contextOf = (kid: string) => ({ purpose: 'proof of a root key', kid });

/**
 * A known value, wrapped: a process that can open it has the key. Refuses a key that ignores the context, because its
 * wrapped keys could be moved between workspaces: throws `RootKeyError` `unbound`.
 */
export async function makeProof(key: RootKey): Promise<string> {
  const proof = await key.wrap(Buffer.from(known), contextOf(key.kid));
  const elsewhere = await key.unwrap(proof, contextOf(`not ${key.kid}`)).catch(nullIfUnopenable);
  if (elsewhere !== null) {
    throw new RootKeyError(
      'unbound',
      `The root key ${key.kid} opens values outside their context. Use another type of key.`,
    );
  }
  await assertProof(key, proof);
  return proof;
}

/** Throws `RootKeyError` `other_key` unless the key opens the proof. */
export async function assertProof(key: RootKey, proof: string): Promise<void> {
  const opened = await key.unwrap(proof, contextOf(key.kid)).catch(nullIfUnopenable);
  if (opened !== null && Buffer.from(opened).toString() === known) return;
  throw new RootKeyError('other_key', `The root key ${key.kid} is not the one that had this name. Restore that key.`);
}
