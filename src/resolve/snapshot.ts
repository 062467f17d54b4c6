import type { ConnectionStatus } from '../domain/connection.ts';
import type { ConnectionId, UserId, WorkspaceId } from '../domain/ids.ts';
import { Lru } from '../domain/lru.ts';
import type { Policy } from '../domain/policy.ts';
import type { PolicySnapshot } from '../domain/policy-snapshot.ts';

/** What a workspace's decisions depend on, read at one moment. */
export interface WorkspaceSnapshot {
  readonly id: WorkspaceId;
  readonly policy: PolicySnapshot;
  readonly connections: readonly SnapshotConnection[];
}

export interface SnapshotConnection {
  readonly id: ConnectionId;
  readonly kind: 'rest' | 'mcp' | 'internal';
  readonly status: ConnectionStatus;
  readonly audience: 'members' | 'owner';
  readonly connectedBy: UserId;
}

/** What is read of a workspace, before its policy is compiled. */
export interface LoadedWorkspace extends Pick<WorkspaceSnapshot, 'id' | 'connections'> {
  readonly policy: Policy;
}

/** Where snapshots come from. Null: there is no such workspace. One read, consistent in itself. */
export interface WorkspaceSnapshots {
  load(id: WorkspaceId): Promise<LoadedWorkspace | null>;
}

/** Workspaces kept in memory. The least recently used goes first. */
const cachedMax = 2_000;
/** A workspace that does not exist is remembered this long, so that asking again costs nothing (rule 29). */
const missMs = 5_000;

/**
 * Snapshots in memory. They may be stale, and that is harmless: an intent commits only on the current revision, and
 * whoever finds theirs outdated calls `forget` and decides again. Loads of one workspace are shared.
 */
export function cacheSnapshots(
  source: WorkspaceSnapshots,
  compile: (policy: Policy) => PolicySnapshot,
  monotonicMs: () => number,
) {
  const cache = new Lru<{ readonly loaded: Promise<WorkspaceSnapshot | null>; missUntil: number }>(cachedMax);

  function load(id: WorkspaceId): Promise<WorkspaceSnapshot | null> {
    const loaded = source.load(id).then(found => found && { ...found, policy: compile(found.policy) });
    const entry = { loaded, missUntil: Number.POSITIVE_INFINITY };
    cache.set(id, entry);
    loaded.then(
      snapshot => {
        if (snapshot === null) entry.missUntil = monotonicMs() + missMs;
      },
      () => {
        if (cache.get(id) === entry) cache.delete(id);
      },
    );
    return loaded;
  }

  return {
    get(id: WorkspaceId): Promise<WorkspaceSnapshot | null> {
      const entry = cache.get(id);
      if (entry === undefined || entry.missUntil <= monotonicMs()) return load(id);
      return entry.loaded;
    },
    forget(id: WorkspaceId): void {
      cache.delete(id);
    },
  };
}
