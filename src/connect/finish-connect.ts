import { setTimeout as delay } from 'node:timers/promises';
import { connectError, connectProblemOf } from '../domain/connect-problem.ts';
import type { ConnectionId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import type { AttemptHolder, Claimed } from './connect-attempts.ts';
import type { ConnectParts } from './connect-parts.ts';
import type { ConsentKind } from './consent-flow.ts';
import { discardTokens } from './discard-tokens.ts';
import { holderOf } from './holder.ts';
import type { ReceivedTokens } from './installations.ts';
import type { CallbackParameters } from './mcp/callback.ts';
import { receiveForNewWorkspace, receiveForWorkspace } from './receive-tokens.ts';
import { stateHashOf } from './start-connect.ts';

/** What the browser was sent back with: unjudged, each of any type. */
export interface FinishConnect extends CallbackParameters {
  readonly kind: ConsentKind;
}

/**
 * Carries a callback out: first the state, then the checks of its kind of consent (defect A16). The resulting
 * connection waits to be confirmed. Throws a `connectError` that names the problem; nothing is stored then.
 */
export async function finishConnect(
  parts: ConnectParts,
  { kind, ...callback }: FinishConnect,
  context: CommandContext,
): Promise<{ connectionId: ConnectionId }> {
  const holder = holderOf(context);
  const stateHash = stateHashOf(callback.state);
  if (stateHash === null) throw connectError('invalid_state', 'the state has not the shape of ours');
  const claimed = await parts.attempts.claim(kind, stateHash, holder);
  if (claimed === null) return awaitEnding(parts, kind, stateHash, holder);
  try {
    // The call was decided for the workspace that the attempt named: another one was not asked about.
    if (claimed.workspaceId !== context.workspaceId) throw connectError('invalid_state', 'the target has changed');
    return {
      connectionId: await goOn(parts, { ...claimed, kind, stateHash, userId: holder.userId }, callback, context),
    };
  } catch (error) {
    // Where this fails, the sweep does it.
    await parts.attempts.drop(stateHash, connectProblemOf(error) ?? 'interrupted').catch(() => {});
    throw error;
  }
}

/** How long between two looks. */
const lookEveryMs = 200;

/**
 * Browsers repeat and abort requests. A repeated callback leads its person to the result of the first one, once that is
 * known. Nothing is done a second time.
 */
async function awaitEnding(
  { attempts, deadlines }: Pick<ConnectParts, 'attempts' | 'deadlines'>,
  kind: ConsentKind,
  stateHash: Buffer,
  holder: AttemptHolder,
): Promise<{ connectionId: ConnectionId }> {
  const until = performance.now() + deadlines.finishMs;
  for (;;) {
    const ending = await attempts.ending(kind, stateHash, holder);
    if (ending === null) throw connectError('invalid_state', 'the state is unknown, forgotten or of another session');
    if (ending.kind === 'made') return { connectionId: ending.connectionId };
    if (ending.kind === 'failed') throw connectError(ending.problem, 'the same callback as before');
    if (performance.now() > until) throw connectError('interrupted', 'the callback before has not come to its end');
    await delay(lookEveryMs);
  }
}

type OwnAttempt = Claimed & Pick<ReceivedTokens, 'stateHash' | 'userId'> & { readonly kind: ConsentKind };

async function goOn(
  parts: ConnectParts,
  attempt: OwnAttempt,
  callback: CallbackParameters,
  context: CommandContext,
): Promise<ConnectionId> {
  const { kind, stateHash, userId, registrationId, sealed } = attempt;
  const flow = parts.flows[kind];
  const end = AbortSignal.timeout(parts.deadlines.finishMs);
  const redeemed = await flow.redeem(callback, { stateHash, registrationId, sealed }, end);
  if ('problem' in redeemed) {
    if (redeemed.discarded !== null) await discardTokens(parts, redeemed.discarded);
    throw connectError(redeemed.problem, redeemed.why);
  }
  const { origin } = flow;
  // Rule 2: an installation of the integration shows the pages that were picked for it, so the members share it. A
  // hosted MCP token shows everything that its owner can see, so only the owner may use it.
  const audience = kind === 'rest' ? 'members' : 'owner';
  const received: ReceivedTokens = { ...redeemed, kind, stateHash, userId, origin, registrationId, audience };
  const land = attempt.workspaceId === null ? receiveForNewWorkspace : receiveForWorkspace;
  return land(parts, received, context);
}
