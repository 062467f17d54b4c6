import { randomBytes, randomUUIDv7 } from 'node:crypto';
import type { WrappedKey } from '../domain/connection.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import { Lru } from '../domain/lru.ts';
import { hourMs, minuteMs } from '../domain/units.ts';
import type { RootKeys } from './root/root-key.ts';
import { type Binding, type SealingKey, sealingKeyBytes, UnopenableError } from './sealed-value.ts';

/** Where wrapped keys are kept. Each method sees the keys of the named workspace alone. */
export interface WrappedKeys {
  /** The key that new values are sealed under; null when the workspace has none. */
  active(workspaceId: WorkspaceId): Promise<WrappedKey | null>;
  /** A key of this name that has not been destroyed. */
  find(workspaceId: WorkspaceId, kid: string): Promise<WrappedKey | null>;
  /** The highest version that the workspace ever had; 0 for none. */
  latestVersion(workspaceId: WorkspaceId): Promise<number>;
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
  /** Throws `UnopenableError` when there is no such key (any more), or the root key does not open it. */
  byKid(workspaceId: WorkspaceId, kid: string): Promise<SealingKey>;
}

const openKeysMax = 2_000;
/** A key that was destroyed elsewhere opens nothing here after this time. */
const askAgainMs = minuteMs;
/** A root key that was taken away (in its service) opens nothing here after this time; until then, neither do outages. */
const openAgainMs = hourMs;

interface Opened {
  readonly key: SealingKey;
  readonly wrapped: string;
  readonly openedMs: number;
  readonly askedMs: number;
}

export function createWorkspaceKeys(parts: {
  root: RootKeys;
  store: WrappedKeys;
  monotonicMs?: () => number;
}): WorkspaceKeys {
  const { root, store, monotonicMs = () => performance.now() } = parts;
  const opened = new Lru<Opened>(openKeysMax);

  async function make(workspaceId: WorkspaceId, version = 1): Promise<WrappedKey> {
    const kid = `wk_${randomUUIDv7()}`;
    const bytes = randomBytes(sealingKeyBytes);
    const rootKid = root.kid;
    const wrapped = await root.wrap(bytes, wrappingContext({ workspaceId, version, kid }));
    return { workspaceId, version, kid, wrapped, rootKid };
  }

  async function open(key: WrappedKey): Promise<SealingKey> {
    const bytes = await root.unwrap(key.wrapped, wrappingContext(key), key.rootKid);
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
    async byKid(workspaceId, kid) {
      // The workspace is part of the cache's key: a kid alone must not lead across tenants (rule 4).
      const cacheKey = `${workspaceId} ${kid}`;
      const cached = opened.get(cacheKey);
      const askedMs = monotonicMs();
      if (cached !== undefined && askedMs - cached.askedMs < askAgainMs) return cached.key;
      const stored = await store.find(workspaceId, kid);
      if (stored === null) {
        opened.delete(cacheKey);
        throw new UnopenableError('its key is gone');
      }
      const known = cached?.wrapped === stored.wrapped && askedMs - cached.openedMs < openAgainMs ? cached : null;
      const key = known?.key ?? (await open(stored));
      opened.set(cacheKey, { key, wrapped: stored.wrapped, openedMs: known?.openedMs ?? askedMs, askedMs });
      return key;
    },
  };
}

/** What a workspace's key is bound to while it is wrapped. */
export function wrappingContext({
  workspaceId,
  version,
  kid,
}: Pick<WrappedKey, 'workspaceId' | 'version' | 'kid'>): Binding {
  return { purpose: 'workspace key', workspace: workspaceId, version, kid };
}
