import type { Diagnosis } from '../domain/diagnosis.ts';
import { hintOf, type PortcullisError } from '../domain/errors.ts';
import type { Answer } from '../domain/operation.ts';
import { readRetryAfter } from '../domain/retry-after.ts';

/** What a diagnosis is about: `page`, `database`, … */
type Subject = string;

/**
 * Reads an answer of Notion (https://developers.notion.com/reference/status-codes). Null for a success.
 *
 * Notion never says whether a missing object is gone or was never shared, so this does not either (defect A19). Each
 * cause has a diagnosis of its own instead of an empty success (defect A18).
 */
export function diagnoseAnswer(answer: Answer, effect: 'read' | 'write', subject: Subject): Diagnosis | null {
  if (answer.status < 300) return null;
  const error = readNotionError(answer);
  const { 'retry-after': asked, date } = answer.headers;
  const wait = readRetryAfter(asked, date) ?? readRetryAfter(error.additional.retry_after);
  switch (error.code) {
    case 'object_not_found':
      return missing(subject);
    case 'restricted_resource':
      return error.additional.block_limit === undefined ? lacksCapability : blockLimit;
    case 'unauthorized':
      return needsReauth;
    case 'conflict_error':
      return conflict;
    case 'rate_limited':
      return error.additional.rate_limit_reason === 'public_api_request_blocked' ? blocked : rateLimited(wait);
    case 'service_overload':
      return unavailable(wait);
    default:
      return answer.status < 500 ? invalid(error.message) : serverTrouble(effect, wait);
  }
}

/** Says of a refusal or failure on the path what `diagnoseAnswer` says of Notion's. Null where that has no meaning. */
export function diagnoseError(error: PortcullisError, subject: Subject): Diagnosis | null {
  const wait = error.details.retryAfterSeconds ?? null;
  switch (error.code) {
    case 'not_found':
      // Exactly the words for a missing object: a caller who may not read it must not learn more.
      return missing(subject);
    case 'restricted':
      return denied(error.message, hintOf(error));
    case 'connection_needs_reauth':
    case 'no_connection':
      return needsReauth;
    case 'rate_limited':
      return rateLimited(wait);
    case 'upstream_unavailable':
      return unavailable(wait);
    case 'upstream_unknown':
    case 'outcome_unrecorded':
      return possiblySaved;
    default:
      return null;
  }
}

const noWait = { retryAfterSeconds: null } as const;

function missing(subject: Subject): Diagnosis {
  return {
    ...noWait,
    code: 'not_found_or_not_shared',
    status: 404,
    message: `The ${subject} is missing, or not shared with the connection, or not open to you: the answer is the same for each.`,
    advice: 'If it exists, share it in Notion: open it, then the "…" menu → Connections.',
    action: 'share_page',
  };
}

function denied(message: string, advice: string | null): Diagnosis {
  return {
    ...noWait,
    code: 'permission_denied',
    status: 403,
    message,
    advice: advice ?? 'Ask an admin of the workspace for a role that allows this action.',
    action: 'ask_admin',
  };
}

const lacksCapability: Diagnosis = {
  ...noWait,
  code: 'capability_missing',
  status: 403,
  message: 'The connection lacks a capability that this takes.',
  advice:
    'Edit the capabilities of the integration in Notion (notion.so/profile/integrations), then reconnect the workspace.',
  action: 'edit_capabilities',
};

const blockLimit: Diagnosis = {
  ...noWait,
  code: 'block_limit_reached',
  status: 403,
  message: 'The workspace has reached the block limit of its Notion plan.',
  advice: 'Delete content, or upgrade the plan.',
  action: 'upgrade_plan',
};

const needsReauth: Diagnosis = {
  ...noWait,
  code: 'reauth_required',
  status: 409,
  message: 'The connection to Notion does not work any more.',
  advice: 'An admin must reconnect the workspace.',
  action: 'reconnect',
};

const conflict: Diagnosis = {
  ...noWait,
  code: 'conflict',
  status: 409,
  message: 'Someone else changed it at the same time.',
  advice: 'Read it again, then repeat the change.',
  action: 'refetch',
};

const blocked: Diagnosis = {
  ...noWait,
  code: 'blocked_by_notion',
  status: 429,
  message: 'Notion has blocked the requests of this connection.',
  advice: 'Waiting does not help; ask Notion.',
  action: 'contact_notion',
};

const possiblySaved: Diagnosis = {
  ...noWait,
  code: 'possibly_saved',
  status: 504,
  message: 'The change may have been saved.',
  advice: 'Read the object again instead of repeating the write.',
  action: 'refetch',
};

function rateLimited(retryAfterSeconds: number | null): Diagnosis {
  const advice = repeat(retryAfterSeconds);
  return {
    code: 'rate_limited',
    status: 429,
    message: 'Too many requests.',
    advice,
    action: 'wait',
    retryAfterSeconds,
  };
}

function unavailable(retryAfterSeconds: number | null): Diagnosis {
  const [message, advice] = ['Notion is unavailable.', repeat(retryAfterSeconds)];
  return { code: 'upstream_unavailable', status: 502, message, advice, action: 'wait', retryAfterSeconds };
}

function repeat(afterSeconds: number | null): string {
  return afterSeconds === null ? 'Repeat the call later.' : `Repeat the call in ${afterSeconds} seconds.`;
}

/** Notion itself says so for a 503. Any other failure of its servers may come after the change too. */
function serverTrouble(effect: 'read' | 'write', wait: number | null): Diagnosis {
  return effect === 'write' ? possiblySaved : unavailable(wait);
}

const messageLengthMax = 1_000;

function invalid(text: string): Diagnosis {
  return {
    ...noWait,
    code: 'invalid_request',
    status: 400,
    message: text === '' ? 'Notion did not accept the request.' : text.slice(0, messageLengthMax),
    advice: 'Correct what the message names.',
    action: 'correct_request',
  };
}

interface NotionError {
  readonly code: string;
  readonly message: string;
  readonly additional: Readonly<Record<string, unknown>>;
}

/**
 * Reads Notion's error envelope. A proxy in front of Notion answers in HTML or with an empty body: then there is no
 * code.
 */
function readNotionError({ body }: Answer): NotionError {
  const none = { code: '', message: '', additional: {} };
  if (!Buffer.isBuffer(body)) return none;
  try {
    const value: unknown = JSON.parse(body.toString());
    if (!isRecord(value) || typeof value.code !== 'string') return none;
    const { message, additional_data: additional } = value;
    return {
      code: value.code,
      message: typeof message === 'string' ? message : '',
      additional: isRecord(additional) ? additional : {},
    };
  } catch {
    return none;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
