import type { DecidedCall } from '../domain/decided-call.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { Answer, Operation, Released } from '../domain/operation.ts';
import { readRetryAfter } from '../domain/retry-after.ts';
import { renderEnvelope, renderNotFound } from '../notion/error-envelope.ts';
import { ownWords } from './own-words.ts';
import { isObject, type Json, parseObject, refuseAnswer } from './read-answer.ts';
import { sightOf } from './sight.ts';

/** Documented keys of `additional_data`. `integration_id` is not among them: it names our bot. */
const releasedData = [
  'rate_limit_reason',
  'retry_after',
  'retry_guidance',
  'committed_resource_id',
  'committed_child_ids',
  'block_limit',
] as const;

const messageCharsMax = 2_000;

/**
 * Writes an error of Notion anew, from a list of fields. The error for a missing object is byte for byte the same as
 * for one that the caller may not see. A caller who may not read gets the code alone, in our words. Throws if Notion's
 * error is about us and not about the call.
 *
 * @param onMissing called with the object that Notion could not find
 */
export function releaseError(
  decided: DecidedCall,
  answer: Answer,
  bytes: Buffer,
  onMissing: (object: { kind: string; id: string }) => void = () => {},
): Released {
  const { operation, requestId } = decided.call;
  const error = parseObject(bytes);
  if (error?.object !== 'error' || typeof error.code !== 'string') throw notAnEnvelope(operation, answer);
  if (error.code === 'unauthorized') {
    throw new PortcullisError('connection_needs_reauth', undefined, {
      log: 'Notion refused our token',
      fate: 'failed',
    });
  }
  const upstreamRequestId = answer.headers['x-notion-request-id'];
  const missing = error.code === 'object_not_found' ? missingObject(operation, error) : null;
  if (missing !== null) {
    onMissing(missing);
    // The id of the request is ours, as in a refusal: an id of Notion's would tell that Notion was asked.
    const rendered = renderNotFound(missing, requestId);
    return { answer: { ...answer, ...rendered }, withheld: 0, ...(upstreamRequestId && { upstreamRequestId }) };
  }
  const retryAfter = answer.headers['retry-after'];
  const code = safeCode(error.code);
  const heard = mayHear(decided, error);
  const rendered = renderEnvelope(
    {
      status: answer.status,
      code,
      ...(heard
        ? { message: safeMessage(error), ...additionalData(error) }
        : { message: ownWords(code, operation.effect) }),
    },
    upstreamRequestId ?? requestId,
    retryAfter === undefined ? {} : { 'retry-after': retryAfter },
  );
  return { answer: { ...answer, ...rendered }, withheld: heard ? 0 : 1 };
}

/** Texts that quote nothing but the request. The last of them is ours for a hidden property. */
const ofRequest =
  /^(?:(?:body|path|query|Notion-Version header) failed validation:|Could not find (?:sort )?property with name or id:)/;

/**
 * Notion's texts quote the content of pages: titles of children, names of properties, values. So a caller who may not
 * see everything gets only texts about the request.
 */
function mayHear(decided: DecidedCall, { message }: Json): boolean {
  const { decision } = decided;
  if (decision.effect !== 'allow' || !decision.mayHear) return false;
  const sight = sightOf(decided);
  return sight === null || (sight.everyObject && sight.everyProperty) || ofRequest.test(String(message));
}

/** An error page of a server between Notion and us. After a write it is unknown whether the write was made. */
function notAnEnvelope(operation: Operation, { status, headers }: Answer): PortcullisError {
  const log = `Notion's side answered ${status} without an error body`;
  if (status === 429) {
    const retryAfterSeconds = readRetryAfter(headers['retry-after'], headers.date) || 1;
    return new PortcullisError('rate_limited', undefined, { log, retryAfterSeconds, fate: 'failed' });
  }
  if (status < 500) return refuseAnswer(operation, log);
  if (operation.effect === 'write') return new PortcullisError('upstream_unknown', undefined, { log, fate: 'unknown' });
  return new PortcullisError('upstream_unavailable', undefined, { log, fate: 'failed' });
}

/** What could not be found: of the objects that the call names, the one in Notion's message, else the first. */
function missingObject({ demands, response }: Operation, { message }: Json): { kind: string; id: string } | null {
  const id = /with ID: ([0-9a-f-]{36})/.exec(typeof message === 'string' ? message : '')?.[1];
  const object = demands.find(demand => 'id' in demand.object && demand.object.id === id)?.object;
  return object !== undefined && 'id' in object ? { kind: object.kind, id: object.id } : response.notFound;
}

function safeCode(code: string): string {
  return /^[a-z_]{1,64}$/.test(code) ? code : 'internal_server_error';
}

/** Notion's texts quote what the caller sent, which is theirs, and the name of the integration, which is not. */
function safeMessage({ message }: Json): string {
  const text = typeof message === 'string' ? message : '';
  return text.replace(/\b(integration|connection) "[^"]*"/g, '$1').slice(0, messageCharsMax);
}

function additionalData({ additional_data: data }: Json): { additionalData?: Record<string, string | string[]> } {
  if (!isObject(data)) return {};
  const kept: Record<string, string | string[]> = {};
  for (const key of releasedData) {
    const value = data[key];
    if (typeof value === 'string' || isStrings(value)) kept[key] = value;
  }
  return Object.keys(kept).length === 0 ? {} : { additionalData: kept };
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string');
}
