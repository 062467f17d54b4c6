import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aDecidedCall } from '../../test/fixtures.ts';
import { createPermit } from './permit.ts';

describe('rule 10: a permit', () => {
  it('asks once, however many ask before the answer has come, and again after it', async () => {
    const answers: ((allowed: boolean) => void)[] = [];
    const ask = () => new Promise<boolean>(resolve => answers.push(resolve));
    const permit = createPermit(aDecidedCall(), ask, () => new Date());
    const renewals = [permit.renew(), permit.renew(), permit.renew()];
    assert.equal(answers.length, 1);
    answers[0]?.(true);
    await Promise.all(renewals);
    const last = permit.renew();
    answers[1]?.(false);
    await assert.rejects(last, { code: 'policy_changed' });
  });

  it('is as old as the question, not as the answer', async () => {
    let time = 0;
    const answers: (() => void)[] = [];
    const ask = () => new Promise<boolean>(resolve => answers.push(() => resolve(true)));
    const permit = createPermit({ ...aDecidedCall(), decidedAt: new Date(time) }, ask, () => new Date(time));
    const renewal = permit.renew();
    time = 60_000;
    answers[0]?.();
    await renewal;
    assert.ok(permit.isStale());
  });
});
