import { minuteMs } from '../domain/units.ts';
import type { Job, Jobs } from './jobs.ts';

/** Does a job. `again` leaves it for a later attempt; so does an error. */
export type JobHandler = (job: Job) => Promise<'done' | 'again'>;

/** A server that a job depends on has said when to come back. */
export class ComeBackLaterError extends Error {
  readonly waitSeconds: number;

  constructor(message: string, waitSeconds: number) {
    super(message);
    this.waitSeconds = waitSeconds;
  }
}

export interface JobRunner {
  /** Works until no job is due. */
  runDue(): Promise<void>;
  /** Looks for due jobs now, without waiting for them. */
  wake(): void;
  /** Looks for due jobs from time to time, until the answered function is called; that waits for the one under way. */
  start(everyMs?: number): () => Promise<void>;
}

export function createJobRunner(parts: {
  jobs: Jobs;
  handlers: ReadonlyMap<string, JobHandler>;
  /** Called with attempts that failed unexpectedly; they are tried again. */
  onError: (error: unknown, jobKind: string | null) => void;
}): JobRunner {
  const { jobs, handlers, onError } = parts;
  const kinds = [...handlers.keys()];
  let last: Promise<void> = Promise.resolve();
  let stopped = false;

  async function attempt(job: Job): Promise<void> {
    try {
      const end = await handlers.get(job.kind)?.(job);
      if (end === 'done') await jobs.finish(job.id);
    } catch (error) {
      onError(error, job.kind);
      const waitSeconds = error instanceof ComeBackLaterError ? error.waitSeconds : 0;
      await jobs.note(job.id, error instanceof Error ? error.name : 'error', waitSeconds);
    }
  }

  async function work(): Promise<void> {
    while (!stopped) {
      const job = await jobs.claim(kinds);
      if (job === null) return;
      await attempt(job);
    }
  }

  /** One round after the other: the caller can be sure that a job added before the call is seen. */
  function runDue(): Promise<void> {
    last = last.catch(() => {}).then(work);
    return last;
  }

  function wake(): void {
    if (!stopped) runDue().catch(error => onError(error, null));
  }

  return {
    runDue,
    wake,
    start(everyMs = minuteMs / 4) {
      const timer = setInterval(wake, everyMs);
      wake();
      return async () => {
        stopped = true;
        clearInterval(timer);
        await last.catch(() => {});
      };
    },
  };
}
