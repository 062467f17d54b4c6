import { newId } from '../domain/ids.ts';
import type { ConnectParts } from './connect-parts.ts';
import type { OrphanedTokens } from './consent-flow.ts';
import type { RevokeToken } from './disconnections.ts';

type DiscardParts = Pick<ConnectParts, 'installations' | 'jobs' | 'vault' | 'wakeJobs'>;

/**
 * Gives tokens up. They are revoked at Notion, by a job that outlives this process, unless a stored connection stands for
 * the same installation: revoking one token of an installation ends all of them (rule 1).
 */
export async function discardTokens(
  { installations, jobs, vault, wakeJobs }: DiscardParts,
  { kind, origin, botId, registrationId, tokens }: OrphanedTokens,
): Promise<'kept' | 'revoking'> {
  if (await installations.isStored(origin, botId)) return 'kept';
  const id = newId('job');
  // A refresh token stands for the whole grant (RFC 7009 section 2.1).
  const sealed = await vault.sealIntoJob(id, (kind === 'mcp' && tokens.refreshToken) || tokens.accessToken);
  const payload: RevokeToken = { kind, origin, botId, registrationId, sealed, left: null };
  await jobs.add({ id, kind: 'revoke_token', payload, workspaceId: null });
  wakeJobs();
  return 'revoking';
}

/** The same for what a refresh brought when its connection had ended or left the client: only hosted MCP has several. */
export function discardRefreshed(parts: DiscardParts): (orphan: Omit<OrphanedTokens, 'kind'>) => Promise<void> {
  return async orphan => {
    await discardTokens(parts, { ...orphan, kind: orphan.registrationId === null ? 'rest' : 'mcp' });
  };
}
