import { randomBytes, randomUUIDv7 } from 'node:crypto';
import type { WrappedKey } from '../domain/connection.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import { createBoundedCache } from './bounded-cache.ts';
import { RootKeyError } from './root-key-error.ts';
import type { RootKeys } from './root-keys.ts';
import { type Binding, type SealingKey, sealingKeyBytes, UnopenableError } from './sealed-value.ts';

/** Where wrapped keys are kept. Each method sees the keys of the named workspace alone. */
export interface WrappedKeys {
  /** The key that new values are sealed under; null when the workspace has none. */
  active(workspaceId: WorkspaceId): Promise<WrappedKey | null>;
  /** A key of this name that has not been destroyed. */
  find(workspaceId: WorkspaceId, kid: string): Promise<WrappedKey | null>;
  /** The highest version that the workspace ever had; 0 for none. */
  latestVersion(workspaceId: WorkspaceId): Promise<number>;
  /** The key that was stored last in any workspace; null when none was. */
  newest(): Promise<WrappedKey | null>;
  /** Stores a key as the active one unless the workspace has an active one; answers with the one it then has. */
  add(key: WrappedKey): Promise<WrappedKey>;
}

/** Makes and opens the keys of workspaces. */
export interface WorkspaceKeys {
  /** A first key for a workspace that is not stored yet: to be stored in the same transaction as the workspace. */
  make(workspaceId: WorkspaceId, version?: number): Promise<WrappedKey>;
  /** The key that new values are sealed under, made and stored if there is none. */
  active(workspaceId: WorkspaceId): Promise<WrappedKey>;
  open(key: WrappedKey): Promise<SealingKey>;
  /**
   * To be called at start. Throws `RootKeyError` `other_key` when the root key does not open what is stored: better than
   * a gateway that finds one connection after the other undecryptable.
   */
  assertRootKeyFits(): Promise<void>;
  /** Throws `UnopenableError` when there is no such key (any more), or the root key does not open it. */
  byKid(workspaceId: WorkspaceId, kid: string): Promise<SealingKey>;
}

const openKeysMax = 2_000;

export function createWorkspaceKeys({ root, store }: { root: RootKeys; store: WrappedKeys }): WorkspaceKeys {
  const opened = createBoundedCache<SealingKey>(openKeysMax);

  async function make(workspaceId: WorkspaceId, version = 1): Promise<WrappedKey> {
    const kid = `wk_${randomUUIDv7()}`;
    const bytes = randomBytes(sealingKeyBytes);
    const wrapped = await root.wrap(bytes, contextOf({ workspaceId, version, kid }));
    return { workspaceId, version, kid, wrapped, rootKid: root.kid };
  }

  async function open(key: WrappedKey): Promise<SealingKey> {
    const bytes = await root.unwrap(key.wrapped, contextOf(key));
    if (bytes.length !== sealingKeyBytes) throw new UnopenableError('its key has the wrong length');
    return { kid: key.kid, bytes };
  }

  return {
    make,
    open,
    async active(workspaceId) {
      const found = await store.active(workspaceId);
      if (found !== null) return found;
      return store.add(await make(workspaceId, (await store.latestVersion(workspaceId)) + 1));
    },
    async assertRootKeyFits() {
      const newest = await store.newest();
      if (newest === null) return;
      try {
        await open(newest);
      } catch (cause) {
        if (!(cause instanceof UnopenableError)) throw cause;
        const message = `The root key is ${root.kid}, but the stored tokens are kept under ${newest.rootKid}. Restore that key.`;
        throw new RootKeyError('other_key', message, { cause });
      }
    },
    async byKid(workspaceId, kid) {
      // The workspace is part of the cache's key: a kid alone must not lead across tenants (rule 4).
      const cacheKey = `${workspaceId} ${kid}`;
      const cached = opened.get(cacheKey);
      if (cached !== undefined) return cached;
      const stored = await store.find(workspaceId, kid);
      if (stored === null) throw new UnopenableError('its key is gone');
      const key = await open(stored);
      opened.set(cacheKey, key);
      return key;
    },
  };
}

function contextOf({ workspaceId, version, kid }: Pick<WrappedKey, 'workspaceId' | 'version' | 'kid'>): Binding {
  return { purpose: 'workspace key', workspace: workspaceId, version, kid };
}
