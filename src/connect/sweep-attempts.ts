import type { ConnectParts } from './connect-parts.ts';

type SweptParts = Pick<ConnectParts, 'attempts' | 'installations' | 'jobs' | 'wakeJobs'>;

/**
 * Ends connections that were not confirmed in time. Deletes attempts that can no longer go on, and old jobs.
 * @param undoneKinds kinds of jobs that this process has no worker for
 */
export async function sweepAttempts(
  { attempts, installations, jobs, wakeJobs }: SweptParts,
  undoneKinds: readonly string[] = [],
): Promise<void> {
  for (const connectionId of await installations.overdue()) {
    await installations.abandon(connectionId, 'overdue');
  }
  await attempts.purge();
  await jobs.purge(undoneKinds);
  wakeJobs();
}
