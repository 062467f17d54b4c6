import type { ConnectionId, WorkspaceId } from '../src/domain/ids.ts';
import { Secret } from '../src/domain/secret.ts';
import type { TokenHealth } from '../src/domain/token-outcomes.ts';
import type { TokenCustody } from '../src/vault/tokens.ts';

/** Custody whose tokens are text, as the tests compare them with what the emulator knows. */
export type ShownTokens<T extends TokenCustody = TokenCustody> = Omit<T, 'accessToken' | 'reportUnauthorized'> & {
  accessToken(workspaceId: WorkspaceId, connectionId: ConnectionId): Promise<{ origin: string; token: string }>;
  reportUnauthorized(workspaceId: WorkspaceId, connectionId: ConnectionId, refused: string): Promise<TokenHealth>;
};

export function showTokens<T extends TokenCustody>(tokens: T): ShownTokens<T> {
  return {
    ...tokens,
    async accessToken(workspaceId, connectionId) {
      const { origin, token } = await tokens.accessToken(workspaceId, connectionId);
      return { origin, token: token.reveal() };
    },
    reportUnauthorized: (workspaceId, connectionId, refused) =>
      tokens.reportUnauthorized(workspaceId, connectionId, new Secret(refused)),
  };
}
