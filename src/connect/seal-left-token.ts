import { newId } from '../domain/ids.ts';
import { nullIfUnopenable } from '../domain/unopenable-error.ts';
import type { TokenVault } from './connect-parts.ts';
import type { SealLeftToken } from './left-tokens.ts';

/** Only hosted MCP connections change their client: at Notion's REST API each integration has installations of its own. */
export function createSealLeftToken(vault: Pick<TokenVault, 'open' | 'sealIntoJob'>): SealLeftToken {
  return async ({ workspaceId, connectionId, origin, botId, registrationId, token }) => {
    const { field, generation } = token;
    const opened = await vault.open({ workspaceId, connectionId, field, generation }, token).catch(nullIfUnopenable);
    if (opened === null) return null;
    const id = newId('job');
    const sealed = await vault.sealIntoJob(id, opened);
    const left = { workspaceId, connectionId };
    return { id, payload: { kind: 'mcp', origin, botId, registrationId, sealed, left } };
  };
}
