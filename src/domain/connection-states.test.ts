import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ConnectionStatus } from './connection.ts';
import { type ConnectionEvent, connectionStates, isServing } from './connection-states.ts';

/** The table once more, written from the states' side: the events that each state reacts to. It reacts to no others. */
const expected: Record<ConnectionStatus, Partial<Record<ConnectionEvent, ConnectionStatus>>> = {
  pending: { confirmed: 'active', disconnected: 'revoking', abandoned: 'revoking' },
  active: {
    confirmed: 'active',
    refresh_started: 'refreshing',
    refreshed: 'active',
    token_refused: 'needs_reauth',
    cannot_open: 'undecryptable',
    key_destroyed: 'undecryptable',
    disconnected: 'revoking',
  },
  refreshing: {
    confirmed: 'active',
    refreshed: 'active',
    refresh_postponed: 'active',
    lease_expired: 'suspect',
    grant_refused: 'needs_reauth',
    client_refused: 'needs_reregister',
    key_destroyed: 'undecryptable',
    disconnected: 'revoking',
  },
  suspect: {
    confirmed: 'active',
    refresh_started: 'refreshing',
    refreshed: 'active',
    refresh_postponed: 'active',
    grant_refused: 'needs_reauth',
    client_refused: 'needs_reregister',
    cannot_open: 'undecryptable',
    key_destroyed: 'undecryptable',
    disconnected: 'revoking',
  },
  needs_reauth: { confirmed: 'active', disconnected: 'revoking' },
  needs_reregister: { confirmed: 'active', disconnected: 'revoking' },
  undecryptable: { confirmed: 'active', opened_again: 'active', disconnected: 'revoking' },
  revoking: { buried: 'revoked' },
  revoked: {},
};

const statuses = Object.keys(expected) as ConnectionStatus[];
const events = Object.keys(connectionStates.transitions) as ConnectionEvent[];

describe('the states of a connection', () => {
  for (const status of statuses) {
    for (const event of events) {
      const to = expected[status][event] ?? null;
      it(`${status}: ${event} ${to === null ? 'changes nothing' : `leads to ${to}`}`, () => {
        assert.equal(connectionStates.stateAfter(status, event), to);
        assert.equal(connectionStates.statesBefore(event).includes(status), to !== null);
      });
    }
  }

  it('serves calls while its tokens are refreshed, and never once it has ended', () => {
    assert.deepEqual(statuses.filter(isServing), ['active', 'refreshing', 'suspect']);
  });
});
