import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import canonicalize from 'canonicalize';
import {
  aCall,
  aCaller,
  aDecidedCall,
  aDemand,
  aNotionRequest,
  anAllowance,
  anOperation,
} from '../../test/fixtures.ts';
import { newId } from '../domain/ids.ts';
import { decisionRow, eventRow, outcomeRow, sweptRow } from './entry.ts';

const at = new Date('2026-11-22T10:00:01.456Z');
const hostile = 'line\nbreak \u2028 \u001b[31m "quoted" \\ \u0000 🙂';

const ending = {
  result: 'done',
  status: 200,
  upstreamRequestId: 'r',
  withheld: 3,
  upstreamMs: 12.5,
  requestDigest: null,
  error: null,
} as const;

const rows = {
  intent: decisionRow(aDecidedCall(), 'hmac:00'),
  denial: decisionRow(
    aDecidedCall({
      decision: { ...anAllowance(), effect: 'deny', because: 'role_lacks_action', demand: aDemand() } as never,
    }),
    null,
  ),
  outcome: outcomeRow(aDecidedCall(), ending, at),
  swept: sweptRow({ id: newId('evt'), workspaceId: newId('wsp'), principalId: null, operation: 'pages.update' }, at),
  event: eventRow(
    {
      name: 'session.started',
      workspaceId: null,
      principalId: newId('usr'),
      result: 'success',
      clientAddress: hostile,
      detail: { zebra: 1, aardvark: hostile, Upper: null },
    },
    at,
  ),
};

describe('an audit entry', () => {
  for (const [kind, row] of Object.entries(rows)) {
    it(`is canonical JSON (RFC 8785): ${kind}`, () => {
      assert.equal(row.entry, canonicalize(JSON.parse(row.entry)));
    });
  }

  it('is one line, whatever strangers wrote into it', () => {
    const row = decisionRow(aDecidedCall({ call: aCall({ clientAddress: hostile }) }), null);
    assert.ok(!/[\n\r]/.test(row.entry));
  });

  it('A14: names the operation by its row in the table, and the objects by their ids, never by the path of a request', () => {
    const target = aNotionRequest({ path: '/v1/pages/x?forged=\n{"kind":"intent"}' });
    const { entry, operation } = decisionRow(
      aDecidedCall({ call: aCall({ operation: anOperation({ target }) }) }),
      null,
    );
    assert.equal(operation, 'pages.retrieve');
    assert.ok(!entry.includes('forged'));
  });

  it('names the human behind an agent', () => {
    const principal = { kind: 'agent', id: newId('agt'), owner: newId('usr') } as const;
    const { entry } = decisionRow(aDecidedCall({ caller: aCaller({ principal }) }), null);
    assert.deepEqual(JSON.parse(entry).principal, principal);
  });

  it('has times in UTC with milliseconds', () => {
    assert.equal(JSON.parse(rows.intent.entry).time, '2026-11-22T10:00:00.123Z');
  });

  it('lists a bounded number of objects and says how many there were', () => {
    const demands = Array.from({ length: 80 }, () => aDemand());
    const { entry } = decisionRow(aDecidedCall({ call: aCall({ operation: anOperation({ demands }) }) }), null);
    assert.equal(JSON.parse(entry).objects.length, 50);
    assert.equal(JSON.parse(entry).objectCount, 80);
  });

  it('is conditional on the policy revision and the epoch that were decided on', () => {
    assert.equal(rows.intent.ifPolicyRevision, 1);
    assert.equal(rows.intent.ifEpoch, 1);
    assert.equal(rows.outcome.ifPolicyRevision, null);
  });
});
