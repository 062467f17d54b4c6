import type { TokenField, Tokens } from '../../domain/connection.ts';
import type { ConnectionId } from '../../domain/ids.ts';
import type { Secret } from '../../domain/secret.ts';
import { UnopenableError } from '../sealed-value.ts';
import { attemptEntry } from './entries.ts';
import type { RefreshParts } from './refresh-parts.ts';
import type { Spooled } from './spool.ts';

type Replayed = Parameters<RefreshParts['metrics']['spoolReplayed']>[0];

/**
 * Brings home what attempts got and could not store. At its own generation and attempt a spool is applied; when the
 * connection has moved on it is discarded; when it was revoked, so are these tokens (rule 21). Answers how many were
 * applied. `only` looks at one connection.
 */
export async function replaySpools(parts: RefreshParts, only?: ConnectionId): Promise<number> {
  let applied = 0;
  for (const { name, spooled } of await parts.spool.list()) {
    if (only !== undefined && !name.startsWith(`${only}.`)) continue;
    const outcome = spooled === null ? 'unreadable' : await replay(parts, spooled);
    if (outcome === null) continue;
    // A file that cannot be read is left for an operator: removing it would end the last trace of a grant.
    if (outcome !== 'unreadable') await parts.spool.remove(name);
    if (outcome === 'applied') applied++;
    parts.metrics.spoolReplayed(outcome);
  }
  return applied;
}

/** Null: not yet. */
async function replay(parts: RefreshParts, spooled: Spooled): Promise<Replayed | null> {
  const { attempt, origin, botId } = spooled;
  const tokens = await openAll(parts, spooled);
  // What cannot be opened must not take the place of what perhaps can.
  if (tokens === null) return 'unreadable';
  const entry = attemptEntry('connection.refreshed', attempt, 'success', { to: attempt.nextGeneration, via: 'spool' });
  switch (await parts.refreshes.complete(attempt, spooled, entry)) {
    case 'applied':
      return 'applied';
    case 'outdated':
      return 'outdated';
    case 'revoking':
      return null;
    case 'revoked':
      await parts.revoke({ origin, botId, tokens });
      return 'revoked';
  }
}

/** Null: they are not what was sealed for this place, or their key is gone. */
async function openAll({ seal, metrics }: RefreshParts, { attempt, tokens }: Spooled): Promise<Tokens | null> {
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
