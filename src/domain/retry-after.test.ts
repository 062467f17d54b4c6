import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readRetryAfter } from './retry-after.ts';

const date = 'Sun, 22 Nov 2026 10:00:00 GMT';

describe('Retry-After', () => {
  it('is seconds, or a moment by the clock of who names it', () => {
    assert.equal(readRetryAfter('37'), 37);
    assert.equal(readRetryAfter('Sun, 22 Nov 2026 10:00:37 GMT', date), 37);
    assert.equal(readRetryAfter('Sun, 22 Nov 2026 09:00:00 GMT', date), 0);
    assert.equal(readRetryAfter('Sun, 22 Nov 2026 10:00:37 GMT'), null, 'without a clock');
  });

  it('is nothing where it is anything else', () => {
    const nonsense = ['', ' ', 'soon', 'soon GMT', '-5', '0.5', '1e20', '0x10', 'NaN', 'Infinity', '20, 20'];
    for (const wait of [...nonsense, 37, ['5'], { toString: 1 }, true, null, undefined]) {
      assert.equal(readRetryAfter(wait, date), null, String(JSON.stringify(wait)));
    }
  });
});
