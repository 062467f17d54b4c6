import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { format, inspect } from 'node:util';
import { Secret } from './secret.ts';

describe('Secret', () => {
  const secret = new Secret('hunter2');

  it('gives its value only when asked for it', () => {
    assert.equal(secret.reveal(), 'hunter2');
  });

  it('is compared without being shown', () => {
    assert.equal(secret.equals(new Secret('hunter2')), true);
    assert.equal(secret.equals(new Secret('hunter3')), false);
  });

  it('shows [secret] however it is printed', () => {
    const printed = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: { secret } }, { showHidden: true, depth: null }),
      format('%s %o %j', secret, secret, secret),
    ];
    for (const text of printed) {
      assert.match(text, /\[secret\]/);
      assert.doesNotMatch(text, /hunter2/);
    }
  });
});
