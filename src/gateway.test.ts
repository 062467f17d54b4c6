import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aCall, aCaller, anOperation, someFacts } from '../test/fixtures.ts';
import { authorize } from './authorize/authorize.ts';
import { refuse } from './authorize/refusal.ts';
import { PortcullisError } from './domain/errors.ts';
import type { Answer } from './domain/operation.ts';
import { anonymous } from './domain/principal.ts';
import { createGateway, type Steps } from './gateway.ts';

const answer: Answer = { status: 200, headers: {}, body: Buffer.from('{}') };

/** The path with steps that say when they were taken. Each test changes the one that it is about. */
function aPath(changed: Partial<Steps> = {}) {
  const taken: string[] = [];
  const steps: Steps = {
    identify: async () => aCaller(),
    resolve: async () => someFacts({ role: 'viewer' }),
    authorize,
    intend: async () => 'recorded',
    forget: () => {},
    refuse,
    forward: async () => answer,
    withhold: async (_ruling, given) => ({ answer: given, withheld: 0 }),
    conclude: async () => {},
    leave: () => {},
    now: () => new Date(),
    ...changed,
  };
  const noted = Object.fromEntries(
    Object.entries(steps).map(([name, step]) => [
      name,
      (...given: unknown[]) => {
        if (name !== 'now') taken.push(name);
        return (step as (...all: unknown[]) => unknown)(...given);
      },
    ]),
  ) as unknown as Steps;
  return { pass: createGateway(noted), taken };
}

const writing = aCall({
  operation: anOperation({ effect: 'write', demands: [{ action: 'update', object: { kind: 'page', id: 'a' } }] }),
});

describe('the path', () => {
  it('is taken in order', async () => {
    const { pass, taken } = aPath();
    assert.equal(await pass(aCall()), answer);
    assert.deepEqual(taken, ['identify', 'resolve', 'authorize', 'intend', 'forward', 'withhold', 'conclude', 'leave']);
  });

  it('A13: records a denial before the caller gets it, and sends nothing', async () => {
    const { pass, taken } = aPath();
    await assert.rejects(pass(writing), { code: 'restricted' });
    assert.deepEqual(taken, ['identify', 'resolve', 'authorize', 'intend', 'refuse', 'leave']);
  });

  it('takes unidentified callers to the log as well', async () => {
    const { pass, taken } = aPath({ identify: async () => anonymous('no_credentials') });
    await assert.rejects(pass(aCall()), { code: 'unauthorized' });
    assert.ok(taken.includes('intend'));
    assert.ok(!taken.includes('forward'));
  });

  it('sends nothing when the intent cannot be made durable', async () => {
    const down = new PortcullisError('audit_unavailable');
    const { pass, taken } = aPath({ intend: () => Promise.reject(down) });
    await assert.rejects(pass(aCall()), down);
    assert.ok(!taken.includes('forward'));
    assert.ok(taken.includes('leave'));
  });

  it('A13: does not release an answer whose outcome is not durable', async () => {
    const lost = new PortcullisError('outcome_unrecorded');
    const { pass } = aPath({ conclude: () => Promise.reject(lost) });
    await assert.rejects(pass(aCall()), lost);
  });

  it('concludes a failure before the caller gets it', async () => {
    const failure = new PortcullisError('upstream_unavailable');
    const { pass, taken } = aPath({ forward: () => Promise.reject(failure) });
    await assert.rejects(pass(aCall()), failure);
    assert.deepEqual(taken.slice(-3), ['forward', 'conclude', 'leave']);
  });

  it('does not release what could not be checked', async () => {
    const refused = new PortcullisError('upstream_refused');
    const { pass, taken } = aPath({ withhold: () => Promise.reject(refused) });
    await assert.rejects(pass(aCall()), refused);
    assert.ok(taken.includes('conclude'));
  });

  it('rule 10: decides again when the policy changed before the intent was committed', async () => {
    let role = 'viewer';
    let attempts = 0;
    const { pass, taken } = aPath({
      resolve: async () => someFacts({ role }),
      intend: async () => (++attempts === 1 ? 'stale' : 'recorded'),
      forget: () => {
        role = 'guest';
      },
    });
    await assert.rejects(pass(aCall()), { code: 'not_found' });
    assert.equal(attempts, 2);
    assert.ok(!taken.includes('forward'));
  });

  it('rule 10: gives up, on the record, when permissions never hold still', async () => {
    const reasons: string[] = [];
    const { pass, taken } = aPath({
      intend: async decided => {
        reasons.push(decided.decision.because);
        return decided.decision.because === 'policy_changed' ? 'recorded' : 'stale';
      },
    });
    await assert.rejects(pass(aCall()), { code: 'policy_changed' });
    assert.deepEqual(reasons, ['role', 'role', 'role', 'policy_changed']);
    assert.ok(!taken.includes('forward'));
  });
});
