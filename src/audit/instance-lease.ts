import { type InstanceId, newId } from '../domain/ids.ts';
import { secondMs } from '../domain/units.ts';

/** Where leases are kept. The database's clock decides, never an instance's own (rule 24). */
export interface InstanceLeases {
  /** Registers an instance with a lease of `leaseMs`. */
  register(id: InstanceId, leaseMs: number): Promise<void>;
  /** Extends a lease that has not run out. False: it has, and the instance must take a new id. */
  renew(id: InstanceId, leaseMs: number): Promise<boolean>;
  /** Ends a lease at once, at an orderly stop. */
  release(id: InstanceId): Promise<void>;
  /** Ends every lease. Only for a database that no other process can be using. */
  releaseAll(): Promise<void>;
}

const leaseMs = 15 * secondMs;
const renewEveryMs = 5 * secondMs;

/** This process's right to write intents. After it has run out, intents that it left open count as unknown. */
export interface InstanceLease {
  id(): InstanceId;
  /** Whether the lease holds, on the cautious side: counted from before the last renewal was asked for. */
  holds(): boolean;
  close(): Promise<void>;
}

export async function holdInstanceLease(
  leases: InstanceLeases,
  options: { monotonicMs: () => number; onTrouble: (error: unknown) => void },
): Promise<InstanceLease> {
  let id = newId('ins');
  let holdsUntil = 0;

  async function take(): Promise<void> {
    const asked = options.monotonicMs();
    const fresh = newId('ins');
    await leases.register(fresh, leaseMs);
    id = fresh;
    holdsUntil = asked + leaseMs;
  }

  async function renew(): Promise<void> {
    const asked = options.monotonicMs();
    if (await leases.renew(id, leaseMs)) holdsUntil = asked + leaseMs;
    else await take();
  }

  await take();
  let renewing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    renewing = renewing.then(renew).catch(options.onTrouble);
  }, renewEveryMs);
  timer.unref();

  return {
    id: () => id,
    holds: () => options.monotonicMs() < holdsUntil,
    async close() {
      clearInterval(timer);
      await renewing;
      holdsUntil = 0;
      await leases.release(id).catch(options.onTrouble);
    },
  };
}
