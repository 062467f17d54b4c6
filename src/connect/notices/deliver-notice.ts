import type { RecordEvent } from '../../domain/event.ts';
import type { Metrics } from '../../domain/metrics.ts';
import type { Secret } from '../../domain/secret.ts';
import { dayMs, type Now } from '../../domain/units.ts';
import type { JobHandler } from '../job-runner.ts';
import type { SafeFetch } from '../safe-fetch/safe-fetch.ts';
import { SafeFetchError } from '../safe-fetch/safe-fetch-error.ts';
import { bodyOf, type Notice, readNotice } from './notice.ts';
import { signatureHeaders } from './sign.ts';

export interface NoticeParts {
  /** Where the owner's system listens. */
  readonly url: string;
  readonly secret: Secret;
  readonly fetch: SafeFetch;
  readonly recordEvent: RecordEvent;
  readonly metrics: Pick<Metrics, 'noticeTried'>;
  readonly onGivenUp: (notice: Notice, problem: string) => void;
  readonly now: Now;
}

/** Trouble that passes is waited for this long, with the job runner's growing waits. */
const waitMsMax = 3 * dayMs;
/** A receiver that understands the notice and says no is asked so often again, in six hours: it may be in the middle of a change. */
const refusalsMax = 12;

/** The receiver did not take a notice. Its words are not repeated. */
class NoticeNotTakenError extends Error {
  constructor(problem: string) {
    super(`The owner's system did not take a notice: ${problem}.`);
    this.name = `notice_${problem}`;
  }
}

/**
 * Tells the owner's system, at least once. An attempt that comes to nothing throws, and the job comes up again; one that
 * is given up has an entry in the log.
 */
export function createDeliverNotice(parts: NoticeParts): JobHandler {
  return async ({ payload, attempts }) => {
    const notice = readNotice(payload);
    const problem = await send(parts, notice);
    if (problem === null) {
      parts.metrics.noticeTried('delivered');
      return 'done';
    }
    if (!isLast(problem, attempts, parts.now().getTime() - Date.parse(notice.timestamp))) {
      parts.metrics.noticeTried('postponed');
      throw new NoticeNotTakenError(problem);
    }
    await giveUp(parts, notice, problem, attempts);
    return 'done';
  };
}

/** Null: it was taken. Else `status_500`, or the name of what kept an answer from coming. */
async function send({ url, secret, fetch, now }: NoticeParts, notice: Notice): Promise<string | null> {
  const body = bodyOf(notice);
  const headers = { 'content-type': 'application/json', accept: '*/*', 'user-agent': 'portcullis' };
  const signed = { ...headers, ...signatureHeaders(secret, notice.id, now(), body) };
  try {
    const answer = await fetch(url, { method: 'POST', headers: signed, body, types: 'any' });
    return answer.ok ? null : `status_${answer.status}`;
  } catch (error) {
    return error instanceof SafeFetchError ? error.problem : 'failed';
  }
}

function isLast(problem: string, attempts: number, ageMs: number): boolean {
  // RFC 9110 section 15.5.11: gone, and likely for good.
  if (problem === 'status_410') return true;
  const refused = /^status_4/.test(problem) && problem !== 'status_408' && problem !== 'status_429';
  return ageMs > waitMsMax || (refused && attempts >= refusalsMax);
}

async function giveUp(parts: NoticeParts, notice: Notice, problem: string, attempts: number): Promise<void> {
  const { id, type, workspaceId, connectionId } = notice;
  await parts.recordEvent({
    name: 'notice.given_up',
    workspaceId,
    principalId: null,
    result: 'error',
    detail: { notice: id, type, connection: connectionId, problem, attempts },
  });
  parts.metrics.noticeTried('given_up');
  parts.onGivenUp(notice, problem);
}
