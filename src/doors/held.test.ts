import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHeld } from './held.ts';

describe('what is held for others', () => {
  it('is so much for one, for its group, and in all', () => {
    const bodies = createHeld({ all: 4, each: 1, group: 2 });
    const hold = (each: string, group: string) => bodies.hold({ all: '', each, group });
    const first = hold('ada', 'acme');
    assert.ok(first);
    assert.equal(hold('ada', 'acme'), null);
    assert.ok(hold('ben', 'acme'));
    assert.equal(hold('cleo', 'acme'), null);
    assert.ok(hold('dan', 'globex') && hold('eve', 'initech'));
    assert.equal(hold('fay', 'umbrella'), null);
    first();
    first();
    assert.ok(hold('ada', 'acme'));
    assert.equal(hold('fay', 'umbrella'), null);
  });
});
