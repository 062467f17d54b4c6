import { newId } from '../domain/ids.ts';
import type { DiscardedTokens, Stored } from '../domain/token-outcomes.ts';
import type { ConnectParts } from './connect-parts.ts';
import type { RevokeToken } from './disconnections.ts';

type DiscardParts = Pick<ConnectParts, 'installations' | 'jobs' | 'vault' | 'wakeJobs'>;

/**
 * Gives tokens up: a durable job revokes them at Notion. The job revokes nothing if a stored connection belongs to the
 * same installation, because revoking one token of an installation ends all of them (rule 1).
 */
export async function discardTokens(
  { installations, jobs, vault, wakeJobs }: DiscardParts,
  { origin, botId, registrationId, tokens }: DiscardedTokens,
): Promise<Extract<Stored, 'kept' | 'revoking'>> {
  if (await installations.isStored(origin, botId)) return 'kept';
  const id = newId('job');
  const kind = registrationId === null ? 'rest' : 'mcp';
  // Revoking a refresh token ends the whole grant (RFC 7009 section 2.1).
  const sealed = await vault.sealIntoJob(id, (kind === 'mcp' && tokens.refreshToken) || tokens.accessToken);
  const payload: RevokeToken = { kind, origin, botId, registrationId, sealed, discardedBy: null };
  await jobs.add({ id, kind: 'revoke_token', payload, workspaceId: null });
  wakeJobs();
  return 'revoking';
}
