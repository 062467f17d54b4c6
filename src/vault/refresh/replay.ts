import type { TokenField, Tokens } from '../../domain/connection.ts';
import type { ConnectionId } from '../../domain/ids.ts';
import type { Secret } from '../../domain/secret.ts';
import { UnopenableError } from '../../domain/unopenable-error.ts';
import { attemptEntry } from './entries.ts';
import type { RefreshParts } from './refresh-parts.ts';
import type { Spooled } from './spool.ts';

type ReplayParts = Pick<RefreshParts, 'spool' | 'refreshes' | 'seal' | 'discard' | 'metrics' | 'onTrouble'>;
type Replayed = Parameters<RefreshParts['metrics']['spoolReplayed']>[0];

/**
 * Stores the answers of earlier attempts that are still in the spool. If the connection still has the generation and
 * the attempt of a spool, the new tokens are put to use. If the connection has moved on, the spool is removed. If the
 * connection was revoked or uses another client now, the tokens are revoked too (rule 21). Returns how many were put to
 * use. `only` looks at one connection. Trouble with one spool stops neither the others nor the caller.
 */
export async function replaySpools(parts: ReplayParts, only?: ConnectionId): Promise<number> {
  let applied = 0;
  try {
    for (const name of await parts.spool.names(only)) {
      const outcome = await replayOne(parts, name).catch(parts.onTrouble);
      if (outcome === 'in_use') applied++;
      if (outcome) parts.metrics.spoolReplayed(outcome);
    }
  } catch (error) {
    parts.onTrouble(error);
  }
  return applied;
}

/** Null: nothing can be done about it now, or nothing is left to do. */
async function replayOne(parts: ReplayParts, name: string): Promise<Replayed | null> {
  const spooled = await parts.spool.read(name);
  if (spooled === 'gone') return null;
  const outcome = spooled === 'unreadable' ? spooled : await replay(parts, spooled);
  // A file that cannot be read is left for an operator: removing it would end the last trace of a grant.
  if (outcome === 'unreadable') parts.onTrouble(new Error(`the spool ${name} cannot be read, and is kept`));
  else if (outcome !== null) await parts.spool.remove(name);
  return outcome;
}

/** Null: not yet. */
async function replay(parts: ReplayParts, spooled: Spooled): Promise<Replayed | null> {
  const { attempt, origin, botId } = spooled;
  const tokens = await openAll(parts, spooled);
  // Tokens that cannot be opened must not replace tokens that perhaps can.
  if (tokens === null) return 'unreadable';
  const entry = attemptEntry('connection.refreshed', attempt, 'success', { to: attempt.nextGeneration, via: 'spool' });
  switch (await parts.refreshes.complete(attempt, spooled, entry)) {
    case 'in_use':
      return 'in_use';
    case 'overtaken':
      return 'overtaken';
    case 'undecided':
      return null;
    case 'revoking':
      await parts.discard({ origin, botId, registrationId: attempt.registrationId, tokens });
      return 'revoking';
  }
}

/** Null: the tokens were not sealed for this place, or their key is gone. */
async function openAll({ seal, metrics }: ReplayParts, { attempt, tokens }: Spooled): Promise<Tokens | null> {
  const { workspaceId, connectionId, nextGeneration: generation } = attempt;
  const opened = new Map<TokenField, Secret>();
  for (const token of tokens) {
    const { field } = token;
    try {
      opened.set(field, await seal.open({ workspaceId, connectionId, field, generation }, token));
    } catch (error) {
      if (!(error instanceof UnopenableError)) throw error;
      metrics.decryptFailed(token.kid);
      return null;
    }
  }
  const accessToken = opened.get('access_token');
  return accessToken === undefined ? null : { accessToken, refreshToken: opened.get('refresh_token') ?? null };
}
