import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { aCall, aCaller, aDecidedCall, anOperation } from '../../test/fixtures.ts';
import { connectError } from '../domain/connect-problem.ts';
import type { CallOutcome } from '../domain/decided-call.ts';
import { PortcullisError } from '../domain/errors.ts';
import { anonymous } from '../domain/principal.ts';
import { createAnonymousDenials } from './anonymous-denials.ts';
import type { AuditRow } from './audit-log.ts';
import { createCountedEvents } from './counted-events.ts';
import { createDenialFlood } from './denial-flood.ts';
import { createAuditTrail } from './trail.ts';

/** A trail on a log that accepts, refuses or fails as the test says. */
function aTrail(
  answer: () => Promise<boolean> = async () => true,
  leaseHolds = true,
  given: { hasRoom?: boolean } = {},
) {
  const appended: AuditRow[] = [];
  const owed: AuditRow[] = [];
  const commits = {
    append: (row: AuditRow) => {
      appended.push(row);
      return answer();
    },
    owe: (row: AuditRow) => void owed.push(row),
    close: async () => {},
  };
  const now = () => new Date('2026-11-22T10:00:01.000Z');
  const trail = createAuditTrail({
    commits,
    anonymousDenials: createAnonymousDenials(createCountedEvents({ commits, reserveReached: () => false, now })),
    flood: createDenialFlood({ commits, now }),
    leaseHolds: () => leaseHolds,
    hasRoom: () => given.hasRoom ?? true,
    late: null,
    stillCurrent: async () => true,
    digest: bytes => `hmac:${bytes.length}`,
    now,
  });
  const results = (rows: AuditRow[]) => rows.map(row => row.result);
  return { trail, appended, owed, results };
}

const broken = () => Promise.reject(new PortcullisError('audit_unavailable'));
const answered = (body: Buffer | PassThrough): CallOutcome => ({
  kind: 'answered',
  released: { answer: { status: 200, headers: { 'x-notion-request-id': 'r' }, body }, withheld: 2 },
});
const failed = (error: unknown): CallOutcome => ({ kind: 'failed', error });
const writing = aDecidedCall({ call: aCall({ operation: anOperation({ effect: 'write' }) }) });

describe('the audit trail', () => {
  it('says so when what was decided on is stale', async () => {
    assert.equal(await aTrail(async () => false).trail.intend(aDecidedCall()), 'stale');
  });

  it('lets nothing through once the lease is lost', async () => {
    await assert.rejects(aTrail(async () => false, false).trail.intend(aDecidedCall()), { code: 'audit_unavailable' });
  });

  it('refuses before the disk of the log is full, and appends nothing then', async () => {
    const { trail, appended } = aTrail(undefined, true, { hasRoom: false });
    await assert.rejects(trail.intend(aDecidedCall()), { code: 'audit_unavailable' });
    assert.deepEqual(appended, []);
    await trail.conclude(aDecidedCall(), answered(Buffer.of(1)));
    assert.equal(appended.length, 1, 'what was begun can end');
  });

  it('owes the log that nothing was sent when nobody knows whether the intent is in it', async () => {
    const { trail, owed, results } = aTrail(broken);
    await assert.rejects(trail.intend(aDecidedCall()), { code: 'audit_unavailable' });
    assert.deepEqual(results(owed), ['not_sent']);
  });

  it('calls what ended an attempt to connect by its own name', async () => {
    const { trail, appended } = aTrail();
    await trail.conclude(writing, failed(connectError('issuer_mismatch', 'iss is missing')));
    assert.equal(JSON.parse(appended[0]?.entry ?? '').error, 'issuer_mismatch');
  });

  it('writes a digest of the body, never the body', async () => {
    const { trail, appended } = aTrail();
    const target = {
      kind: 'notion',
      method: 'POST',
      path: '/v1/search',
      headers: {},
      body: Buffer.from('{"query":"pay"}'),
    } as const;
    await trail.intend(aDecidedCall({ call: aCall({ operation: anOperation({ target }) }) }));
    assert.equal(JSON.parse(appended[0]?.entry ?? '{}').requestDigest, 'hmac:15');
    assert.ok(!appended[0]?.entry.includes('pay'));
  });

  it('counts strangers outside any workspace', async () => {
    const { trail, appended } = aTrail();
    await trail.intend(aDecidedCall({ caller: { ...aCaller(), ...anonymous('no_credentials') } }));
    assert.equal(appended[0]?.kind, 'summary');
    assert.equal(appended[0]?.workspaceId, null);
  });

  it('writes what came back, and how much of it was withheld', async () => {
    const { trail, appended } = aTrail();
    await trail.conclude(aDecidedCall(), answered(Buffer.from('{}')));
    const entry = JSON.parse(appended[0]?.entry ?? '{}');
    assert.deepEqual([entry.result, entry.status, entry.withheld, entry.upstreamRequestId], ['done', 200, 2, 'r']);
  });

  for (const [error, result] of [
    [new PortcullisError('upstream_unavailable', undefined, { fate: 'not_sent' }), 'not_sent'],
    [new PortcullisError('upstream_unknown', undefined, { fate: 'unknown' }), 'unknown'],
    [new PortcullisError('upstream_refused'), 'refused'],
    [new PortcullisError('conflict'), 'failed'],
    [new TypeError('a defect'), 'unknown'],
  ] as const) {
    it(`writes the fate of a write that failed: ${result} (${error.name})`, async () => {
      const { trail, appended, results } = aTrail();
      await trail.conclude(writing, failed(error));
      assert.deepEqual(results(appended), [result]);
    });
  }

  it('withholds the answer of a write whose outcome is not durable, and says that the change may have been made', async () => {
    const { trail, owed, results } = aTrail(broken);
    await assert.rejects(trail.conclude(writing, answered(Buffer.from('{}'))), { code: 'outcome_unrecorded' });
    assert.deepEqual(results(owed), ['done']);
    await assert.rejects(aTrail(broken).trail.conclude(aDecidedCall(), answered(Buffer.from('{}'))), {
      code: 'audit_unavailable',
    });
  });

  it('writes when a stream begins and how it ends', async () => {
    for (const complete of [true, false]) {
      const { trail, appended, results } = aTrail();
      const body = new PassThrough();
      await trail.conclude(aDecidedCall(), answered(body));
      assert.deepEqual(results(appended), ['streaming']);
      const closed = new Promise(resolve => body.once('close', resolve));
      if (complete) body.resume().end('x');
      else body.destroy();
      await closed;
      assert.equal(JSON.parse(appended[1]?.entry ?? '{}').detail.complete, complete);
    }
  });

  it('writes how a stream ended that was closed before its beginning was durable', async () => {
    const body = new PassThrough();
    const { trail, appended } = aTrail(async () => {
      if (!body.closed) await new Promise(resolve => body.destroy().once('close', resolve));
      return true;
    });
    await trail.conclude(aDecidedCall(), answered(body));
    const { operation, detail } = JSON.parse(appended[1]?.entry ?? '{}');
    assert.deepEqual([operation, detail.complete, detail.because], ['stream.closed', false, null]);
  });

  it('ends a stream whose beginning is not durable: nobody will read it', async () => {
    const { trail, owed } = aTrail(broken);
    const body = new PassThrough();
    await assert.rejects(trail.conclude(aDecidedCall(), answered(body)), { code: 'audit_unavailable' });
    assert.equal(body.destroyed, true);
    if (!body.closed) await new Promise(resolve => body.once('close', resolve));
    await new Promise(setImmediate);
    assert.deepEqual(
      owed.map(row => row.operation),
      ['pages.retrieve', 'stream.closed'],
    );
    assert.equal(owed[0]?.intentId, owed[1]?.intentId, 'the end is owed for the same intent');
  });

  it('says why a stream ended where that was us', async () => {
    const { trail, appended } = aTrail();
    const body = new PassThrough();
    body.on('error', () => {});
    await trail.conclude(aDecidedCall(), answered(body));
    body.destroy(new PortcullisError('policy_changed'));
    await new Promise(resolve => body.once('close', resolve));
    assert.equal(JSON.parse(appended[1]?.entry ?? '{}').detail.because, 'policy_changed');
  });
});
