import { connectError } from '../domain/connect-problem.ts';
import type { ConnectionId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import type { Claimed } from './connect-attempts.ts';
import type { ConnectParts } from './connect-parts.ts';
import type { ConsentKind } from './consent-flow.ts';
import { discardTokens } from './discard-tokens.ts';
import { holderOf } from './holder.ts';
import type { Landing } from './installations.ts';
import { landAgain, landAnew } from './landing.ts';
import type { CallbackParameters } from './mcp/callback.ts';
import { stateHashOf } from './start-connect.ts';

/** What the browser was sent back with: unjudged, each of any type. */
export interface FinishConnect extends CallbackParameters {
  readonly kind: ConsentKind;
}

/**
 * Carries a callback out: state, then whatever its kind of consent asks for (defect A16). What it leaves behind waits to
 * be confirmed. Throws the `connectError` of whatever is wrong; nothing is stored then.
 */
export async function finishConnect(
  parts: ConnectParts,
  { kind, ...callback }: FinishConnect,
  context: CommandContext,
): Promise<{ connectionId: ConnectionId }> {
  const holder = holderOf(context);
  const stateHash = stateHashOf(callback.state);
  const claimed = stateHash && (await parts.attempts.claim(kind, stateHash, holder));
  // The call was decided for the workspace that the attempt named: another one was not asked about.
  if (stateHash === null || claimed === null || claimed.workspaceId !== context.workspaceId)
    throw connectError('invalid_state');
  try {
    return {
      connectionId: await goOn(parts, { ...claimed, kind, stateHash, userId: holder.userId }, callback, context),
    };
  } catch (error) {
    // Where this fails, the sweep does it.
    await parts.attempts.drop(stateHash).catch(() => {});
    throw error;
  }
}

type OwnAttempt = Claimed & Pick<Landing, 'stateHash' | 'userId'> & { readonly kind: ConsentKind };

async function goOn(
  parts: ConnectParts,
  attempt: OwnAttempt,
  callback: CallbackParameters,
  context: CommandContext,
): Promise<ConnectionId> {
  const { kind, stateHash, userId, registrationId, sealed } = attempt;
  const flow = parts.flows[kind];
  const redeemed = await flow.redeem(callback, { stateHash, registrationId, sealed });
  if ('problem' in redeemed) {
    if (redeemed.unwanted !== null) await discardTokens(parts, redeemed.unwanted);
    throw connectError(redeemed.problem);
  }
  const { origin } = flow;
  // Rule 2: an installation of the integration shows the pages that were picked for it, so members share it. A hosted MCP
  // token shows whatever its owner can see, so it is theirs alone.
  const audience = kind === 'rest' ? 'members' : 'owner';
  const landing: Landing = { ...redeemed, kind, stateHash, userId, origin, registrationId, audience };
  const land = attempt.workspaceId === null ? landAnew : landAgain;
  return land(parts, landing, context);
}
