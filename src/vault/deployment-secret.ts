import { randomBytes } from 'node:crypto';
import { type DeriveKey, deriveKeysFrom } from './derive-key.ts';
import type { RootKeys } from './root/root-key.ts';

/** Something wrapped under a root key, and that key's name. */
export interface WrappedUnderRoot {
  readonly wrapped: string;
  readonly rootKid: string;
}

/** The storage of the wrapped deployment secret. */
export interface DeploymentSecretStore {
  find(): Promise<WrappedUnderRoot | null>;
  /** Stores it unless there is one; returns the stored one. */
  add(secret: WrappedUnderRoot): Promise<WrappedUnderRoot>;
}

const secretBytes = 64;

/** What the deployment secret is bound to. */
export const deploymentSecretContext = { purpose: 'deployment secret' };

/**
 * Opens the secret from which the keys of all keyed hashes derive, made at the first start. Not the root key itself, so that
 * keyed hashes outlive it and work with root keys that never leave their service. Throws what `root` throws.
 */
export async function openDeploymentSecret(root: RootKeys, store: DeploymentSecretStore): Promise<DeriveKey> {
  return readDeploymentSecret(root, (await store.find()) ?? (await store.add(await make(root))));
}

/** Opens the one that is stored. Throws what `root` throws. */
export async function readDeploymentSecret(
  root: Pick<RootKeys, 'unwrap'>,
  { wrapped, rootKid }: WrappedUnderRoot,
): Promise<DeriveKey> {
  return deriveKeysFrom(await root.unwrap(wrapped, deploymentSecretContext, rootKid));
}

async function make(root: RootKeys): Promise<WrappedUnderRoot> {
  const rootKid = root.kid;
  return { wrapped: await root.wrap(randomBytes(secretBytes), deploymentSecretContext), rootKid };
}
