import type { ConnectParts } from './connect-parts.ts';
import { createSealLeftToken } from './seal-left-token.ts';

type SweptParts = Pick<ConnectParts, 'attempts' | 'installations' | 'jobs' | 'vault' | 'wakeJobs'>;

/**
 * Ends connections that nobody confirmed in time, and deletes attempts that nobody can go on with, and old jobs.
 * @param undoneKinds jobs that nobody is there to do
 */
export async function sweepAttempts(
  { attempts, installations, jobs, vault, wakeJobs }: SweptParts,
  undoneKinds: readonly string[] = [],
): Promise<void> {
  const sealLeft = createSealLeftToken(vault);
  for (const connectionId of await installations.overdue()) {
    await installations.abandon(connectionId, 'overdue', sealLeft);
  }
  await attempts.purge();
  await jobs.purge(undoneKinds);
  wakeJobs();
}
