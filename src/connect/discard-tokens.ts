import type { Tokens } from '../domain/connection.ts';
import { newId } from '../domain/ids.ts';
import type { ConnectParts } from './connect-parts.ts';

/** Tokens that were issued to us and that we will not keep. */
export interface UnwantedTokens {
  readonly origin: string;
  readonly botId: string;
  readonly tokens: Tokens;
}

/** The job that revokes tokens which no connection holds. */
export interface RevokeToken {
  readonly origin: string;
  readonly botId: string;
  readonly sealed: string;
}

/**
 * Gives tokens up. They are revoked at Notion, by a job that outlives this process, unless a stored connection stands for
 * the same installation: revoking one token of an installation ends all of them (rule 1).
 */
export async function discardTokens(
  { installations, jobs, vault, wakeJobs }: Pick<ConnectParts, 'installations' | 'jobs' | 'vault' | 'wakeJobs'>,
  { origin, botId, tokens }: UnwantedTokens,
): Promise<'kept' | 'revoking'> {
  if (await installations.isStored(origin, botId)) return 'kept';
  const id = newId('job');
  const payload: RevokeToken = { origin, botId, sealed: await vault.sealIntoJob(id, tokens.accessToken) };
  await jobs.add({ id, kind: 'revoke_token', payload, workspaceId: null });
  wakeJobs();
  return 'revoking';
}
