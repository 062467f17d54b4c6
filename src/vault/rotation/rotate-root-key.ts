import type { WrappedKey } from '../../domain/connection.ts';
import type { InstanceId } from '../../domain/ids.ts';
import { nullIfUnopenable } from '../../domain/unopenable-error.ts';
import { type DeploymentSecretStore, deploymentSecretContext, type WrappedUnderRoot } from '../deployment-secret.ts';
import type { KnownRootKey } from '../root/key-ring.ts';
import { makeProof } from '../root/proof.ts';
import type { RootKey, RootKeys } from '../root/root-key.ts';
import { wrappingContext } from '../workspace-keys.ts';
import { type AtMoment, type OnProgress, passThrough } from './moments.ts';

/** What has to be changed to exchange the root key. */
export interface RootKeyChanges {
  all(): Promise<readonly KnownRootKey[]>;
  /** False: another exchange is not over yet. */
  stage(kid: string, proof: string): Promise<boolean>;
  /** Calls a staged key off. False: there is none. */
  withdraw(): Promise<boolean>;
  /** Running instances that have not opened the proof of the staged key. */
  unproven(): Promise<readonly InstanceId[]>;
  /** `staged → active → previous`, in one step and only if every running instance has proved. */
  promote(): Promise<PromoteResult>;
  countUnderOthers(activeKid: string): Promise<number>;
  /** The next workspace keys after one that another root key wraps. */
  underOthers(activeKid: string, after: WrappedKey | null, limit: number): Promise<readonly WrappedKey[]>;
  /** Compare-and-set on the values that were read. */
  rewrapKey(key: WrappedKey, to: WrappedUnderRoot): Promise<boolean>;
  rewrapSecret(from: WrappedUnderRoot, to: WrappedUnderRoot): Promise<boolean>;
}

export type StageResult = 'staged' | 'already_staged' | 'already_active' | 'unfinished';

/** Stages a root key: from now on running instances prove that they have it. Throws `RootKeyError`. */
export async function stageRootKey(changes: RootKeyChanges, key: RootKey): Promise<StageResult> {
  const same = (await changes.all()).find(({ kid }) => kid === key.kid);
  if (same?.state === 'active') return 'already_active';
  if (same?.state === 'staged') return 'already_staged';
  return (await changes.stage(key.kid, await makeProof(key))) ? 'staged' : 'unfinished';
}

export type PromoteResult =
  | { readonly kind: 'promoted'; readonly kid: string }
  | { readonly kind: 'nothing_staged' }
  | { readonly kind: 'unproven'; readonly instances: readonly InstanceId[] };

/** Makes the staged key the active one, once every running instance has proved that it has it. */
export async function promoteRootKey(
  changes: RootKeyChanges,
  atMoment: AtMoment = passThrough,
): Promise<PromoteResult> {
  const result = await changes.promote();
  if (result.kind === 'promoted') await atMoment('promoted');
  return result;
}

export interface RewrapResult {
  readonly rewrapped: number;
  /** Keys that no root key at hand opens. */
  readonly unopenable: readonly string[];
}

const batchSize = 100;

/**
 * Wraps everything under the active root key that is not wrapped under it yet. If it is interrupted, finished work
 * stays.
 */
export async function rewrapUnderRoot(parts: {
  root: RootKeys;
  changes: RootKeyChanges;
  secret: Pick<DeploymentSecretStore, 'find'>;
  atMoment?: AtMoment;
  onProgress?: OnProgress;
}): Promise<RewrapResult> {
  const { root, changes, secret, atMoment = passThrough, onProgress } = parts;
  const unopenable: string[] = [];
  const total = await changes.countUnderOthers(root.kid);
  let rewrapped = 0;
  const count = (done: boolean) => {
    if (done) rewrapped += 1;
    onProgress?.(rewrapped, Math.max(rewrapped, total));
  };

  const stored = await secret.find();
  if (stored !== null && stored.rootKid !== root.kid) {
    const bytes = await root.unwrap(stored.wrapped, deploymentSecretContext, stored.rootKid);
    count(await changes.rewrapSecret(stored, await wrap(root, bytes, deploymentSecretContext)));
    await atMoment('secret rewrapped');
  }
  let last: WrappedKey | null = null;
  for (;;) {
    const keys: readonly WrappedKey[] = await changes.underOthers(root.kid, last, batchSize);
    last = keys.at(-1) ?? null;
    if (last === null) return { rewrapped, unopenable };
    for (const key of keys) {
      const bytes = await root.unwrap(key.wrapped, wrappingContext(key), key.rootKid).catch(nullIfUnopenable);
      if (bytes === null) unopenable.push(key.kid);
      else count(await changes.rewrapKey(key, await wrap(root, bytes, wrappingContext(key))));
      await atMoment('key rewrapped');
    }
  }
}

async function wrap(root: RootKeys, bytes: Uint8Array, context: Parameters<RootKeys['wrap']>[1]) {
  const rootKid = root.kid;
  return { wrapped: await root.wrap(bytes, context), rootKid };
}
