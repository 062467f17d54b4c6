import type { NoticesConfig } from '../config/config.ts';
import type { RecordEvent } from '../domain/event.ts';
import type { Metrics } from '../domain/metrics.ts';
import type { ProgramLog } from '../domain/program-log.ts';
import type { Now } from '../domain/units.ts';
import { createJobRunner } from '../jobs/job-runner.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { createSafeFetch } from '../net/safe-fetch/safe-fetch.ts';
import { createDeliverNotice } from '../sinks/notices/deliver-notice.ts';
import { noticeJob } from '../sinks/notices/notice.ts';

export interface NoticesOptions {
  readonly jobs: Jobs;
  readonly recordEvent: RecordEvent;
  readonly metrics: Pick<Metrics, 'noticeTried'>;
  readonly log: Pick<ProgramLog, 'warn' | 'error'>;
  readonly now: Now;
  readonly timeoutMs?: number;
}

/**
 * Sends notices about workspaces that come and go to the owner's system. It has a runner of its own, so a receiver that
 * hangs delays only notices. Close it after the runner has stopped.
 */
export function openNotices(config: NoticesConfig, options: NoticesOptions) {
  const { jobs, recordEvent, metrics, log, now, timeoutMs } = options;
  const allowLoopbackHttp = config.dangerouslyAllowLoopbackHttp;
  const { fetch, close } = createSafeFetch({ allowLoopbackHttp, ...(timeoutMs !== undefined && { timeoutMs }) });
  const deliver = createDeliverNotice({
    ...config,
    fetch,
    recordEvent,
    metrics,
    now,
    onGivenUp: detail => log.error(detail, 'a notice was given up'),
  });
  const runner = createJobRunner({
    jobs,
    handlers: new Map([[noticeJob, deliver]]),
    onError: error => log.warn({ err: error }, 'a notice was not taken; trying again'),
  });
  return { runner, close };
}
