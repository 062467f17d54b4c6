import { randomBytes, randomUUIDv7 } from 'node:crypto';
import type { WrappedKey } from '../domain/connection.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import { RootKeyError } from '../domain/root-key-error.ts';
import { hourMs, minuteMs } from '../domain/units.ts';
import { UnopenableError } from '../domain/unopenable-error.ts';
import { createKeyMemory, type OpenedKey } from './key-memory.ts';
import type { RootKeys } from './root/root-key.ts';
import { type Binding, type SealingKey, sealingKeyBytes } from './sealed-value.ts';

/** Where wrapped keys are kept. Each method sees the keys of the named workspace alone. */
export interface WrappedKeys {
  /** The key that new values are sealed under; null if the workspace has none. */
  active(workspaceId: WorkspaceId): Promise<WrappedKey | null>;
  /** A key of this name that has not been destroyed. */
  find(workspaceId: WorkspaceId, kid: string): Promise<WrappedKey | null>;
  /** The highest version that the workspace ever had; 0 for none. */
  latestVersion(workspaceId: WorkspaceId): Promise<number>;
  /** Stores a key as the active one unless the workspace has an active one; returns the active one. */
  add(key: WrappedKey): Promise<WrappedKey>;
}

/**
 * Makes and opens the keys of workspaces. If a root key is needed and cannot be reached, the methods throw the
 * `PortcullisError` `keys_unavailable`, and never `UnopenableError`: the stored values are intact.
 */
export interface WorkspaceKeys {
  /** Makes the first key of a workspace that is not stored yet. Store it in the same transaction as the workspace. */
  make(workspaceId: WorkspaceId, version?: number): Promise<WrappedKey>;
  /** The key that new values are sealed under. If there is none, one is made and stored. */
  active(workspaceId: WorkspaceId): Promise<WrappedKey>;
  /** A copy of a key, for code that must still have it later. Throws `UnopenableError`. */
  open(key: WrappedKey): Promise<SealingKey>;
  /**
   * Works with the key of this name, which is not to be kept: it is overwritten when it leaves memory. Throws
   * `UnopenableError` when there is no such key (any more), or the root key does not open it.
   */
  use<T>(workspaceId: WorkspaceId, kid: string, work: (key: SealingKey) => Promise<T>): Promise<T>;
}

const openKeysMax = 2_000;
/** After another instance destroyed a key, this process opens nothing with it once this time has passed. */
const askAgainMs = minuteMs;
/**
 * After a root key was disabled in its service, this process opens nothing with it once this time has passed. Shorter
 * outages of the service do no harm.
 */
export const openAgainMs = hourMs;

export function createWorkspaceKeys(parts: {
  root: RootKeys;
  store: WrappedKeys;
  monotonicMs?: () => number;
}): WorkspaceKeys {
  const { root, store, monotonicMs = () => performance.now() } = parts;
  const memory = createKeyMemory({ sizeMax: openKeysMax, keepMs: openAgainMs });
  const opening = new Map<string, Promise<OpenedKey>>();

  /**
   * The stored key, opened: from memory, or by the root key. Calls at the same time share one request to the root key.
   */
  function openStored(stored: WrappedKey): Promise<OpenedKey> {
    const name = nameOf(stored.workspaceId, stored.kid);
    const from = `${name} ${stored.version} ${stored.rootKid} ${stored.wrapped}`;
    const askedMs = monotonicMs();
    const known = memory.get(name);
    if (known?.from === from && askedMs - known.openedMs < openAgainMs) {
      known.askedMs = askedMs;
      return Promise.resolve(known);
    }
    const asked = opening.get(from) ?? unwrap(stored, from, askedMs).finally(() => opening.delete(from));
    opening.set(from, asked);
    return asked;
  }

  async function unwrap(stored: WrappedKey, from: string, askedMs: number): Promise<OpenedKey> {
    const { workspaceId, kid, wrapped, rootKid } = stored;
    const bytes = await reach(root.unwrap(wrapped, wrappingContext(stored), rootKid));
    if (bytes.length !== sealingKeyBytes) throw new UnopenableError('its key has the wrong length');
    const opened = { key: { kid, bytes }, from, openedMs: askedMs, askedMs };
    memory.set(nameOf(workspaceId, kid), opened);
    return opened;
  }

  async function find(workspaceId: WorkspaceId, kid: string): Promise<OpenedKey> {
    const name = nameOf(workspaceId, kid);
    const known = memory.get(name);
    if (known !== undefined && monotonicMs() - known.askedMs < askAgainMs) return known;
    const stored = await store.find(workspaceId, kid);
    if (stored !== null) return openStored(stored);
    memory.delete(name);
    throw new UnopenableError('its key is gone');
  }

  async function lend<T>(look: () => Promise<OpenedKey>, work: (key: SealingKey) => Promise<T>): Promise<T> {
    for (;;) {
      const lent = await memory.lend(await look(), work);
      if (lent !== null) return lent.done;
    }
  }

  async function make(workspaceId: WorkspaceId, version = 1): Promise<WrappedKey> {
    const kid = `wk_${randomUUIDv7()}`;
    const bytes = randomBytes(sealingKeyBytes);
    const rootKid = root.kid;
    const wrapped = await reach(root.wrap(bytes, wrappingContext({ workspaceId, version, kid })));
    bytes.fill(0);
    return { workspaceId, version, kid, wrapped, rootKid };
  }

  return {
    make,
    async active(workspaceId) {
      const found = await store.active(workspaceId);
      if (found !== null) return found;
      return store.add(await make(workspaceId, (await store.latestVersion(workspaceId)) + 1));
    },
    open: stored =>
      lend(
        () => openStored(stored),
        async ({ kid, bytes }) => ({ kid, bytes: Uint8Array.from(bytes) }),
      ),
    use: (workspaceId, kid, work) => lend(() => find(workspaceId, kid), work),
  };
}

/** The workspace is part of the name: a kid alone must not lead across tenants (rule 4). */
function nameOf(workspaceId: WorkspaceId, kid: string): string {
  return `${workspaceId} ${kid}`;
}

/** If a root key cannot be reached, the caller is not to blame: the error says that the trouble will pass. */
async function reach<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    if (!(cause instanceof RootKeyError)) throw cause;
    throw new PortcullisError('keys_unavailable', undefined, { log: cause.message, cause });
  }
}

/** What a workspace's key is bound to while it is wrapped. */
export function wrappingContext({
  workspaceId,
  version,
  kid,
}: Pick<WrappedKey, 'workspaceId' | 'version' | 'kid'>): Binding {
  return { purpose: 'workspace key', workspace: workspaceId, version, kid };
}
