import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { deriveKeysFrom } from './derive-key.ts';

describe('a derived key', () => {
  const secret = randomBytes(64);
  const deriveKey = deriveKeysFrom(secret);

  it('is always the same for the same label, another for another label, and another for another secret', () => {
    assert.deepEqual(deriveKey('a'), deriveKeysFrom(secret)('a'));
    assert.notDeepEqual(deriveKey('a'), deriveKey('b'));
    assert.notDeepEqual(deriveKey('a'), deriveKeysFrom(randomBytes(64))('a'));
  });

  it('has 32 bytes, or as many as are asked for, and none of the secret', () => {
    assert.equal(deriveKey('a').length, 32);
    assert.equal(deriveKey('a', 64).length, 64);
    assert.ok(!secret.includes(deriveKey('a').subarray(0, 8)));
  });
});
