import type { ConnectionStatus } from './connection.ts';
import { stateTable } from './state-table.ts';

/**
 * The whole life of a connection. An event that does not list a state changes nothing in that state. Passing trouble
 * (timeouts, 5xx, 429) never ends a connection: it only leads from `refreshing` back to `active`.
 */
export const connectionStates = stateTable<ConnectionStatus>()({
  /** A person confirmed tokens: the first ones, or new ones for a connection that had ended by itself. */
  confirmed: {
    from: ['pending', 'active', 'refreshing', 'suspect', 'needs_reauth', 'needs_reregister', 'undecryptable'],
    to: 'active',
  },
  /** A process took the lease: it alone may spend the refresh token. */
  refresh_started: { from: ['active', 'suspect'], to: 'refreshing' },
  /**
   * New tokens are stored. They come from the server's answer, or from the spool of the process that had asked. From
   * `active`: a value that could not be opened opens again, and a refresh from before that time is stored now.
   */
  refreshed: { from: ['refreshing', 'suspect', 'active'], to: 'active' },
  /** The exchange failed in a way that says nothing about the grant. */
  refresh_postponed: { from: ['refreshing', 'suspect'], to: 'active' },
  /**
   * The lease ran out. The process that held it may have spent the refresh token, and may still have the server's
   * answer.
   */
  lease_expired: { from: ['refreshing'], to: 'suspect' },
  /** Notion says that the grant is over (`invalid_grant`). */
  grant_refused: { from: ['refreshing', 'suspect'], to: 'needs_reauth' },
  /** The authorization server no longer knows our client (`invalid_client`). */
  client_refused: { from: ['refreshing', 'suspect'], to: 'needs_reregister' },
  /** The access token is dead, and no refresh can help. */
  token_refused: { from: ['active'], to: 'needs_reauth' },
  /** The stored tokens cannot be opened: somebody tampered with them, or their key is gone. */
  cannot_open: { from: ['active', 'suspect'], to: 'undecryptable' },
  /** An operator destroyed the key that the tokens are sealed under. */
  key_destroyed: { from: ['active', 'refreshing', 'suspect'], to: 'undecryptable' },
  /** The tokens can be opened again: the key is back, or the value was repaired. */
  opened_again: { from: ['undecryptable'], to: 'active' },
  /** An admin disconnected it. */
  disconnected: {
    from: ['pending', 'active', 'refreshing', 'suspect', 'needs_reauth', 'needs_reregister', 'undecryptable'],
    to: 'revoking',
  },
  /** The person said no, or did not confirm the connection in time. */
  abandoned: { from: ['pending'], to: 'revoking' },
  /** Its tokens are revoked and destroyed. */
  buried: { from: ['revoking'], to: 'revoked' },
});

export type ConnectionEvent = keyof typeof connectionStates.transitions;

/** States in which a connection serves calls. While its tokens are refreshed, the old access token may still work. */
export const servingStates: readonly ConnectionStatus[] = ['active', 'refreshing', 'suspect'];

export function isServing(status: ConnectionStatus): boolean {
  return servingStates.includes(status);
}
