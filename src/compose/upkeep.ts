import type { ConnectParts } from '../connect/connect-parts.ts';
import { revocationHandlers } from '../connect/revocation-jobs.ts';
import { sweepAttempts } from '../connect/sweep-attempts.ts';
import { hourMs, minuteMs, secondMs } from '../domain/units.ts';
import { createJobRunner } from '../jobs/job-runner.ts';
import { noticeJob } from '../sinks/notices/notice.ts';
import type { Foundation } from './foundation.ts';
import type { HostedMcp } from './hosted-mcp.ts';
import { openNotices } from './notices.ts';

/** Work that Portcullis does without a call. Each kind may run in several processes on one database at once. */
export interface Upkeep {
  /** Does jobs until none is due: ends connections and tokens at Notion, and notifies the owner's system. */
  doJobs(): Promise<void>;
  /** Refreshes tokens that end soon, and asks Notion about connections that were not used for long. */
  refreshTokens(): Promise<void>;
  /**
   * Ends connections that were not confirmed in time, and deletes old attempts, old jobs, unused clients and unused
   * blocks.
   */
  tidyUp(): Promise<void>;
  /** Gives sinks what has a place in the log and they have not acknowledged. */
  deliverToSinks(): Promise<void>;
}

/** Everything that is done from time to time, and the timers for it unless the caller looks after that. */
export function openUpkeep(
  { config, log, stores, prometheus, now, background, closers }: Foundation,
  parts: {
    readonly connectParts: ConnectParts;
    readonly hosted: HostedMcp;
    readonly refreshTokens: () => Promise<void>;
  },
): Omit<Upkeep, 'deliverToSinks'> & { readonly wakeJobs: () => void } {
  const { connectParts, hosted, refreshTokens } = parts;
  const { jobs, recordEvent } = connectParts;
  const onError = (error: unknown, kind: string | null) => log.warn({ err: error, kind }, 'a job failed; trying again');
  const handlers = new Map([...revocationHandlers(connectParts), ...hosted.handlers]);
  const runner = createJobRunner({ jobs, handlers, onError });
  const { metrics } = prometheus;
  const notices = config.notices && openNotices(config.notices, { jobs, recordEvent, metrics, log, now });
  if (notices !== null) closers.push(notices.close);

  // With a receiver no notice is dropped, even if all gateways were off for long: it is delivered, or given up in the
  // log.
  const undoneKinds = notices === null ? [noticeJob] : [];
  const sweep = () => sweepAttempts(connectParts, undoneKinds);
  if (background) {
    const sweeping = setInterval(() => {
      sweep().catch(error => onError(error, 'sweep_attempts'));
      hosted.removeUnusedClients().catch(error => onError(error, 'remove_unused_clients'));
    }, minuteMs);
    const forgetting = setInterval(() => {
      stores.sweepPageIndex().catch(error => onError(error, 'sweep_page_index'));
    }, 6 * hourMs);
    closers.push(runner.start(), async () => {
      clearInterval(sweeping);
      clearInterval(forgetting);
    });
    if (notices !== null) closers.push(notices.runner.start(5 * secondMs));
  }
  return {
    async doJobs() {
      await runner.runDue();
      await notices?.runner.runDue();
    },
    refreshTokens,
    async tidyUp() {
      await sweep();
      await hosted.removeUnusedClients();
      await stores.sweepPageIndex();
    },
    wakeJobs() {
      if (background) runner.wake();
    },
  };
}
