import type { ConnectParts } from './connect-parts.ts';

type SweptParts = Pick<ConnectParts, 'attempts' | 'installations' | 'jobs' | 'wakeJobs'>;

/**
 * Ends connections that nobody confirmed in time, and deletes attempts that nobody can go on with, and old jobs.
 * @param undoneKinds jobs that nobody is there to do
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
