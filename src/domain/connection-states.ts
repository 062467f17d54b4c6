import type { ConnectionStatus } from './connection.ts';
import { stateTable } from './state-table.ts';

/**
 * The life of a connection, all of it: an event that is not listed for a state changes nothing there. Trouble that passes
 * (timeouts, 5xx, 429) never ends a connection: it only leads from `refreshing` back to `active`.
 */
export const connectionStates = stateTable<ConnectionStatus>()({
  /** A person confirmed tokens: the first, or new ones for a connection that had come to an end of its own. */
  confirmed: {
    from: ['pending', 'active', 'refreshing', 'suspect', 'needs_reauth', 'needs_reregister', 'undecryptable'],
    to: 'active',
  },
  /** A process took the lease: it alone may spend the refresh token. */
  refresh_started: { from: ['active', 'suspect'], to: 'refreshing' },
  /**
   * New tokens are stored, from the answer or from the spool of whoever had asked. `active`: what could not be opened opens
   * again, and then comes what was asked for before.
   */
  refreshed: { from: ['refreshing', 'suspect', 'active'], to: 'active' },
  /** The exchange failed in a way that says nothing about the grant. */
  refresh_postponed: { from: ['refreshing', 'suspect'], to: 'active' },
  /** The lease ran out: whoever held it may have spent the refresh token, and may still have the answer, whatever it is. */
  lease_expired: { from: ['refreshing'], to: 'suspect' },
  /** Notion says that the grant is over (`invalid_grant`). */
  grant_refused: { from: ['refreshing', 'suspect'], to: 'needs_reauth' },
  /** The authorization server no longer knows our client (`invalid_client`). */
  client_refused: { from: ['refreshing', 'suspect'], to: 'needs_reregister' },
  /** The access token is dead, and no refresh can help. */
  token_refused: { from: ['active'], to: 'needs_reauth' },
  /** What is stored cannot be opened: tampered with, or sealed under a key that is gone. */
  cannot_open: { from: ['active', 'suspect'], to: 'undecryptable' },
  /** An operator destroyed the key that the tokens are sealed under. */
  key_destroyed: { from: ['active', 'refreshing', 'suspect'], to: 'undecryptable' },
  /** What could not be opened was put right: the key is back, or the value is. */
  opened_again: { from: ['undecryptable'], to: 'active' },
  /** An admin disconnected it. */
  disconnected: {
    from: ['pending', 'active', 'refreshing', 'suspect', 'needs_reauth', 'needs_reregister', 'undecryptable'],
    to: 'revoking',
  },
  /** Nobody confirmed it in time, or the person said no. */
  abandoned: { from: ['pending'], to: 'revoking' },
  /** Its tokens are revoked and destroyed. */
  buried: { from: ['revoking'], to: 'revoked' },
});

export type ConnectionEvent = keyof typeof connectionStates.transitions;

/** States in which a connection serves calls. While its tokens are refreshed the old one may still work. */
export const servingStates: readonly ConnectionStatus[] = ['active', 'refreshing', 'suspect'];

export function isServing(status: ConnectionStatus): boolean {
  return servingStates.includes(status);
}
