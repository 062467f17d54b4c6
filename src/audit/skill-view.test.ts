import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aCall, aDecidedCall, anAllowance, anOperation, someFacts } from '../../test/fixtures.ts';
import type { Action } from '../domain/action.ts';
import type { Decision } from '../domain/decision.ts';
import { decisionRow, eventRow, outcomeRow } from './entry.ts';
import { skillEntry } from './skill-view.ts';

const facts = someFacts();
const page = '12345678-1234-4234-8234-123456789abc';

function aDecision(action: Action, decision: Partial<Decision> = {}) {
  const demands = [{ action, object: { kind: 'page', id: page } }] as const;
  return aDecidedCall({
    call: aCall({ operation: anOperation({ demands }) }),
    facts,
    decision: anAllowance(decision),
  });
}

describe('the log in the words of the source system', () => {
  const denied = { effect: 'deny', because: 'role_lacks_action', demand: null } as Partial<Decision>;
  for (const [action, name] of [
    ['read', 'read_denied'],
    ['comment.read', 'read_denied'],
    ['update', 'write_denied'],
    ['create', 'write_denied'],
    ['delete', 'delete_denied'],
    ['manage', 'manage_denied'],
    ['members', 'manage_denied'],
  ] as const)
    it(`calls a denied ${action} ${name}`, () => {
      const row = decisionRow(aDecision(action, denied), null);
      const written = skillEntry({ entry: JSON.parse(row.entry), outcome: null, index: 0 }, facts.workspaceId);
      assert.deepEqual(
        [written?.action, written?.result, written?.resource],
        [name, 'denied', { type: 'page', id: page }],
      );
      assert.equal(written?.metadata.reason, 'role_lacks_action');
      assert.equal(written?.workspaceId, facts.workspaceId);
    });

  it('has one line for a call, once it has ended, and none before', () => {
    const decided = aDecision('read');
    const entry = JSON.parse(decisionRow(decided, null).entry);
    assert.equal(skillEntry({ entry, outcome: null, index: 0 }, facts.workspaceId), null);
    const ending = { status: null, upstreamRequestId: null, withheld: 0, upstreamMs: null, requestDigest: null };
    for (const [result, word] of [
      ['done', 'success'],
      ['refused', 'denied'],
      ['unknown', 'error'],
    ] as const) {
      const closing = outcomeRow(decided, { ...ending, result, error: null }, new Date());
      const outcome = JSON.parse(closing.entry);
      assert.equal(skillEntry({ entry, outcome, index: 1 }, facts.workspaceId)?.result, word);
    }
  });

  it('keeps the names of the source system for what it knew', () => {
    const event = { name: 'workspace_authorized', workspaceId: facts.workspaceId, principalId: null } as const;
    const detail = { connection: 'con_12345678-1234-4234-8234-123456789abc' };
    const row = eventRow({ ...event, result: 'success', detail }, new Date('2026-12-01T10:00:00.000Z'));
    const written = skillEntry({ entry: JSON.parse(row.entry), outcome: null, index: 0 }, facts.workspaceId);
    assert.deepEqual(written, {
      timestamp: '2026-12-01T10:00:00.000Z',
      userId: 'system',
      workspaceId: facts.workspaceId,
      action: 'workspace_authorized',
      resource: { type: 'connection', id: detail.connection },
      result: 'success',
      metadata: { entry: row.id, operation: 'workspace_authorized', ...detail },
    });
  });
});
