import { compilePolicy } from '../authorize/compile-policy.ts';
import { stepDeadlines } from '../connect/connect-parts.ts';
import { silentLog } from '../domain/program-log.ts';
import { createPrometheus } from '../doors/health/prometheus.ts';
import { openStore } from '../store/open-store.ts';
import { createStores } from '../store/stores.ts';
import { closingInReverse } from './closing.ts';
import type { Foundation, Overrides, SettledConfig } from './foundation.ts';
import { openAudit } from './open-audit.ts';
import { openDoors } from './open-doors.ts';
import { openParts } from './open-parts.ts';
import { openRoot } from './root-keys.ts';

export type Composition = Awaited<ReturnType<typeof compose>>;

/**
 * Puts Portcullis together, and returns its inner parts; `createPortcullis` exposes those that are meant for callers.
 * Throws `StoreError` and `RootKeyError`, after closing everything that it had opened.
 */
export async function compose(config: SettledConfig, overrides: Overrides) {
  const { log = silentLog, now = () => new Date(), monotonicMs = () => performance.now() } = overrides;
  const { closers, close } = closingInReverse(log);
  let stopping = false;
  try {
    const store = overrides.store ?? (await openStore(config.database, { stamp: config.mode, log }));
    closers.push(store.close);
    const prometheus = createPrometheus();
    const { metrics } = prometheus;
    const stores = createStores(store.database, {
      compile: compilePolicy,
      now,
      metrics,
      auditLookAt: overrides.auditLookAt,
    });
    const place: Foundation = {
      ...(await openRoot(config, stores)),
      config,
      log,
      store,
      stores,
      now,
      monotonicMs,
      onAudit: overrides.onAudit,
      background: overrides.background ?? true,
      deadlines: overrides.deadlines ?? stepDeadlines,
      prometheus,
      publicUrl: config.publicUrl,
      stopping: () => stopping,
      closers,
    };
    const audit = await openAudit(place);
    const parts = await openParts(place, audit);
    const { gateway, doors, health, deliverToSinks } = await openDoors(place, audit, parts);
    const first = await parts.accounts.users.ensureFirstRun({ email: config.adminEmail, name: 'Administrator' });
    return {
      ...parts,
      upkeep: { ...parts.upkeep, deliverToSinks },
      gateway,
      doors,
      health,
      store,
      firstSignInUrl: first?.signInUrl ?? null,
      drain() {
        stopping = true;
      },
      close() {
        stopping = true;
        return close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
