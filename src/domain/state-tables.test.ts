import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attemptStates } from './attempt-states.ts';
import { jobStates } from './job-states.ts';
import { rootKeyStates, workspaceKeyStates } from './key-states.ts';
import { sinkStates } from './sink-states.ts';
import { subscriptionStates } from './subscription-states.ts';

interface StateTable {
  readonly transitions: object;
  statesBefore(event: string): readonly string[];
  stateAfter(state: string, event: string): string | null;
}

/** The table once more, written from the states' side: the events that each state reacts to. It reacts to no others. */
const expected: readonly [string, unknown, Record<string, Record<string, string>>][] = [
  [
    'a webhook subscription',
    subscriptionStates,
    {
      waiting: { token_offered: 'offered', reset: 'waiting' },
      offered: { token_shown: 'shown', contested: 'contested', reset: 'waiting' },
      shown: { event_arrived: 'confirmed', contested: 'contested', reset: 'waiting' },
      confirmed: { event_arrived: 'confirmed', reset: 'waiting' },
      contested: { reset: 'waiting' },
    },
  ],
  [
    'a sink',
    sinkStates,
    {
      active: { delivered: 'active', failed: 'retrying', needs_person: 'blocked', paused: 'paused' },
      retrying: {
        delivered: 'active',
        failed: 'retrying',
        needs_person: 'blocked',
        paused: 'paused',
        resumed: 'active',
      },
      blocked: {
        delivered: 'active',
        failed: 'retrying',
        needs_person: 'blocked',
        paused: 'paused',
        resumed: 'active',
      },
      paused: { resumed: 'active' },
    },
  ],
  [
    'a workspace key',
    workspaceKeyStates,
    {
      active: { superseded: 'decrypt_only', workspace_destroyed: 'destroyed' },
      decrypt_only: { unused: 'destroyed', workspace_destroyed: 'destroyed' },
      destroyed: {},
    },
  ],
  [
    'a root key',
    rootKeyStates,
    {
      staged: { staged_again: 'staged', withdrawn: 'previous', promoted: 'active' },
      active: { replaced: 'previous' },
      previous: { staged_again: 'staged', retired: 'retired' },
      retired: { staged_again: 'staged' },
    },
  ],
  [
    'an attempt to connect',
    attemptStates,
    {
      asking: { came_back: 'redeeming', replaced: 'ended', forgotten: 'ended' },
      redeeming: { tokens_stored: 'waiting', failed: 'ended', forgotten: 'ended' },
      waiting: { confirmed: 'confirmed', replaced: 'ended', abandoned: 'ended' },
      confirmed: { forgotten: 'ended' },
      ended: {},
    },
  ],
  [
    'a job',
    jobStates,
    {
      waiting: { claimed: 'running', finished: 'done' },
      running: { claimed: 'running', postponed: 'waiting', finished: 'done' },
      done: {},
    },
  ],
];

for (const [thing, given, states] of expected) {
  describe(`the states of ${thing}`, () => {
    const table = given as StateTable;
    for (const [state, moves] of Object.entries(states)) {
      for (const event of Object.keys(table.transitions)) {
        const to = moves[event] ?? null;
        it(`${state}: ${event} ${to === null ? 'changes nothing' : `leads to ${to}`}`, () => {
          assert.equal(table.stateAfter(state, event), to);
          assert.equal(table.statesBefore(event).includes(state), to !== null);
        });
      }
    }
  });
}
