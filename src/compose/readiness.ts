import { randomBytes, timingSafeEqual } from 'node:crypto';
import { secondMs } from '../domain/units.ts';
import type { ReadinessCheck } from '../doors/health/readiness.ts';
import type { Database } from '../store/database.ts';
import { isWritable } from '../store/is-writable.ts';
import type { Schema } from '../store/schema.ts';
import type { RootKeys } from '../vault/root/root-key.ts';
import { openAgainMs } from '../vault/workspace-keys.ts';

export interface ReadinessParts {
  readonly database: Pick<Database<Schema>, 'system'>;
  readonly root: RootKeys;
  /** Whether this instance may write to the log. */
  readonly leaseHolds: () => boolean;
  /** Whether entries get their places in the log, and its checkpoints, in time. */
  readonly logIsOnTime: () => boolean;
  readonly monotonicMs: () => number;
}

/** A key service counts, and charges for, every request. */
const rootKeyGoodForMs = 10 * secondMs;

/** What answering calls needs. */
export function readinessChecks(parts: ReadinessParts): ReadinessCheck[] {
  return [
    { name: 'database', holds: () => isWritable(parts.database) },
    // The lease is renewed by writing, so that it also says that writing worked within the last seconds.
    { name: 'audit_log', holds: parts.leaseHolds },
    { name: 'log_sequencer', holds: parts.logIsOnTime },
    rootKeyCheck(parts),
  ];
}

/** Workspace keys that are open stay open for a while: an outage of a key service must not become one of every instance. */
export function rootKeyCheck({ root, monotonicMs }: Pick<ReadinessParts, 'root' | 'monotonicMs'>) {
  let openedAtMs = Number.NEGATIVE_INFINITY;
  const openedWithin = (ms: number) => monotonicMs() - openedAtMs < ms;
  return {
    name: 'root_key',
    async holds() {
      if (openedWithin(rootKeyGoodForMs)) return true;
      if (!(await opensItsOwn(root))) return false;
      openedAtMs = monotonicMs();
      return true;
    },
    isBridged: () => openedWithin(openAgainMs),
  };
}

async function opensItsOwn(root: RootKeys): Promise<boolean> {
  const bytes = randomBytes(32);
  const context = { purpose: 'readiness' };
  const { kid } = root;
  const wrapped = await root.wrap(bytes, context);
  return timingSafeEqual(bytes, await root.unwrap(wrapped, context, kid));
}
