import { randomBytes } from 'node:crypto';
import type { WorkspaceId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import type { ConnectParts } from './connect-parts.ts';
import type { ConsentKind } from './consent-flow.ts';
import { hashOf, holderOf } from './holder.ts';

export interface StartConnect {
  readonly kind: ConsentKind;
  /** The workspace to reconnect; null for a new one. */
  readonly target: WorkspaceId | null;
}

/**
 * Opens an attempt and returns the URL of Notion's consent page. The state in it (256 bits) is the only copy: the
 * record has its hash, and everything else about the attempt.
 */
export async function startConnect(
  { flows, attempts, deadlines }: Pick<ConnectParts, 'flows' | 'attempts' | 'deadlines'>,
  { kind, target }: StartConnect,
  context: CommandContext,
): Promise<{ authorizeUrl: string }> {
  const holder = holderOf(context);
  const state = randomBytes(32).toString('base64url');
  const stateHash = hashOf('connect state', state);
  const { userId } = holder;
  const end = AbortSignal.timeout(deadlines.startMs);
  const { authorizeUrl, ...begun } = await flows[kind].begin({ state, stateHash, userId, target }, end);
  await attempts.open({ ...holder, ...begun, kind, stateHash, workspaceId: target });
  return { authorizeUrl };
}

/** The hash of a state that came back; null for anything that `startConnect` cannot have sent. */
export function stateHashOf(state: unknown): Buffer | null {
  // Absent, empty or repeated must never equal anything (defect A1).
  return typeof state === 'string' && /^[\w-]{43}$/.test(state) ? hashOf('connect state', state) : null;
}
