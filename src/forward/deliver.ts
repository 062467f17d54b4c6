import { Readable } from 'node:stream';
import type { DecidedCall } from '../domain/decided-call.ts';
import { type ErrorCode, PortcullisError } from '../domain/errors.ts';
import type { Answer, Operation } from '../domain/operation.ts';
import { errorWithoutToken, type TokenHealth } from '../domain/token-outcomes.ts';
import type { AccessToken, AccessTokens } from './access-tokens.ts';
import { neverSent, refusedAnswer, refusedToken } from './public-error.ts';
import { type Sending, send } from './send.ts';
import type { Upstream } from './upstream.ts';

/** Puts the workspace's token on a call, sends it, and judges whether the answer is one to be handed on. */
export async function deliver(
  upstream: Upstream,
  tokens: AccessTokens,
  decided: DecidedCall,
  sending: Sending,
): Promise<Answer> {
  const token = await tokenFor(tokens, decided);
  const answer = await send(upstream, sending, token);
  if (answer.status !== 401) return acceptable(answer, sending.operation);
  return acceptable(await afterUnauthorized(upstream, tokens, decided, sending, token), sending.operation);
}

/**
 * Notion refused the token, and so did nothing: a write that got 401 has not happened, and may be sent like any other
 * call. If the connection has a new token, the same call is sent once more with it. The 401 itself is never passed on:
 * it is about our token, but would look as if the client's key were bad.
 */
async function afterUnauthorized(
  upstream: Upstream,
  tokens: AccessTokens,
  decided: DecidedCall,
  sending: Sending,
  refused: AccessToken,
): Promise<Answer> {
  const health = await reportUnauthorized(tokens, decided, refused);
  if (health === 'ended' || health === 'app_refused') throw refusedToken(errorAfter[health]);
  if (health === 'postponed' || sending.request.body instanceof Readable) throw refusedToken('upstream_unavailable');
  const renewed = await tokenFor(tokens, decided);
  if (renewed.token.equals(refused.token)) throw refusedToken('upstream_unavailable');
  const answer = await send(upstream, sending, renewed);
  if (answer.status !== 401) return answer;
  // A new token that is refused as well: a person is needed, or Notion contradicts itself. No third attempt either way.
  throw refusedToken(errorAfter[await reportUnauthorized(tokens, decided, renewed)]);
}

const errorAfter = {
  ...errorWithoutToken,
  usable: 'upstream_unavailable',
} as const satisfies Record<TokenHealth, ErrorCode>;

/** Refuses what would lead around the gate (rule 7), and what the step that withholds could not read. */
function acceptable(answer: Answer, { effect }: Operation): Answer {
  const encoding = answer.headers['content-encoding'];
  if (answer.status >= 300 && answer.status < 400) throw refuse(answer, effect, `a redirect (${answer.status})`);
  if (encoding !== undefined && encoding !== 'identity')
    throw refuse(answer, effect, 'an encoding that was not asked for');
  return answer;
}

function refuse(answer: Answer, effect: Operation['effect'], log: string): PortcullisError {
  if (answer.body instanceof Readable) answer.body.destroy();
  return refusedAnswer(effect, log);
}

function tokenFor(tokens: AccessTokens, { facts }: DecidedCall): Promise<AccessToken> {
  const { workspaceId, connection } = facts;
  if (workspaceId === null || connection === null) {
    throw new PortcullisError('no_connection', undefined, { fate: 'not_sent' });
  }
  return neverSent(tokens.accessToken(workspaceId, connection.id));
}

async function reportUnauthorized(
  tokens: AccessTokens,
  { facts }: DecidedCall,
  { token }: AccessToken,
): Promise<TokenHealth> {
  if (facts.workspaceId === null || facts.connection === null) return 'postponed';
  // If this question fails, the connection is not known to be dead.
  return tokens.reportUnauthorized(facts.workspaceId, facts.connection.id, token).catch(() => 'postponed');
}
