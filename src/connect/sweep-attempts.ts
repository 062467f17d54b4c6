import type { ConnectParts } from './connect-parts.ts';
import { createSealLeftToken } from './seal-left-token.ts';

/** Ends connections that nobody confirmed in time, and deletes attempts that nobody can go on with, and old jobs. */
export async function sweepAttempts({
  attempts,
  installations,
  jobs,
  vault,
  wakeJobs,
}: Pick<ConnectParts, 'attempts' | 'installations' | 'jobs' | 'vault' | 'wakeJobs'>): Promise<void> {
  const sealLeft = createSealLeftToken(vault);
  for (const connectionId of await installations.overdue()) {
    await installations.abandon(connectionId, 'overdue', sealLeft);
  }
  await attempts.purge();
  await jobs.purge();
  wakeJobs();
}
