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

/** The data of a workspace, before its policy is compiled. */
export interface LoadedWorkspace extends Pick<WorkspaceSnapshot, 'id' | 'connections'> {
  readonly policy: Policy;
}

/** Where snapshots come from. Null: there is no such workspace. One read, consistent in itself. */
export interface WorkspaceSnapshots {
  /** @param known an earlier revision: only what changed since then is read again */
  load(id: WorkspaceId, known: Policy | null): Promise<LoadedWorkspace | null>;
}

/** Workspaces kept in memory. The least recently used goes first. */
const cachedMax = 2_000;
/** It is remembered this long that a workspace does not exist, so that asking again costs nothing (rule 29). */
const missMs = 5_000;

interface Entry {
  readonly loaded: Promise<WorkspaceSnapshot | null>;
  missUntil: number;
  /** The policy as it was read, from which the next read goes on. Null until it is here. */
  policy: Policy | null;
  stale: boolean;
}

/**
 * Snapshots in memory. They may be stale, and that is harmless: an intent commits only on the current revision, and a call
 * that finds its snapshot outdated calls `forget` and is decided again. Loads of one workspace are shared.
 */
export function cacheSnapshots(
  source: WorkspaceSnapshots,
  compile: (policy: Policy) => PolicySnapshot,
  monotonicMs: () => number,
) {
  const cache = new Lru<Entry>(cachedMax);

  function load(id: WorkspaceId, known: Policy | null): Promise<WorkspaceSnapshot | null> {
    const reading = source.load(id, known);
    const loaded = reading.then(found => found && { ...found, policy: compile(found.policy) });
    const entry: Entry = { loaded, missUntil: Number.POSITIVE_INFINITY, policy: null, stale: false };
    cache.set(id, entry);
    reading.then(
      found => {
        if (found === null) entry.missUntil = monotonicMs() + missMs;
        else entry.policy = found.policy;
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
      if (entry === undefined || entry.missUntil <= monotonicMs()) return load(id, null);
      return entry.stale ? load(id, entry.policy) : entry.loaded;
    },
    forget(id: WorkspaceId): void {
      const entry = cache.get(id);
      if (entry !== undefined) entry.stale = true;
    },
  };
}
