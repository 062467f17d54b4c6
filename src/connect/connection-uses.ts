import type { ConnectionId, WorkspaceId } from '../domain/ids.ts';
import { secondMs } from '../domain/units.ts';

/** Stores the time of a connection's last use. An older time never replaces a newer one. */
export interface ConnectionUseStore {
  noteUses(uses: readonly ConnectionUse[]): Promise<void>;
}

export interface ConnectionUse {
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
  readonly at: Date;
}

const flushEveryMs = 10 * secondMs;

/** Remembers when connections last served a call, and writes it down now and then: never in the way of a call. */
export function createConnectionUses(store: ConnectionUseStore, onError: (error: unknown) => void) {
  let uses = new Map<ConnectionId, ConnectionUse>();

  async function flush(): Promise<void> {
    const batch = [...uses.values()];
    uses = new Map();
    if (batch.length > 0) await store.noteUses(batch).catch(onError);
  }

  const timer = setInterval(() => void flush(), flushEveryMs).unref();
  return {
    note(use: ConnectionUse): void {
      uses.set(use.connectionId, use);
    },
    async close(): Promise<void> {
      clearInterval(timer);
      await flush();
    },
  };
}
