import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectProblemOf } from '../../domain/connect-problem.ts';
import { acceptCallback } from './callback.ts';

const problem = (wanted: string) => (error: unknown) => connectProblemOf(error) === wanted;

describe('B11: who sent a callback (RFC 9207)', () => {
  const expected = { state: 's', issuer: 'https://as.example/t1', issPromised: true, clientId: 'client' };
  const callback = { state: 's', iss: expected.issuer, error: undefined, code: 'code' };

  it('takes what the expected issuer sent', () => {
    assert.equal(acceptCallback(callback, expected).get('code'), 'code');
    const silent = { ...expected, issPromised: false };
    assert.equal(acceptCallback({ ...callback, iss: undefined }, silent).get('code'), 'code');
  });

  const others = [
    'https://as.example/t1/',
    'https://AS.example/t1',
    'https://as.example:443/t1',
    '',
    'https://evil.example',
  ];
  for (const iss of [...others, [expected.issuer, expected.issuer]]) {
    it(`refuses ${JSON.stringify(iss)}, promised or not`, () => {
      for (const issPromised of [true, false]) {
        assert.throws(
          () => acceptCallback({ ...callback, iss }, { ...expected, issPromised }),
          problem('issuer_mismatch'),
        );
      }
    });
  }

  it('refuses a callback without it where it was promised', () => {
    assert.throws(() => acceptCallback({ ...callback, iss: undefined }, expected), problem('issuer_mismatch'));
  });

  it('does not even read an error of somebody else', () => {
    const error = { ...callback, iss: 'https://evil.example', error: 'access_denied', code: undefined };
    assert.throws(() => acceptCallback(error, expected), problem('issuer_mismatch'));
    assert.throws(() => acceptCallback({ ...error, iss: expected.issuer }, expected), problem('consent_denied'));
  });

  it('refuses a repeated code, none, one of any length, and another state', () => {
    for (const code of [undefined, '', ['a', 'b'], 'x'.repeat(2_049)]) {
      assert.throws(() => acceptCallback({ ...callback, code }, expected), problem('missing_code'));
    }
    assert.throws(() => acceptCallback({ ...callback, state: 'other' }, expected), problem('invalid_state'));
  });
});
