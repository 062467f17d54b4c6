import { type SignerKey, signerKey } from '../proof/signing-keys.ts';
import type { LogSigners } from './sequence-round.ts';
import type { LogKeyStore } from './sequencing.ts';

/** Derives private keys: 32 bytes for each number, always the same ones. */
export type SeedOf = (number: number) => Uint8Array;

/**
 * The keys that sign now. The first key is made here, with the name that all logs keep from then on. Throws if a stored
 * public key is not that of our private key: then the database belongs to another deployment secret.
 *
 * @param nameIfNew what to call the logs of a deployment that has none yet
 */
export async function openLogKeys(
  store: LogKeyStore,
  { seedOf, nameIfNew }: { seedOf: SeedOf; nameIfNew: string },
): Promise<LogSigners> {
  let stored = await store.keys();
  if (stored.length === 0) {
    const { verifier } = signerKey(nameIfNew, seedOf(1));
    await store.addKey({ number: 1, name: nameIfNew, publicKey: verifier.text, overlapMs: 0 });
    stored = await store.keys();
  }
  const signers = stored
    .filter(({ signs }) => signs)
    .map(({ name, number, publicKey }): SignerKey => {
      const signer = signerKey(name, seedOf(number));
      if (signer.verifier.text === publicKey) return signer;
      throw new Error(`the key ${publicKey} of the log is not ours: the deployment secret is another one`);
    });
  return { name: stored.at(-1)?.name ?? nameIfNew, signers };
}

/** The result of asking for a new key. At most two keys sign, so that a verifier that pinned one of them can follow. */
export type LogKeyRotation =
  | { readonly kind: 'rotated'; readonly publicKey: string }
  | { readonly kind: 'no_key' | 'overlapping' };

/** Puts a new key in the place of the newest one, which goes on signing for a while. */
export async function rotateLogKey(
  store: LogKeyStore,
  { seedOf, overlapMs }: { seedOf: SeedOf; overlapMs: number },
): Promise<LogKeyRotation> {
  const stored = await store.keys();
  const newest = stored.at(-1);
  if (newest === undefined) return { kind: 'no_key' };
  if (stored.filter(({ signs }) => signs).length > 1) return { kind: 'overlapping' };
  const [name, number] = [newest.name, newest.number + 1];
  const publicKey = signerKey(name, seedOf(number)).verifier.text;
  await store.addKey({ number, name, publicKey, overlapMs });
  return { kind: 'rotated', publicKey };
}
