import type { ConnectionId, WorkspaceId } from '../domain/ids.ts';
import type { Secret } from '../domain/secret.ts';
import type { TokenHealth } from '../domain/token-outcomes.ts';

/** Gives forward its tokens. The vault keeps them; no other part holds one for longer than a call. */
export interface AccessTokens {
  /**
   * A token that is good for now. Throws `PortcullisError` when the connection cannot give one
   * (`connection_needs_reauth`, `no_connection`, `unavailable`).
   */
  accessToken(workspaceId: WorkspaceId, connectionId: ConnectionId): Promise<AccessToken>;
  /**
   * Notion answered 401 to this token of the connection. Finds out whether the connection still works, with at most one
   * check or refresh for all calls that report at once, and marks the connection if it does not (defect A20).
   */
  reportUnauthorized(workspaceId: WorkspaceId, connectionId: ConnectionId, refused: Secret): Promise<TokenHealth>;
}

export interface AccessToken {
  /** The origin that issued the token, as `URL.origin` spells it. It is sent nowhere else (rule 3). */
  readonly origin: string;
  readonly token: Secret;
}
