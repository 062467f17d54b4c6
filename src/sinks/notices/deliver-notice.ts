import type { RecordEvent, RecordedEvent } from '../../domain/event.ts';
import type { Metrics } from '../../domain/metrics.ts';
import { readRetryAfter } from '../../domain/retry-after.ts';
import type { Secret } from '../../domain/secret.ts';
import { dayMs, hourMs, type Now, secondMs } from '../../domain/units.ts';
import { userAgent } from '../../domain/user-agent.ts';
import { ComeBackLaterError, type JobHandler } from '../../jobs/job-runner.ts';
import type { Job } from '../../jobs/jobs.ts';
import type { SafeFetch } from '../../net/safe-fetch/safe-fetch.ts';
import { SafeFetchError } from '../../net/safe-fetch/safe-fetch-error.ts';
import { signatureHeaders } from '../sign.ts';
import { bodyOf, type Notice, readNotice } from './notice.ts';

export interface NoticeParts {
  /** Where the owner's system listens. */
  readonly url: string;
  readonly secret: Secret;
  readonly fetch: SafeFetch;
  readonly recordEvent: RecordEvent;
  readonly metrics: Pick<Metrics, 'noticeTried'>;
  /** Called with what the log says about it. */
  readonly onGivenUp: (detail: RecordedEvent['detail']) => void;
  readonly now: Now;
}

/** A notice is tried for this long after its change, with the job runner's growing waits… */
const waitMsMax = 3 * dayMs;
/** …and so often in any case, in half an hour: it may have waited for another one, or for a receiver to be named. */
const attemptsMin = 6;

/** A receiver may ask for a longer wait than the job runner's, up to this. */
const askedWaitSecondsMax = (6 * hourMs) / secondMs;

/**
 * `status_500`, `unreadable`, or the name of the error that prevented an answer, and the wait that the receiver asked
 * for.
 */
interface Trouble {
  readonly problem: string;
  readonly waitSeconds: number;
}

/** A notice was not delivered. The receiver's words are not repeated. */
class NoticeNotTakenError extends ComeBackLaterError {
  constructor({ problem, waitSeconds }: Trouble) {
    super(`A notice was not delivered to the owner's system: ${problem}.`, waitSeconds);
    this.name = `notice_${problem}`;
  }
}

/**
 * Notifies the owner's system, at least once. A failed attempt throws, and the job comes again. A notice that is given
 * up has an entry in the log.
 */
export function createDeliverNotice(parts: NoticeParts): JobHandler {
  return async job => {
    const notice = readNotice(job.payload);
    // A process of a newer version may be able to read it, so this one is no quicker to give up.
    const trouble = notice === null ? { problem: 'unreadable', waitSeconds: 0 } : await send(parts, notice);
    if (trouble === null) {
      parts.metrics.noticeTried('delivered');
      return 'done';
    }
    const { problem } = trouble;
    const ageMs = notice === null ? Infinity : parts.now().getTime() - Date.parse(notice.timestamp);
    if (!isLast(problem, job.attempts, ageMs)) {
      parts.metrics.noticeTried('postponed');
      throw new NoticeNotTakenError(trouble);
    }
    await giveUp(parts, job, notice, problem);
    return 'done';
  };
}

/** Null: it was taken. */
async function send({ url, secret, fetch, now }: NoticeParts, notice: Notice): Promise<Trouble | null> {
  const body = bodyOf(notice);
  const headers = { 'content-type': 'application/json', accept: '*/*', 'user-agent': userAgent };
  const signed = { ...headers, ...signatureHeaders(secret, notice.id, now(), body) };
  try {
    const answer = await fetch(url, { method: 'POST', headers: signed, body, types: 'any' });
    if (answer.ok) return null;
    return { problem: `status_${answer.status}`, waitSeconds: askedWait(answer.headers) };
  } catch (error) {
    return { problem: error instanceof SafeFetchError ? error.problem : 'failed', waitSeconds: 0 };
  }
}

function askedWait(headers: Headers): number {
  return Math.min(readRetryAfter(headers.get('retry-after'), headers.get('date')) ?? 0, askedWaitSecondsMax);
}

function isLast(problem: string, attempts: number, ageMs: number): boolean {
  // RFC 9110 section 15.5.11: gone, and likely for ever. Any other refusal may be a mistake that gets corrected.
  return problem === 'status_410' || (ageMs > waitMsMax && attempts >= attemptsMin);
}

async function giveUp(parts: NoticeParts, job: Job, notice: Notice | null, problem: string): Promise<void> {
  const what = notice && { notice: notice.id, type: notice.type, connection: notice.connectionId };
  const detail = { ...(what ?? { job: job.id }), problem, attempts: job.attempts };
  const { workspaceId } = job;
  await parts.recordEvent({ name: 'notice.given_up', workspaceId, principalId: null, result: 'error', detail });
  parts.metrics.noticeTried('given_up');
  parts.onGivenUp(detail);
}
