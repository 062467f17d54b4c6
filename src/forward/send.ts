import { Readable } from 'node:stream';
import type { RunningDigest } from '../domain/digest.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { Answer, NotionRequest, Operation } from '../domain/operation.ts';
import type { AccessToken } from './access-tokens.ts';
import { ExchangeFailure } from './exchange-failure.ts';
import type { Permit } from './permit.ts';
import { failedExchange, neverSent } from './public-error.ts';
import { requestHeaders } from './request-headers.ts';
import type { Upstream } from './upstream.ts';

/** A call on its way to Notion. */
export interface Sending {
  readonly operation: Operation;
  readonly request: NotionRequest;
  readonly permit: Permit;
  /** Aborts a call that may be cancelled. */
  readonly signal: AbortSignal | null;
  readonly digest: RunningDigest | null;
}

/** A call is sent once. It is sent a second time only if nothing can have happened, or nothing can change. */
const attemptsMax = 2;
/**
 * If the check of the decision and connecting both take long, the decision can be too old again when the connection is
 * ready. Nothing is sent then, so this is no attempt.
 */
const lateMax = 8;

/** Sends a call with a token, to the origin of the token. Throws `PortcullisError` with a fate. */
export async function send(upstream: Upstream, sending: Sending, { token, origin }: AccessToken): Promise<Answer> {
  // Rule 3. The setting changed since the workspace was connected; its token is not for the new address.
  if (origin !== upstream.origin) {
    const log = `the token was issued by ${origin} and is not sent to ${upstream.origin}`;
    throw new PortcullisError('connection_needs_reauth', undefined, { log, fate: 'not_sent' });
  }
  const { operation, request, permit, signal, digest } = sending;
  const headers = requestHeaders(request.headers, token);
  const options = { stream: operation.response.opaque, signal, permit, digest };
  let attempts = 0;
  for (let late = 0; ; ) {
    if (permit.isStale()) await neverSent(permit.renew());
    try {
      return await upstream.send(request, headers, options);
    } catch (error) {
      if (!(error instanceof ExchangeFailure)) throw error;
      const goesOn =
        error.reason === 'late' ? ++late < lateMax : ++attempts < attemptsMax && repeatable(error, sending);
      if (!goesOn) throw failedExchange(error, operation.effect);
    }
  }
}

/**
 * A read may meet a kept-alive connection that Notion has just closed. If no byte of an answer came, sending it again
 * does no harm. Nothing else is ever repeated: no write, and no read that Notion answers slowly.
 */
function repeatable(failure: ExchangeFailure, { operation, request }: Sending): boolean {
  if (request.body instanceof Readable) return false;
  return operation.effect === 'read' && failure.progress === 'sent' && failure.reason === 'connection';
}
