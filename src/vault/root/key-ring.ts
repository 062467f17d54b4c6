import type { InstanceId } from '../../domain/ids.ts';
import type { RootKeyState } from '../../domain/key-states.ts';
import { RootKeyError } from '../../domain/root-key-error.ts';
import { assertProof, makeProof } from './proof.ts';
import type { RootKey, RootKeys } from './root-key.ts';

/** A root key as the database knows it: without the key. */
export interface KnownRootKey {
  readonly kid: string;
  readonly state: RootKeyState;
  readonly proof: string;
}

/** Stores what all instances have to know about root keys. */
export interface KnownRootKeys {
  all(): Promise<readonly KnownRootKey[]>;
  /** Names of the root keys under which something is wrapped. */
  inUse(): Promise<readonly string[]>;
  /** Makes a key the active one if there is none yet. */
  begin(kid: string, proof: string): Promise<void>;
  /** Notes that an instance has opened the proof of a key. */
  prove(kid: string, instance: InstanceId): Promise<void>;
}

/** The root keys that this process has, and which of them wraps. */
export interface RootKeyRing extends RootKeys {
  /** Reads the state of the root keys from the database, and proves a staged one on behalf of an instance. */
  refresh(instance: InstanceId | null): Promise<void>;
}

/**
 * Opens the ring at start. The first start makes the first key the active one. Throws `RootKeyError` `other_key` if a
 * key is missing that still wraps something. Without this check, the gateway would find one connection after the other
 * undecryptable.
 */
export async function openKeyRing(keys: readonly RootKey[], known: KnownRootKeys): Promise<RootKeyRing> {
  const byKid = new Map(keys.map(key => [key.kid, key]));
  const inUse = await known.inUse();
  const missing = inUse.find(kid => !byKid.has(kid));
  if (missing !== undefined) throw otherKey(keys, missing);
  const first = byKid.get(inUse[0] ?? '') ?? keys[0];
  if (first === undefined) throw new Error('a key ring needs a key');
  if ((await known.all()).length === 0) await known.begin(first.kid, await makeProof(first));

  let active = await findActive(known, byKid, null);

  return {
    get kid() {
      return active.kid;
    },
    wrap: (plaintext, context) => active.wrap(plaintext, context),
    async unwrap(wrapped, context, kid) {
      const key = byKid.get(kid);
      // Other instances may have the key, so this says nothing about the value.
      if (key === undefined) throw otherKey(keys, kid);
      return key.unwrap(wrapped, context);
    },
    async refresh(instance) {
      active = await findActive(known, byKid, active);
      const staged = (await known.all()).find(({ state }) => state === 'staged');
      const key = byKid.get(staged?.kid ?? '');
      if (staged === undefined || key === undefined || instance === null) return;
      await assertProof(key, staged.proof);
      await known.prove(key.kid, instance);
    },
  };
}

/** The key that is active now; proved again if it is not the former one. */
async function findActive(
  known: KnownRootKeys,
  byKid: ReadonlyMap<string, RootKey>,
  before: RootKey | null,
): Promise<RootKey> {
  const active = (await known.all()).find(({ state }) => state === 'active');
  const key = byKid.get(active?.kid ?? '');
  if (active === undefined || key === undefined) throw otherKey([...byKid.values()], active?.kid ?? 'none');
  if (key !== before) await assertProof(key, active.proof);
  return key;
}

function otherKey(keys: readonly RootKey[], wanted: string): RootKeyError {
  const have = keys.map(({ kid }) => kid).join(', ');
  return new RootKeyError(
    'other_key',
    `Stored keys are wrapped under the root key ${wanted}, and there is only ${have}. All gateways need the same: restore that key, or name it in PORTCULLIS_ROOT_KEYS.`,
  );
}
