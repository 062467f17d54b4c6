import { PortcullisError } from '../domain/errors.ts';
import type { ExchangeFailure } from './exchange-failure.ts';

type Effect = 'read' | 'write';

const texts = {
  notSent: 'Notion could not be reached. Nothing was sent; repeat the call later.',
  tooManyHeld: 'Too many calls are under way at once. Wait for some of them to end, then repeat this one.',
  noAnswer: 'Notion gave no complete answer. Repeat the call later.',
  mayHaveHappened:
    'Notion gave no complete answer, and the change may have been made. Read the object again instead of repeating the write.',
} as const;

/**
 * Turns a failed exchange into the error for the caller and the log. A call that was never sent has not happened. A
 * failed read changed nothing. A write that was sent may have been carried out, even if the exchange failed afterwards.
 */
export function failedExchange(failure: ExchangeFailure, effect: Effect): PortcullisError {
  const { message: log, cause, progress, reason } = failure;
  // The body stopped by itself. Notion never got its end, and so did nothing.
  if (cause instanceof PortcullisError) return new PortcullisError(cause.code, cause.message, { log, fate: 'failed' });
  if (reason === 'defect') return new PortcullisError('internal', undefined, { log, cause, fate: 'not_sent' });
  if (progress === 'waiting') return notSent(log, cause);
  if (effect === 'write') {
    return new PortcullisError('upstream_unknown', texts.mayHaveHappened, { log, cause, fate: 'unknown' });
  }
  const code = reason === 'unusable' ? 'upstream_refused' : 'upstream_unavailable';
  const text = reason === 'unusable' ? undefined : texts.noAnswer;
  return new PortcullisError(code, text, { log, cause, fate: 'failed' });
}

/** No part of the call reached Notion. */
export function notSent(log: string, cause?: unknown): PortcullisError {
  return new PortcullisError('upstream_unavailable', texts.notSent, { log, cause, fate: 'not_sent' });
}

/** Too many calls of the same principals, or of their workspace, are waiting. No part of this one reached Notion. */
export function tooManyHeld(): PortcullisError {
  return new PortcullisError('rate_limited', texts.tooManyHeld, {
    log: 'no turn came in time: too many are held, by these principals, their workspace or all together',
    fate: 'not_sent',
    retryAfterSeconds: 1,
  });
}

/** A whole answer came, but it is not one to be handed on. For all we know, a write was carried out. */
export function refusedAnswer(effect: Effect, log: string): PortcullisError {
  return new PortcullisError('upstream_refused', undefined, { log, fate: effect === 'write' ? 'unknown' : 'failed' });
}

/** Notion answered 401 to our token, and so did nothing. */
export function refusedToken(
  code: 'connection_needs_reauth' | 'app_refused' | 'upstream_unavailable',
): PortcullisError {
  return new PortcullisError(code, undefined, { log: 'Notion refused the token of the connection', fate: 'failed' });
}

/** Waits for a step before sending. If the step fails, the log says that nothing was sent. */
export async function neverSent<T>(step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    if (error instanceof PortcullisError) {
      throw new PortcullisError(error.code, error.message, { ...error.details, fate: 'not_sent' });
    }
    throw new PortcullisError('unavailable', undefined, { log: String(error), cause: error, fate: 'not_sent' });
  }
}

/** A wait ends early with its own error, or because the client went away. */
export function whenGone(error: unknown): never {
  if (error instanceof PortcullisError) throw error;
  throw notSent('the client went away while its call waited');
}
