import type { ConnectParts } from './connect-parts.ts';

/** Ends connections that nobody confirmed in time, and deletes attempts that nobody can go on with, and old jobs. */
export async function sweepAttempts({
  attempts,
  installations,
  jobs,
  wakeJobs,
}: Pick<ConnectParts, 'attempts' | 'installations' | 'jobs' | 'wakeJobs'>): Promise<void> {
  for (const connectionId of await installations.overdue()) await installations.abandon(connectionId, 'overdue');
  await attempts.purge();
  await jobs.purge();
  wakeJobs();
}
