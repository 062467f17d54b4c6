import type { ConnectionPlace } from '../domain/connection.ts';
import type { ConnectionId, WorkspaceId } from '../domain/ids.ts';
import type { Answer } from '../domain/operation.ts';
import { minuteMs, type Now, secondMs } from '../domain/units.ts';
import { type Capability, learnFrom } from '../notion/capabilities.ts';

/** Something that an answer showed about a connection. */
export interface LearnedCapability {
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
  readonly capability: Capability;
  readonly held: boolean;
  /** The operation whose answer showed this. */
  readonly shownBy: string;
  readonly learnedAt: Date;
}

export interface CapabilityStore {
  /** Newer knowledge replaces older knowledge, in whatever order the two are saved. */
  save(learned: readonly LearnedCapability[]): Promise<void>;
  of(workspaceId: WorkspaceId): Promise<LearnedCapability[]>;
  /** The Notion behind this connection looks at the capability of this operation before it looks for the object. */
  saveCheckedFirst(place: ConnectionPlace, operation: string): Promise<void>;
  isCheckedFirst(place: ConnectionPlace, operation: string): Promise<boolean>;
}

const flushEveryMs = 10 * secondMs;
/** The same knowledge is written again only after this time. */
const sameAgainMs = minuteMs;
/** Recent lessons, to distinguish old ones from new ones. */
const recentMax = 10_000;

/** Learns from the answers that pass, and writes it down now and then: never in the way of a call. */
export function createCapabilityLearning(parts: {
  store: CapabilityStore;
  now: Now;
  onError: (error: unknown) => void;
}) {
  const { store, now, onError } = parts;
  const recent = new Map<string, { readonly held: boolean; readonly atMs: number }>();
  let waiting = new Map<string, LearnedCapability>();

  async function flush(): Promise<void> {
    const batch = [...waiting.values()];
    waiting = new Map();
    if (batch.length > 0) await store.save(batch).catch(onError);
  }

  const timer = setInterval(() => void flush(), flushEveryMs).unref();
  return {
    note(place: ConnectionPlace, operation: string, answer: Answer): void {
      const learnedAt = now();
      for (const { capability, held } of learnFrom(operation, answer)) {
        const key = `${place.connectionId} ${capability}`;
        const before = recent.get(key);
        if (before?.held === held && learnedAt.getTime() - before.atMs < sameAgainMs) continue;
        if (recent.size >= recentMax) recent.clear();
        recent.set(key, { held, atMs: learnedAt.getTime() });
        waiting.set(key, { ...place, capability, held, shownBy: operation, learnedAt });
      }
    },
    /** Resolves when everything learned so far is written, or could not be. */
    flush,
    async close(): Promise<void> {
      clearInterval(timer);
      await flush();
    },
  };
}
